"""Augments images as torchvision users do (Pillow images, one thread) and prints its speed, for augment.ts.

Usage: python augment_reference.py JSON   with {file, count, height, width, size, views, cropScaleMin, colorStrength,
colorProbability, grayscaleProbability, blurProbability, flipProbability}; the file holds the images as uint8.
"""

import json
import sys
import time

import numpy as np
import torch
from PIL import Image

# Builds of torchvision without its compiled part don't know these two operators, which its import asks for.
library = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
                 "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"):
    try:
        library.define(operator)
    except RuntimeError:
        pass

from torchvision import transforms  # noqa: E402

torch.set_num_threads(1)
torch.manual_seed(0)
job = json.loads(sys.argv[1])
pixels = np.fromfile(job["file"], np.uint8).reshape(job["count"], job["height"], job["width"], 3)
images = [Image.fromarray(each) for each in pixels]
s, size = job["colorStrength"], job["size"]
steps = [
    transforms.RandomResizedCrop(size, (job["cropScaleMin"], 1), interpolation=transforms.InterpolationMode.BICUBIC),
    transforms.RandomHorizontalFlip(job["flipProbability"]),
    transforms.RandomApply([transforms.ColorJitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s)], job["colorProbability"]),
    transforms.RandomGrayscale(job["grayscaleProbability"]),
]
if job["blurProbability"] > 0:
    blur = transforms.GaussianBlur(size // 10 // 2 * 2 + 1, (0.1, 2.0))
    steps.append(transforms.RandomApply([blur], job["blurProbability"]))
augment = transforms.Compose([*steps, transforms.ToTensor()])

for image in images[:20]:
    augment(image)
wall, processor = time.perf_counter(), time.process_time()
for view in range(job["views"]):
    augment(images[view % len(images)])
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(json.dumps({"wall": job["views"] / wall, "core": job["views"] / processor}))
