"""Judging frozen features: kNN and a linear probe, fitted on training and validation images, tested on the test split."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional

LAMBDAS = (1, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 1e-6)
"""Candidates of the L2 strength, strong to weak; the loss is mean cross-entropy + lambda/2 |W|^2, biases free."""

PATIENCE = 4
"""The path ends after this many candidates without a better validation accuracy."""


@dataclass(frozen=True)
class Features:
    values: Tensor
    labels: Tensor

    @staticmethod
    def joined(parts: Sequence["Features"]) -> "Features":
        return Features(torch.cat([part.values for part in parts]), torch.cat([part.labels for part in parts]))


@torch.no_grad()
def encode(encoder: nn.Module, pixels: numpy.ndarray, batch: int = 500) -> Tensor:
    """h of unaugmented images, in evaluation mode. pixels uint8 [N,H,W,3] -> [N, width]."""
    encoder.eval()
    parts = []
    for start in range(0, len(pixels), batch):
        images = torch.from_numpy(pixels[start : start + batch]).permute(0, 3, 1, 2).float().div_(255)
        parts.append(encoder(images))
    return torch.cat(parts)


@torch.no_grad()
def knn_top1(known: Features, test: Features, k: int = 200, temperature: float = 0.1) -> float:
    """Cosine neighbours, each voting exp(cosine / temperature)."""
    bank = functional.normalize(known.values, dim=1)
    classes = int(known.labels.max()) + 1
    right = 0
    for values, labels in zip(test.values.split(1000), test.labels.split(1000), strict=True):
        similarity, neighbours = (functional.normalize(values, dim=1) @ bank.T).topk(min(k, len(bank)), dim=1)
        votes = functional.one_hot(known.labels[neighbours], classes) * (similarity / temperature).exp().unsqueeze(-1)
        right += int((votes.sum(1).argmax(1) == labels).sum())
    return right / len(test.labels)


def linear_top1(train: Features, validation: Features, test: Features) -> dict:
    """Multinomial logistic regression on standardised features: lambda by validation accuracy, then fitted on both."""
    mean, scale = _standardisation(train.values)
    standardised, held = (train.values - mean) / scale, (validation.values - mean) / scale
    best, start, worse = None, None, 0
    for strength in LAMBDAS:
        start = _fit(standardised, train.labels, strength, start)
        accuracy = _accuracy(start, held, validation.labels)
        if best is None or accuracy > best[0]:
            best, worse = (accuracy, strength, start), 0
        elif (worse := worse + 1) >= PATIENCE:
            break
    validation_top1, strength, start = best
    both = Features.joined([train, validation])
    mean, scale = _standardisation(both.values)
    fitted = _fit((both.values - mean) / scale, both.labels, strength, start)
    top1 = _accuracy(fitted, (test.values - mean) / scale, test.labels)
    return {"top1": top1, "lambda": strength, "validationTop1": validation_top1}


def _standardisation(values: Tensor) -> tuple[Tensor, Tensor]:
    deviation = values.std(0, unbiased=False)
    return values.mean(0), torch.where(deviation > 1e-12, deviation, 1)


def _accuracy(fitted: Tensor, values: Tensor, labels: Tensor) -> float:
    return float((_logits(fitted, values).argmax(1) == labels).float().mean())


def _logits(fitted: Tensor, values: Tensor) -> Tensor:
    """fitted [width + 1, classes]: weights, then biases."""
    return values @ fitted[:-1] + fitted[-1]


def _fit(values: Tensor, labels: Tensor, strength: float, start: Tensor | None) -> Tensor:
    """L-BFGS from `start` to convergence."""
    classes = int(labels.max()) + 1
    shape = (values.shape[1] + 1, classes)
    fitted = (torch.zeros(shape) if start is None else start.clone()).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [fitted], max_iter=2000, tolerance_grad=1e-4, tolerance_change=1e-8, history_size=10, line_search_fn="strong_wolfe"
    )

    def objective() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(_logits(fitted, values), labels) + strength / 2 * fitted[:-1].square().sum()
        loss.backward()
        return loss

    optimizer.step(objective)
    return fitted.detach()
