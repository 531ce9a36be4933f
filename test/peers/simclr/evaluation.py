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
    classes = int(train.labels.max()) + 1
    probe = Probe(train, classes)
    best, start, worse = None, None, 0
    for strength in LAMBDAS:
        start = probe.fit(strength, start)
        accuracy = probe.accuracy(start, validation)
        if best is None or accuracy > best[0]:
            best, worse = (accuracy, strength, start), 0
        elif (worse := worse + 1) >= PATIENCE:
            break
    validation_top1, strength, _ = best
    final = Probe(Features.joined([train, validation]), classes)
    return {
        "top1": final.accuracy(final.fit(strength), test),
        "lambda": strength,
        "validationTop1": validation_top1,
    }


class Probe:
    """
    Logistic regression on one set of features. L-BFGS works in the coordinates of the features' principal axes, each scaled
    by the curvature there: the minimum is the same, and reached in tens of steps instead of thousands.
    """

    def __init__(self, features: Features, classes: int) -> None:
        self.classes = classes
        self.labels = features.labels
        deviation = features.values.std(0, unbiased=False)
        self.mean, self.scale = features.values.mean(0), torch.where(deviation > 1e-12, deviation, 1)
        standardised = (features.values - self.mean) / self.scale
        covariance = (standardised.T @ standardised / len(standardised)).double()
        variances, self.axes = torch.linalg.eigh(covariance)
        self.variances, self.axes = variances.clamp_min(0).float(), self.axes.float()
        self.rotated = standardised @ self.axes

    def fit(self, strength: float, start: Tensor | None = None) -> Tensor:
        """The weights and biases [width + 1, classes], on the principal axes, that minimise the objective."""
        scale = 1 / (self.variances / self.classes + strength).sqrt()
        scale = torch.cat([scale, torch.ones(1)]).unsqueeze(1)
        point = torch.zeros(len(scale), self.classes) if start is None else start / scale
        point.requires_grad_()
        optimizer = torch.optim.LBFGS(
            [point],
            max_iter=2000,
            tolerance_grad=1e-5,
            tolerance_change=1e-8,
            history_size=10,
            line_search_fn="strong_wolfe",
        )

        def objective() -> Tensor:
            optimizer.zero_grad()
            fitted = scale * point
            logits = self.rotated @ fitted[:-1] + fitted[-1]
            loss = functional.cross_entropy(logits, self.labels) + strength / 2 * fitted[:-1].square().sum()
            loss.backward()
            return loss

        optimizer.step(objective)
        return (scale * point).detach()

    def accuracy(self, fitted: Tensor, features: Features) -> float:
        logits = (features.values - self.mean) / self.scale @ (self.axes @ fitted[:-1]) + fitted[-1]
        return int((logits.argmax(1) == features.labels).sum()) / len(features.labels)
