"""SimCLR's augmentation with torchvision on PIL images, two views an image, in DataLoader worker processes."""

from dataclasses import dataclass

import numpy
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .torchvision_import import torchvision

transforms = torchvision.transforms


@dataclass(frozen=True)
class Augmentation:
    crop_scale_min: float
    color_strength: float
    color_probability: float
    grayscale_probability: float
    flip_probability: float
    size: int

    def compose(self) -> "transforms.Compose":
        """
        PIL's bicubic is Keys' with a = -0.5. It antialiases only where it shrinks, and a crop of an image of the training
        size never shrinks: here it equals bicubic without antialiasing.
        """
        s = self.color_strength
        jitter = transforms.ColorJitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s)
        return transforms.Compose(
            [
                transforms.RandomResizedCrop(
                    self.size,
                    scale=(self.crop_scale_min, 1.0),
                    ratio=(3 / 4, 4 / 3),
                    interpolation=transforms.InterpolationMode.BICUBIC,
                ),
                transforms.RandomHorizontalFlip(self.flip_probability),
                transforms.RandomApply([jitter], self.color_probability),
                transforms.RandomGrayscale(self.grayscale_probability),
            ]
        )


class TwoViews(Dataset):
    """Item i: two views of image i as uint8 [2, H, W, 3]; kept as bytes so that workers send a quarter as much."""

    def __init__(self, pixels: numpy.ndarray, augmentation: Augmentation) -> None:
        self.pixels = pixels
        self.transform = augmentation.compose()

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, at: int) -> Tensor:
        image = Image.fromarray(self.pixels[at])
        return torch.from_numpy(numpy.stack([numpy.asarray(self.transform(image)) for _ in range(2)]))


def view_loader(pixels: numpy.ndarray, augmentation: Augmentation, batch_size: int, workers: int, seed: int) -> DataLoader:
    """Shuffled batches [N, 2, H, W, 3] of uint8; the last partial batch is dropped."""
    return DataLoader(
        TwoViews(pixels, augmentation),
        batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
        prefetch_factor=4 if workers > 0 else None,
        generator=torch.Generator().manual_seed(seed),
        multiprocessing_context="fork" if workers > 0 else None,
    )


def as_network_input(batch: Tensor) -> Tensor:
    """uint8 [N, 2, H, W, 3] -> float32 [2N, 3, H, W] in [0, 1], channels last in memory: first views, then second views."""
    views = torch.cat([batch[:, 0], batch[:, 1]])
    return views.permute(0, 3, 1, 2).float().div_(255)
