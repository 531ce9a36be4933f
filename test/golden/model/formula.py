"""Weights by a formula that both sides compute to the last bit, so that no large file need be kept.

Element i (in PyTorch's layout) of the tensor called `name` is low + (high - low) * mix(mix(fnv1a(name)) ^ i) / 2^32, in
double precision, then rounded to single. golden-weights.ts is the same in TypeScript.
"""

import math

import numpy
import torch
from torch import Tensor


def _mix(value: numpy.ndarray) -> numpy.ndarray:
    """MurmurHash3's finaliser, on uint32 with wrap-around."""
    value = value ^ (value >> numpy.uint32(16))
    value = value * numpy.uint32(0x85EBCA6B)
    value = value ^ (value >> numpy.uint32(13))
    value = value * numpy.uint32(0xC2B2AE35)
    return value ^ (value >> numpy.uint32(16))


def _fnv1a(text: str) -> int:
    code = 0x811C9DC5
    for byte in text.encode():
        code = ((code ^ byte) * 0x01000193) % 2**32
    return code


def uniform(name: str, shape: tuple[int, ...], low: float, high: float) -> Tensor:
    start = _mix(numpy.array([_fnv1a(name)], numpy.uint32))
    bits = _mix(start ^ numpy.arange(math.prod(shape), dtype=numpy.uint32))
    values = low + (high - low) * (bits.astype(numpy.float64) / 4294967296.0)
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def weight(name: str, shape: tuple[int, ...], gamma: tuple[float, float], steady: tuple[str, ...] = ()) -> Tensor:
    """He-like filters, random gammas, betas and biases; running statistics away from 0 and 1. Names that end as one of
    `steady` get betas that keep most pre-activations positive (make.py says why)."""
    if name.endswith("running_var"):
        return uniform(name, shape, 0.5, 2.0)
    if name.endswith("running_mean"):
        return uniform(name, shape, -0.3, 0.3)
    if len(shape) > 1:
        bound = math.sqrt(6 / math.prod(shape[1:]))
        return uniform(name, shape, -bound, bound)
    if name.endswith("weight"):
        return uniform(name, shape, *gamma)
    return uniform(name, shape, 0.6, 1.8) if name.endswith(steady) else uniform(name, shape, -0.5, 0.5)
