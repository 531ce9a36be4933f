"""Makes golden.json and golden.bin: what Pillow and torchvision give for each operation of the augmentation.

Usage: python make.py FOLDER_WITH_CIFAR10_ATLAS   (holds test_batch.png: one image a row)
Needs numpy, pillow, torch and torchvision. The outputs are committed; the tests read them without Python.

Every case names an operation, its parameters, an input image (uint8) and the expected output. Two kinds of reference:
- "float": computed on floats (torchvision tensors, Pillow's mode F, or a transcription of the definition where neither
  offers the operation), stored as uint16 steps of 1/65535.
- "pillow": Pillow on uint8 images, which rounds or truncates to whole levels on the way.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image, ImageEnhance

# Builds of torchvision without its compiled part don't know these two operators, which its import asks for.
library = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
                 "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"):
    try:
        library.define(operator)
    except RuntimeError:
        pass

from torchvision.transforms import _functional_tensor as tensors  # noqa: E402
from torchvision.transforms import functional  # noqa: E402

here = pathlib.Path(__file__).parent
blob = bytearray()
images = {}
cases = []


def store(array):
    place = {"offset": len(blob), "shape": list(array.shape), "type": str(array.dtype)}
    blob.extend(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes())
    if len(blob) % 2:
        blob.append(0)
    return place


def case(operation, image, parameters, reference, output):
    if reference == "float":
        assert output.min() >= 0 and output.max() <= 1, (operation, parameters)
        output = np.round(np.asarray(output, np.float64) * 65535).astype(np.uint16)
    cases.append({"operation": operation, "image": image, "parameters": parameters, "reference": reference,
                  "output": store(np.asarray(output))})


def floats(image):
    return torch.from_numpy(pixels[image].astype(np.float32) / 255).permute(2, 0, 1)


def rows(tensor):
    return tensor.permute(1, 2, 0).numpy()


# --- inputs: real pictures of several shapes, and the hard colours -------------------------------------------------
Image.MAX_IMAGE_PIXELS = None
cifar = np.asarray(Image.open(pathlib.Path(sys.argv[1]) / "test_batch.png").convert("RGB")).reshape(-1, 32, 32, 3)
mosaic = np.concatenate([np.concatenate(list(cifar[3 * row:3 * row + 3]), axis=1) for row in range(3)], axis=0)
levels = np.array([0, 1, 64, 127, 128, 200, 254, 255], np.uint8)
cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(16, 32, 3)
pixels = {
    "cat": cifar[0],
    "ship": cifar[1],
    "odd": cifar[3][4:27, 1:32],            # 23 x 31
    "square": cifar[7][:31, 1:32],          # 31 x 31
    "mosaic": mosaic,                       # 96 x 96
    "wide": mosaic[20:51, 2:97],            # 31 x 94
    "column": mosaic[:, 40:41],             # 96 x 1
    "cube": cube,                           # 16 x 32, corners, edges and grays of the colour cube
}
for name, image in pixels.items():
    images[name] = store(np.ascontiguousarray(image))


# --- resizing ------------------------------------------------------------------------------------------------------
def keys_matrix(length, size):
    """Rows of weights of Keys' cubic with a = -0.5: half-pixel centres, no antialiasing, borders renormalised."""
    matrix = np.zeros((size, length))
    for i in range(size):
        x = (i + 0.5) * length / size - 0.5
        for j in range(length):
            d = abs(x - j)
            if d <= 1:
                matrix[i, j] = 1.5 * d**3 - 2.5 * d**2 + 1
            elif d < 2:
                matrix[i, j] = -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
    return matrix / matrix.sum(axis=1, keepdims=True)


def keys(array, size):
    down, across = keys_matrix(array.shape[0], size), keys_matrix(array.shape[1], size)
    return np.clip(np.einsum("yj,jkc,xk->yxc", down, array / 255.0, across), 0, 1)


def pillow_floats(array, size):
    channels = [np.asarray(Image.fromarray(array[..., c].astype(np.float32), mode="F")
                           .resize((size, size), Image.Resampling.BICUBIC)) for c in range(3)]
    return np.clip(np.stack(channels, axis=-1) / 255, 0, 1)


crops = [("cat", 0, 0, 32, 32, 32), ("cat", 5, 9, 14, 17, 32), ("ship", 3, 0, 29, 23, 32), ("odd", 0, 0, 23, 31, 33),
         ("odd", 2, 3, 9, 11, 19), ("ship", 31, 31, 1, 1, 8), ("column", 10, 0, 5, 1, 9), ("wide", 4, 30, 19, 25, 32),
         ("mosaic", 0, 0, 96, 96, 32), ("wide", 0, 0, 31, 94, 32), ("mosaic", 11, 7, 61, 50, 31), ("column", 0, 0, 96, 1, 16)]
for image, top, left, height, width, size in crops:
    crop = pixels[image][top:top + height, left:left + width]
    parameters = {"top": top, "left": left, "height": height, "width": width, "size": size}
    bicubic = parameters | {"interpolation": "bicubic"}
    exact = keys(crop, size)
    case("resize", image, bicubic, "float", exact)
    if height <= size and width <= size:  # Pillow antialiases when it shrinks, so only enlarging is the same
        enlarged = pillow_floats(crop, size)
        assert np.abs(enlarged - exact).max() < 1e-5
        picture = np.asarray(Image.fromarray(crop).resize((size, size), Image.Resampling.BICUBIC))
        case("resize", image, bicubic, "pillow", picture)
    tensor = torch.from_numpy(crop.astype(np.float32) / 255).permute(2, 0, 1)[None]
    bilinear = torch.nn.functional.interpolate(tensor, (size, size), mode="bilinear", align_corners=False)[0]
    case("resize", image, parameters | {"interpolation": "bilinear"}, "float", rows(bilinear).clip(0, 1))

for image, size, side, top, left in [("cat", 32, 32, 0, 0), ("square", 32, 31, 0, 0), ("mosaic", 96, 84, 6, 6),
                                     ("mosaic", 48, 84, 6, 6), ("wide", 32, 31, 0, 32), ("wide", 40, 27, 2, 34)]:
    crop = pixels[image][top:top + side, left:left + side]
    case("evaluation", image, {"size": size}, "float", keys(crop, size))

# --- colours -------------------------------------------------------------------------------------------------------
for image in ("cat", "odd", "cube"):
    picture, tensor = Image.fromarray(pixels[image]), floats(image)
    for factor in (0.2, 0.73, 1.4, 1.8):
        for operation, enhance in (("brightness", ImageEnhance.Brightness), ("contrast", ImageEnhance.Contrast),
                                   ("saturation", ImageEnhance.Color)):
            case(operation, image, {"factor": factor}, "float",
                 rows(getattr(functional, f"adjust_{operation}")(tensor, factor)))
            if factor in (0.2, 1.4):
                case(operation, image, {"factor": factor}, "pillow", np.asarray(enhance(picture).enhance(factor)))
    for delta in (-0.4, 0.13):
        shifted = np.clip(pixels[image] / 255.0 + delta, 0, 1)  # the definition of tf.image.adjust_brightness
        case("shift", image, {"delta": delta}, "float", shifted)
    for turn in (-0.5, -0.2, -0.031, 0.0, 0.1, 0.2):
        case("hue", image, {"turn": turn}, "float", rows(functional.adjust_hue(tensor, turn)))
    case("grayscale", image, {}, "float", rows(functional.rgb_to_grayscale(tensor, 3)))
    case("grayscale", image, {}, "pillow", np.asarray(picture.convert("L").convert("RGB")))

# --- flip and blur -------------------------------------------------------------------------------------------------
for image in ("cat", "square"):
    case("flip", image, {}, "pillow", rows(functional.hflip(torch.from_numpy(pixels[image].copy()).permute(2, 0, 1))))

for image, sigmas in (("cat", (0.1, 0.7, 2.0)), ("square", (1.3,)), ("mosaic", (0.4, 2.0))):
    tensor = floats(image)
    side = tensor.shape[1]
    radius = side // 10 // 2
    for sigma in sigmas:
        line = tensors._get_gaussian_kernel1d(2 * radius + 1, sigma, torch.float64, "cpu")
        kernel = (line[:, None] * line[None, :]).expand(3, 1, -1, -1)
        blurred = torch.nn.functional.conv2d(tensor.double(), kernel, padding="same", groups=3)  # zeros outside
        inside = functional.gaussian_blur(tensor, [2 * radius + 1] * 2, [sigma, sigma])  # reflects outside
        middle = slice(radius, side - radius)
        assert (blurred[:, middle, middle] - inside[:, middle, middle]).abs().max() < 1e-5
        case("blur", image, {"sigma": sigma}, "float", rows(blurred).clip(0, 1))

(here / "golden.bin").write_bytes(blob)
lines = ",\n".join("    " + json.dumps(each) for each in cases)
named = ",\n".join(f'    {json.dumps(name)}: {json.dumps(place)}' for name, place in images.items())
versions = json.dumps({"torch": torch.__version__, "pillow": Image.__version__})
(here / "golden.json").write_text(
    f'{{\n  "madeBy": "make.py",\n  "versions": {versions},\n  "images": {{\n{named}\n  }},\n  "cases": [\n{lines}\n  ]\n}}\n')
print(len(cases), "cases,", len(blob), "bytes")
