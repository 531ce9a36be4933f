"""Makes the golden files of this folder: python test/golden/model/make.py (PyTorch, numpy and safetensors needed).

Every file holds what PyTorch computes in single precision. Beside each, the settings record how far that lies from
PyTorch in double precision: the part of a later difference that rounding explains.
"""

import copy
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import Tensor

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent.parent / "peers"))

from simclr.loss import nt_xent  # noqa: E402
from simclr.model import SimCLR, named_gradients, named_weights  # noqa: E402
from simclr.optimizers import LARS  # noqa: E402

import formula  # noqa: E402


@dataclass(frozen=True)
class Case:
    name: str
    architecture: str
    stem: str
    hidden_widths: tuple[int, ...]
    output_width: int
    batch_norm: bool
    temperature: float
    pairs: int
    side: int
    # Tensors with more elements than this are kept as this many evenly spaced elements.
    sample: int
    # Range of batch norm's gammas.
    gamma: tuple[float, float] = (0.5, 1.5)
    # Ends of the names of betas that keep most pre-activations positive.
    steady: tuple[str, ...] = ()


# A pre-activation within rounding of 0 may fall on either side of the ReLU, which can move a channel's gradient by more
# than 1e-3. A million of them make that likely: in the deep networks the inner betas keep most of them away from 0, and
# of several batches the one is taken whose nearest pre-activation is farthest.
BATCHES = 40
CASES = [
    Case("resnet8-norm-head", "resnet8", "cifar", (64,), 128, True, 0.2, 8, 24, 10**9),
    Case("resnet8-plain-head", "resnet8", "cifar", (48, 40), 32, False, 0.5, 12, 17, 10**9),
    Case("resnet18-cifar", "resnet18", "cifar", (512,), 128, True, 0.5, 8, 16, 256, (0.3, 0.6), ("bn1.bias",)),
    Case(
        "resnet50-imagenet", "resnet50", "imagenet", (256,), 64, True, 0.5, 8, 16, 64,
        (0.3, 0.6), ("bn1.bias", "bn2.bias"),
    ),
]  # fmt: skip


def smooth_views(case: Case, batch: int) -> Tensor:
    """[2N,3,side,side] in [0, 1]: coarse random fields, the second view of each image near the first."""
    shape = (case.pairs, 3, 5, 5)
    first = formula.uniform(f"{case.name}/{batch}/first", shape, 0, 1)
    second = 0.6 * first + 0.4 * formula.uniform(f"{case.name}/{batch}/second", shape, 0, 1)
    coarse = torch.cat([first, second])
    fine = torch.nn.functional.interpolate(coarse, size=(case.side, case.side), mode="bilinear", align_corners=True)
    return fine.mul(255).round().div(255)


def nearest_kink(model: SimCLR, views: Tensor) -> float:
    """The smallest magnitude of all pre-activations of the encoder, in training mode; the model stays as it is."""
    nearest = []
    model = copy.deepcopy(model).double().train()
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_pre_hook(lambda _, inputs: nearest.append(inputs[0].abs().min().item()))
    with torch.no_grad():
        model(views.double())
    return min(nearest)


def forward_and_backward(case: Case, model: SimCLR, views: Tensor) -> dict[str, Tensor]:
    model.train()
    h, z = model(views)
    loss = nt_xent(z, case.temperature)
    loss.backward()
    results = {"h": h, "z": z, "loss": loss.reshape(1)}
    results |= {f"gradient/{name}": value for name, value in named_gradients(model).items()}
    results |= {f"running/{name}": value for name, value in named_weights(model).items() if "running_" in name}
    with torch.no_grad():
        model.eval()
        results["evaluated/h"], results["evaluated/z"] = model(views)
    return {name: value.detach().clone() for name, value in results.items()}


def sampled(values: Tensor, count: int) -> Tensor:
    """Element floor(k * size / count) for k = 0 ... count - 1, of the tensor in PyTorch's layout."""
    flat = values.reshape(-1)
    if len(flat) <= count:
        return values.contiguous()
    return flat[torch.arange(count) * len(flat) // count].contiguous()


def relative_error(actual: Tensor, exact: Tensor) -> float:
    return float((actual.double() - exact).abs().max() / exact.abs().max())


def make_model_case(case: Case) -> None:
    model = SimCLR(case.architecture, case.hidden_widths, case.output_width, case.batch_norm, case.stem)
    model.load_state_dict(
        {
            name: formula.weight(name.removeprefix("encoder."), tuple(value.shape), case.gamma, case.steady)
            for name, value in model.state_dict().items()
            if not name.endswith("num_batches_tracked")
        },
        strict=False,
    )
    views = max((smooth_views(case, batch) for batch in range(BATCHES)), key=lambda views: nearest_kink(model, views))
    double = forward_and_backward(case, copy.deepcopy(model).double(), views.double())
    single = forward_and_backward(case, model, views)
    errors = {name: relative_error(value, double[name]) for name, value in single.items()}
    tensors = {name: sampled(value, case.sample) for name, value in single.items()}
    tensors |= {
        f"norm/{name}": torch.tensor([double[name].norm(), double[name].abs().max()], dtype=torch.float32)
        for name in single
    }
    tensors["views"] = views.permute(0, 2, 3, 1).contiguous()  # NHWC
    settings = asdict(case) | {"shapes": {name: list(value.shape) for name, value in single.items()}}
    settings["nearestKink"] = nearest_kink(model, views)
    settings["singleAgainstDouble"] = max(errors.values())
    write(case.name, tensors, settings)
    worst = max(errors, key=errors.get)
    print(f"{case.name}: loss {float(single['loss']):.6f}, nearest kink {settings['nearestKink']:.1e}, ", end="")
    print(f"worst rounding {worst} {errors[worst]:.1e}")


STEPS = 5
PARAMETERS: dict[str, tuple[int, ...]] = {
    "layer1.0.conv1.weight": (6, 4, 3, 3),
    "bn1.weight": (6,),
    "bn1.bias": (6,),
    "projection.0.weight": (5, 6),
    "projection.0.bias": (5,),
    "zero.weight": (3, 4),
    "still.weight": (3, 4),
}


def start(name: str, shape: tuple[int, ...]) -> Tensor:
    return torch.zeros(shape) if name.startswith("zero") else formula.weight(name, shape, (0.5, 1.5))


def gradient(name: str, shape: tuple[int, ...], step: int) -> Tensor:
    """`still` never moves by its gradient alone; `zero` starts at norm 0."""
    return torch.zeros(shape) if name.startswith("still") else formula.uniform(f"{name}@{step}", shape, -1, 1)


RATES = [0.0, 0.15, 0.3, 0.25, 0.1]


@dataclass(frozen=True)
class Trajectory:
    name: str
    optimizer: str
    weight_decay: float
    momentum: float
    exclusions: str
    lars_eta: float = 0.001
    lars_variant: str = "google"


TRAJECTORIES = [
    Trajectory("lars", "lars", 1e-2, 0.9, "biasAndNorm", 0.02),
    Trajectory("lars-everything", "lars", 1e-2, 0.9, "none", 0.02),
    Trajectory("lars-lightly", "lars", 1e-2, 0.9, "biasAndNorm", 0.02, "lightly"),
    Trajectory("sgd", "sgd", 5e-2, 0.9, "biasAndNorm"),
    Trajectory("sgd-everything", "sgd", 5e-2, 0.8, "none"),
    Trajectory("adamw", "adamw", 5e-2, 0.9, "biasAndNorm"),
]


def optimizer_of(settings: Trajectory, weights: dict[str, Tensor]) -> torch.optim.Optimizer:
    def excluded(value: Tensor) -> bool:
        return settings.exclusions == "biasAndNorm" and value.ndim <= 1

    decayed = [value for value in weights.values() if not excluded(value)]
    others = [value for value in weights.values() if excluded(value)]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if settings.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=0.0, momentum=settings.momentum)
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, betas=(settings.momentum, 0.999), eps=1e-8)
    for group in groups:
        group["excluded"] = group["weight_decay"] == 0.0
    return LARS(groups, 0.0, settings.momentum, settings.lars_eta, settings.lars_variant)


def make_trajectory(settings: Trajectory) -> dict[str, Tensor]:
    weights = {name: start(name, shape).requires_grad_() for name, shape in PARAMETERS.items()}
    optimizer = optimizer_of(settings, weights)
    states = {}
    for step, rate in enumerate(RATES):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, value in weights.items():
            value.grad = gradient(name, PARAMETERS[name], step)
        optimizer.step()
        states |= {f"{settings.name}/{step}/{name}": value.detach().clone() for name, value in weights.items()}
    return states


def write(name: str, tensors: dict[str, Tensor], settings: dict) -> None:
    save_file(tensors, FOLDER / f"{name}.safetensors")
    settings |= {"madeBy": f"PyTorch {torch.__version__.split('+')[0]}, numpy {numpy.__version__}"}
    (FOLDER / f"{name}.json").write_text(json.dumps(settings, indent=2) + "\n")


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for case in CASES:
        make_model_case(case)
    states: dict[str, Tensor] = {}
    for settings in TRAJECTORIES:
        states |= make_trajectory(settings)
    gradients = {
        f"gradient/{step}/{name}": gradient(name, shape, step)
        for step in range(STEPS)
        for name, shape in PARAMETERS.items()
    }
    starts = {f"start/{name}": start(name, shape) for name, shape in PARAMETERS.items()}
    write("optimizers", states | gradients | starts, {"rates": RATES, "cases": [asdict(one) for one in TRAJECTORIES]})


if __name__ == "__main__":
    main()
