"""Reads the studio's packed datasets: images.bin (uint8 RGB), index.bin (16 bytes an image), dataset.json."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy

_RECORD = numpy.dtype([("low", "<u4"), ("high", "<u4"), ("height", "<u2"), ("width", "<u2"), ("label", "<i4")])


@dataclass(frozen=True)
class Images:
    """pixels uint8 [N, side, side, 3]; labels int64 [N], -1 where unknown."""

    pixels: numpy.ndarray
    labels: numpy.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, indices: numpy.ndarray) -> "Images":
        return Images(self.pixels[indices], self.labels[indices])


def read_images(folder: Path) -> Images:
    """All images of all splits, in the packed order; they must be squares of one size."""
    index = numpy.fromfile(folder / "index.bin", _RECORD)
    side = int(index["height"][0])
    bytes_each = side * side * 3
    offsets = index["low"].astype(numpy.int64) + (index["high"].astype(numpy.int64) << 32)
    if not ((index["height"] == side) & (index["width"] == side)).all() or (numpy.diff(offsets) != bytes_each).any():
        raise SystemExit(f"{folder}: the peer reads square images of one size, packed one after the other.")
    pixels = numpy.fromfile(folder / "images.bin", numpy.uint8, offset=int(offsets[0]))
    return Images(pixels[: len(index) * bytes_each].reshape(-1, side, side, 3), index["label"].astype(numpy.int64))


@dataclass(frozen=True)
class Selection:
    """Indices into the packed images."""

    train: numpy.ndarray
    validation: numpy.ndarray
    test: numpy.ndarray


def read_selection(file: Path) -> Selection:
    """A JSON file `{train: [...], validation: [...], test: [...]}`, so that both sides use the same images."""
    lists = json.loads(file.read_text())
    return Selection(*(numpy.array(lists[name], numpy.int64) for name in ("train", "validation", "test")))


def draw_selection(folder: Path, images: Images, limit: int, validation_share: float, seed: int) -> Selection:
    """`limit` images of the training split, drawn evenly over the classes; a share of them for validation."""
    splits = json.loads((folder / "dataset.json").read_text())["splits"]
    generator = numpy.random.default_rng(seed)
    first, count = splits["train"]["first"], splits["train"]["count"]
    labels = images.labels[first : first + count]
    classes = numpy.unique(labels)
    each = (limit or count) // len(classes)
    train, validation = [], []
    for label in classes:
        chosen = first + generator.permutation(numpy.flatnonzero(labels == label))[:each]
        held = round(len(chosen) * validation_share)
        validation.append(chosen[:held])
        train.append(chosen[held:])
    test = numpy.arange(splits["test"]["first"], splits["test"]["first"] + splits["test"]["count"])
    return Selection(numpy.sort(numpy.concatenate(train)), numpy.sort(numpy.concatenate(validation)), test)
