"""NT-Xent, the loss of SimCLR."""

import torch
from torch import Tensor
from torch.nn import functional


def nt_xent(z: Tensor, temperature: float) -> Tensor:
    """z [2N, width]: rows i and i + N are views of one image. Mean over the 2N anchors, each against 2N - 1 others."""
    rows = functional.normalize(z, dim=1)
    logits = rows @ rows.T / temperature
    logits.fill_diagonal_(float("-inf"))
    count = len(z) // 2
    positives = torch.arange(2 * count, device=z.device).roll(count)
    return functional.cross_entropy(logits, positives)
