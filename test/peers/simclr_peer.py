"""SimCLR in PyTorch on the studio's packed data: `python simclr_peer.py tiny --dataset FOLDER --seed S --json`.

Pretrains by the studio's preset `tiny` and judges raw pixels, the untrained and the pretrained encoder by kNN and a
linear probe. Shares no code with the studio: only the recipe, the packed images and, with --selection, their choice.
"""

import argparse
import copy
import dataclasses
import json
import sys
import time
from pathlib import Path

import torch

from simclr.evaluation import Features, encode, knn_top1, linear_top1
from simclr.packed_dataset import Images, Selection, draw_selection, read_images, read_selection
from simclr.training import TINY, build_model, pretrain


def features_of(encoder: torch.nn.Module | None, images: Images) -> Features:
    """h of images, or their pixels in [0, 1] where there is no encoder."""
    if encoder is None:
        values = torch.from_numpy(images.pixels.reshape(len(images), -1)).float().div_(255)
    else:
        values = encode(encoder, images.pixels)
    return Features(values, torch.from_numpy(images.labels))


def judge(encoder: torch.nn.Module | None, images: Images, selection: Selection) -> dict:
    train, validation, test = (
        features_of(encoder, images.at(indices)) for indices in (selection.train, selection.validation, selection.test)
    )
    knn = knn_top1(Features.joined([train, validation]), test)
    return {"knn": {"top1": knn, "k": 200, "temperature": 0.1}, "linear": linear_top1(train, validation, test)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", choices=["tiny"])
    parser.add_argument("--dataset", type=Path, required=True, help="a packed dataset's folder")
    parser.add_argument("--selection", type=Path, help="JSON lists of image indices: train, validation, test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=TINY.epochs)
    parser.add_argument("--limit-images", type=int, default=TINY.limit_images, help="ignored with --selection")
    parser.add_argument("--workers", type=int, default=1, help="augmentation processes")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument(
        "--encoders", nargs="+", choices=["pixels", "random", "pretrained"], default=["pixels", "random", "pretrained"]
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    recipe = dataclasses.replace(TINY, epochs=options.epochs, limit_images=options.limit_images)
    images = read_images(options.dataset)
    if options.selection is not None:
        selection = read_selection(options.selection)
    else:
        selection = draw_selection(
            options.dataset, images, recipe.limit_images, recipe.validation_share, options.seed
        )
    model = build_model(recipe)
    untrained = copy.deepcopy(model.encoder)
    started = time.perf_counter()
    loss = pretrain(model, images.at(selection.train).pixels, recipe, options.workers, options.seed)
    seconds = time.perf_counter() - started
    encoders = {"pixels": None, "random": untrained, "pretrained": model.encoder}
    evaluations = {}
    for name in options.encoders:
        evaluations[name] = judge(encoders[name], images, selection)
        print(f"{name}: {evaluations[name]}", file=sys.stderr, flush=True)
    result = {
        "seed": options.seed,
        "torch": torch.__version__,
        "images": len(selection.train),
        "epochs": recipe.epochs,
        "finalLoss": loss,
        "trainingSeconds": seconds,
        "evaluations": evaluations,
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, one in evaluations.items():
            print(f"{name:>10}  linear {100 * one['linear']['top1']:.1f} %  kNN {100 * one['knn']['top1']:.1f} %")


if __name__ == "__main__":
    main()
