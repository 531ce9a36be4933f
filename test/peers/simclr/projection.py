"""The projection head g of SimCLR, z = g(h): dense layers with ReLU between them, with or without batch norm."""

from collections.abc import Sequence

from torch import Tensor, nn


class ProjectionLayer(nn.Linear):
    """A dense layer, followed by batch norm (which makes the layer's own bias idle, so it has none) where asked."""

    def __init__(self, inputs: int, outputs: int, batch_norm: bool, last: bool) -> None:
        super().__init__(inputs, outputs, bias=not batch_norm)
        self.bn = nn.BatchNorm1d(outputs) if batch_norm else nn.Identity()
        if batch_norm and last:
            self.bn.register_parameter("bias", None)  # No beta after the last layer.

    def forward(self, x: Tensor) -> Tensor:
        return self.bn(super().forward(x))


class ProjectionHead(nn.Sequential):
    """h [N, inputs] -> z [N, output_width], not normalised."""

    def __init__(self, inputs: int, hidden_widths: Sequence[int], output_width: int, batch_norm: bool) -> None:
        widths = [inputs, *hidden_widths, output_width]
        count = len(widths) - 1
        super().__init__(
            *(ProjectionLayer(widths[at], widths[at + 1], batch_norm, last=at == count - 1) for at in range(count))
        )

    def forward(self, h: Tensor) -> Tensor:
        for at, layer in enumerate(self):
            h = layer(h if at == 0 else h.relu())
        return h
