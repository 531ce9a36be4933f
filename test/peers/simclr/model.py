"""Encoder and projection head together, and their tensors under the names both sides use."""

from collections.abc import Sequence

from torch import Tensor, nn

from .encoders import Encoder
from .projection import ProjectionHead


class SimCLR(nn.Module):
    """x [2N,3,H,W] -> h [2N, width], z [2N, output_width]."""

    def __init__(
        self,
        architecture: str,
        hidden_widths: Sequence[int],
        output_width: int,
        batch_norm: bool,
        stem: str = "cifar",
        zero_gamma: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(architecture, stem, zero_gamma)
        self.projection = ProjectionHead(self.encoder.width, hidden_widths, output_width, batch_norm)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = self.encoder(x)
        return h, self.projection(h)


def common_name(name: str) -> str:
    """`encoder.conv1.weight` -> `conv1.weight`; the head keeps its prefix."""
    return name.removeprefix("encoder.")


def named_weights(model: SimCLR) -> dict[str, Tensor]:
    """Parameters and running statistics, PyTorch's layouts (OIHW, [out, in])."""
    return {
        common_name(name): value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")
    }


def named_gradients(model: SimCLR) -> dict[str, Tensor]:
    """Gradients of the last backward pass by the names of their weights."""
    return {common_name(name): value.grad for name, value in model.named_parameters() if value.grad is not None}
