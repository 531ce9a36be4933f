"""Pretraining: a batch of two views, NT-Xent, SGD, a schedule per step."""

import sys
import time
from dataclasses import dataclass

import numpy
import torch
from torch import Tensor

from .augmentation import Augmentation, as_network_input, view_loader
from .loss import nt_xent
from .model import SimCLR
from .optimizers import parameter_groups, scheduled_rate


@dataclass(frozen=True)
class Recipe:
    architecture: str
    hidden_widths: tuple[int, ...]
    output_width: int
    batch_norm: bool
    batch_size: int
    epochs: int
    temperature: float
    learning_rate: float
    momentum: float
    weight_decay: float
    warmup_epochs: float
    augmentation: Augmentation
    limit_images: int
    validation_share: float

    @property
    def peak_rate(self) -> float:
        """Linear scaling."""
        return self.learning_rate * self.batch_size / 256


# The studio's preset `tiny`.
TINY = Recipe(
    architecture="resnet8",
    hidden_widths=(64,),
    output_width=128,
    batch_norm=False,
    batch_size=256,
    epochs=9,
    temperature=0.2,
    learning_rate=0.4,
    momentum=0.9,
    weight_decay=1e-4,
    warmup_epochs=1,
    augmentation=Augmentation(
        crop_scale_min=0.2,
        color_strength=0.5,
        color_probability=0.8,
        grayscale_probability=0.1,
        flip_probability=0.5,
        size=32,
    ),
    limit_images=20000,
    validation_share=0.05,
)


def build_model(recipe: Recipe) -> SimCLR:
    model = SimCLR(recipe.architecture, recipe.hidden_widths, recipe.output_width, recipe.batch_norm)
    return model.to(memory_format=torch.channels_last)


def build_optimizer(model: SimCLR, recipe: Recipe) -> torch.optim.SGD:
    return torch.optim.SGD(parameter_groups(model, recipe.weight_decay), lr=0.0, momentum=recipe.momentum)


def train_step(
    model: SimCLR, optimizer: torch.optim.Optimizer, views: Tensor, temperature: float, rate: float
) -> tuple[Tensor, Tensor, Tensor]:
    """One step on [2N,3,H,W]. Returns h, z and the loss from before it."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    h, z = model(views)
    loss = nt_xent(z, temperature)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return h, z, loss


def pretrain(model: SimCLR, pixels: numpy.ndarray, recipe: Recipe, workers: int, seed: int) -> float:
    """Trains in place; returns the mean loss of the last epoch."""
    loader = view_loader(pixels, recipe.augmentation, recipe.batch_size, workers, seed)
    optimizer = build_optimizer(model, recipe)
    total, warmup = recipe.epochs * len(loader), round(recipe.warmup_epochs * len(loader))
    model.train()
    step, mean = 0, 0.0
    for epoch in range(recipe.epochs):
        started, losses = time.perf_counter(), []
        for batch in loader:
            rate = scheduled_rate(step, recipe.peak_rate, warmup, total)
            _, _, loss = train_step(model, optimizer, as_network_input(batch), recipe.temperature, rate)
            losses.append(loss.item())
            step += 1
        speed = len(losses) * recipe.batch_size / (time.perf_counter() - started)
        mean = float(numpy.mean(losses))
        print(f"epoch {epoch + 1}/{recipe.epochs}: loss {mean:.4f}, {speed:.0f} images/s", file=sys.stderr, flush=True)
    return mean
