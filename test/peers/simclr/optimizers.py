"""Optimisers: LARS as the authors of SimCLR wrote it and as others do; parameter groups; the learning-rate schedule."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict]:
    """Biases and batch norm (all tensors of one dimension) get neither weight decay nor layer-wise rates."""
    parameters = list(model.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay, "excluded": False},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0, "excluded": True},
    ]


class LARS(torch.optim.Optimizer):
    """
    `google`: trust = eta |w| / |g + wd w|, 1 where a norm is 0; v = m v + lr trust (g + wd w); w = w - v.
    `lightly`: trust = eta |w| / (|g| + wd |w|), neither trust nor decay where a norm is 0, the rate applied after the
    momentum: v = m v + trust (g + wd w); w = w - lr v.
    """

    def __init__(
        self,
        groups: Iterable[dict],
        lr: float,
        momentum: float = 0.9,
        eta: float = 0.001,
        variant: str = "google",
    ) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum, "eta": eta, "weight_decay": 0.0, "excluded": False})
        self.variant = variant

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._update(weight, group)

    def _update(self, weight: Tensor, group: dict) -> None:
        direction = weight.grad if group["excluded"] else self._scaled(weight, group)
        velocity = self.state[weight].setdefault("velocity", torch.zeros_like(weight))
        inside, after = (group["lr"], 1.0) if self.variant == "google" else (1.0, group["lr"])
        velocity.mul_(group["momentum"]).add_(direction * inside)
        weight.sub_(velocity * after)

    def _scaled(self, weight: Tensor, group: dict) -> Tensor:
        """trust (g + wd w)."""
        decay, eta = group["weight_decay"], group["eta"]
        size, slope = weight.norm(), weight.grad.norm()
        decayed = weight.grad + decay * weight
        if self.variant == "lightly":
            return decayed * (eta * size / (slope + decay * size)) if size > 0 and slope > 0 else weight.grad
        decayed_slope = decayed.norm()
        return decayed * (eta * size / decayed_slope) if size > 0 and decayed_slope > 0 else decayed


def scheduled_rate(step: int, peak: float, warmup_steps: int, total_steps: int) -> float:
    """Linear from 0 to the peak, then cosine to 0; `step` counts from 0."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    share = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * share))
