"""Whether the peer itself is right: its networks beside torchvision's, its loss beside the paper's sums. Prints errors."""

import json
import math

import torch

from simclr.encoders import Encoder
from simclr.loss import nt_xent
from simclr.torchvision_import import torchvision


def encoder_error(architecture: str) -> float:
    """Largest difference of h from torchvision's network with the same weights, loaded strictly."""
    torch.manual_seed(0)
    theirs = getattr(torchvision.models, architecture)()
    theirs.fc = torch.nn.Identity()
    ours = Encoder(architecture, stem="imagenet")
    ours.load_state_dict(theirs.state_dict(), strict=True)
    images = torch.rand(4, 3, 64, 64)
    return float((ours(images) - theirs(images)).abs().max())


def loss_error() -> float:
    """From a transcription of the paper's equation 1, anchor by anchor."""
    torch.manual_seed(0)
    z, temperature, count = torch.randn(12, 5, dtype=torch.float64), 0.3, 6

    def similarity(i: int, j: int) -> float:
        return float(z[i] @ z[j] / (z[i].norm() * z[j].norm()))

    total = 0.0
    for i in range(2 * count):
        positive = (i + count) % (2 * count)
        others = [math.exp(similarity(i, k) / temperature) for k in range(2 * count) if k != i]
        total -= math.log(math.exp(similarity(i, positive) / temperature) / sum(others))
    return abs(float(nt_xent(z, temperature)) - total / (2 * count))


if __name__ == "__main__":
    errors = {name: encoder_error(name) for name in ("resnet18", "resnet34", "resnet50")}
    print(json.dumps(errors | {"loss": loss_error()}))
