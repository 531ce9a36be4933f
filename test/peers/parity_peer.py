"""What PyTorch makes of given weights and batches: the peer of `npm run bench:parity` and of test/peers.

A folder holds settings.json, weights.safetensors (the studio's names, PyTorch's layouts), and views.bin (float32, batches
x 2N x side x side x 3). `step` writes h, z, loss and every gradient of one batch to results.safetensors; `train` prints
the loss before each of as many SGD steps as there are batches.
"""

import argparse
import copy
import json
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file, save_file

from simclr.loss import nt_xent
from simclr.model import SimCLR, common_name, named_gradients
from simclr.optimizers import parameter_groups
from simclr.training import train_step


def load(folder: Path) -> tuple[SimCLR, numpy.ndarray, dict]:
    settings = json.loads((folder / "settings.json").read_text())
    model = SimCLR(
        settings["architecture"], settings["hiddenWidths"], settings["outputWidth"], settings["batchNorm"], settings["stem"]
    )
    weights = load_file(folder / "weights.safetensors")
    own = {name: weights.pop(common_name(name)) for name in model.state_dict() if not name.endswith("num_batches_tracked")}
    if weights:
        raise SystemExit(f"this network has no {', '.join(weights)}")
    model.load_state_dict(own, strict=False)
    side = settings["side"]
    views = numpy.memmap(folder / "views.bin", numpy.float32, "r").reshape(-1, 2 * settings["batchSize"], side, side, 3)
    return model.to(memory_format=torch.channels_last).train(), views, settings


def as_input(batch: numpy.ndarray) -> torch.Tensor:
    return torch.from_numpy(numpy.array(batch)).permute(0, 3, 1, 2)


def nearest_kink(model: SimCLR, views: torch.Tensor) -> float:
    """The smallest magnitude of all pre-activations: within rounding of 0 they fall on either side of the ReLU."""
    nearest: list[float] = []
    model = copy.deepcopy(model)
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_pre_hook(lambda _, inputs: nearest.append(inputs[0].abs().min().item()))
    with torch.no_grad():
        model(views)
    return min(nearest)


def results_of(model: SimCLR, views: torch.Tensor, temperature: float) -> dict[str, torch.Tensor]:
    h, z = model(views)
    loss = nt_xent(z, temperature)
    loss.backward()
    results = {"h": h, "z": z, "loss": loss.reshape(1)}
    results |= {f"gradient/{name}": value for name, value in named_gradients(model).items()}
    return {name: value.detach().contiguous() for name, value in results.items()}


def step(folder: Path) -> dict:
    """
    Of the batches given, takes the one whose nearest pre-activation lies farthest from 0: elsewhere two exact programs
    differ by a ReLU's side. `rounding` is the largest relative difference of single from double precision.
    """
    model, views, settings = load(folder)
    chosen = max(range(len(views)), key=lambda at: nearest_kink(model, as_input(views[at])))
    batch, temperature = as_input(views[chosen]), settings["temperature"]
    double = results_of(copy.deepcopy(model).double(), batch.double(), temperature)
    single = results_of(model, batch, temperature)
    save_file(single, folder / "results.safetensors")
    errors = [float((single[name] - exact).abs().max() / exact.abs().max()) for name, exact in double.items()]
    return {"batch": chosen, "rounding": max(errors)}


def train(folder: Path, precision: torch.dtype) -> list[float]:
    model, views, settings = load(folder)
    model.to(precision)
    groups = parameter_groups(model, settings["weightDecay"])
    optimizer = torch.optim.SGD(groups, lr=0.0, momentum=settings["momentum"])
    losses = []
    for batch in views:
        _, _, loss = train_step(
            model, optimizer, as_input(batch).to(precision), settings["temperature"], settings["rate"]
        )
        losses.append(loss.item())
    return losses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["step", "train"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", choices=["single", "double"], default="single")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.what == "step":
        print(json.dumps(step(options.folder)))
    else:
        print(json.dumps(train(options.folder, {"single": torch.float32, "double": torch.float64}[options.precision])))


if __name__ == "__main__":
    main()
