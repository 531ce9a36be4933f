"""Full SimCLR training steps in PyTorch, timed: the peer of `npm run bench:train`.

What a careful user has on a CPU: eager mode, channels_last, views drawn by torchvision on PIL images in worker processes
of a DataLoader that keeps four batches ahead a worker and sends bytes, not floats. Every step is counted with its wait.
"""

import argparse
import dataclasses
import json
import time
from multiprocessing import active_children
from os import getpid
from pathlib import Path

import torch

from simclr.augmentation import as_network_input, view_loader
from simclr.packed_dataset import read_images
from simclr.training import TINY, build_model, build_optimizer, train_step


def peak_bytes(pid: int) -> int:
    """The most memory a process ever had resident."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--architecture", required=True)
    parser.add_argument("--hidden-width", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--warm-up", type=int, required=True, help="steps before the clock starts")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    options = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    recipe = dataclasses.replace(
        TINY,
        architecture=options.architecture,
        hidden_widths=(options.hidden_width,),
        batch_size=options.batch_size,
    )
    loader = view_loader(read_images(options.dataset).pixels, recipe.augmentation, recipe.batch_size, options.workers, 0)
    model = build_model(recipe).train()
    optimizer = build_optimizer(model, recipe)
    started = 0.0
    for step, batch in enumerate(loader):
        if step == options.warm_up:
            started = time.perf_counter()
        _, _, loss = train_step(model, optimizer, as_network_input(batch), recipe.temperature, 0.01)
        loss.item()
        if step + 1 == options.warm_up + options.steps:
            break
    else:
        raise SystemExit("the dataset has too few images for so many steps")
    seconds = time.perf_counter() - started
    peaks = [peak_bytes(getpid()), *(peak_bytes(child.pid) for child in active_children())]
    result = {
        "imagesPerSecond": options.steps * options.batch_size / seconds,
        "peakBytes": sum(peaks),
        "processes": len(peaks),
        "torch": torch.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
