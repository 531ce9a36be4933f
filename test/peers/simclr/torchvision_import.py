"""Imports torchvision where its native operators are missing (its CPU wheel beside another build of PyTorch)."""

import torch


def _declare_missing_operators() -> torch.library.Library | None:
    # torchvision registers shape functions for these on import and fails if nobody declared them. None is called here.
    try:
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        return library
    except RuntimeError:
        return None  # Already declared: torchvision has its own.


_library = _declare_missing_operators()

import torchvision  # noqa: E402

__all__ = ["torchvision"]
