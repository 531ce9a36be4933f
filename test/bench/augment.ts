/** @file Measures how fast views are drawn on one core, beside torchvision on Pillow images in the same minutes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drawView } from '#compute/augment/draw-view.ts';
import type { StoredImage } from '#compute/augment/image.ts';
import { Resizer } from '#compute/augment/resize.ts';
import { configurationSchema, type Configuration } from '#shared/configuration/schema.ts';
import { Random, Stream } from '#shared/random.ts';

/** Views a second: of elapsed time, and of the processor's time (what counts where others use the machine, too). */
interface Speed {
  wall: number;
  core: number;
}

interface Setting {
  title: string;
  size: number;
  views: number;
  peerViews: number;
  images: StoredImage[];
  augmentation: Configuration['augmentation'];
}

const rounds = 3;
const { augmentation: paper } = configurationSchema.parse({});
const cifar = { ...paper, cropScaleMin: 0.2, colorStrength: 0.5, grayscaleProbability: 0.1, blurProbability: 0 };

/** The real picture of 96 x 96 pixels, nine CIFAR-10 images, that the golden files hold. */
function mosaic(): StoredImage {
  const folder = path.join(import.meta.dirname, '..', 'golden', 'augment');
  const { images } = JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8')) as {
    images: { mosaic: { offset: number; shape: [number, number, number] } };
  };
  const { offset, shape } = images.mosaic;
  const pixels = readFileSync(path.join(folder, 'golden.bin')).subarray(offset, offset + shape[0] * shape[1] * 3);
  return { pixels: new Uint8Array(pixels), height: shape[0], width: shape[1] };
}

/** A part of an image, resized. */
function cut(image: StoredImage, top: number, left: number, side: number, size: number): StoredImage {
  const out = new Float32Array(size * size * 3);
  new Resizer(size).resize(image, { top, left, height: side, width: side }, 'bicubic', out);
  return { pixels: Uint8Array.from(out, (value) => Math.round(value * 255)), height: size, width: size };
}

function settings(): Setting[] {
  const whole = mosaic();
  const small = Array.from({ length: 9 }, (_, at) => cut(whole, 32 * Math.floor(at / 3), 32 * (at % 3), 32, 32));
  const large = cut(whole, 0, 0, 96, 500);
  large.height = 375; // the usual shape of ImageNet's pictures
  return [
    { title: 'CIFAR, 32 px, no blur', size: 32, views: 20_000, peerViews: 1000, images: small, augmentation: cifar },
    { title: 'ImageNet, 224 px, blur', size: 224, views: 400, peerViews: 100, images: [large], augmentation: paper },
  ];
}

function measure({ size, views, images, augmentation }: Setting): Speed {
  const out = new Float32Array(size * size * 3);
  const draw = (view: number) => {
    const image = images[view % images.length] as StoredImage; // within bounds by the remainder
    drawView(image, size, augmentation, new Random(0, Stream.view, 0, view, 0), out, 0);
  };
  for (let view = 0; view < views / 10; view++) draw(view);
  const [start, used] = [performance.now(), process.cpuUsage()];
  for (let view = 0; view < views; view++) draw(view);
  const { user, system } = process.cpuUsage(used);
  return { wall: (views / (performance.now() - start)) * 1e3, core: (views / (user + system)) * 1e6 };
}

function measurePeer({ size, peerViews, images, augmentation }: Setting, python: string, folder: string): Speed {
  const file = path.join(folder, `${size}.bin`);
  const [{ height, width }] = images as [StoredImage];
  writeFileSync(file, Buffer.concat(images.map(({ pixels }) => pixels.subarray(0, height * width * 3))));
  const job = { file, count: images.length, height, width, size, views: peerViews, ...augmentation };
  const script = path.join(import.meta.dirname, 'augment_reference.py');
  return JSON.parse(execFileSync(python, [script, JSON.stringify(job)], { encoding: 'utf8' })) as Speed;
}

const python = process.env.SIMCLR_STUDIO_PYTHON;
if (python === undefined || python === '') {
  console.error('SIMCLR_STUDIO_PYTHON is not set. Give it a Python that has torch, torchvision, numpy and pillow.');
  process.exit(1);
}

const folder = mkdtempSync(path.join(tmpdir(), 'bench-augment-'));
const result: Record<string, { studio: Speed; peer: Speed; ratio: number }> = {};
try {
  console.log('views/s on one core'.padEnd(26), 'studio'.padStart(9), 'torchvision'.padStart(12), 'ratio'.padStart(7));
  for (const setting of settings()) {
    // The best of alternating rounds: whatever else runs can only slow either down.
    const ours: Speed[] = [];
    const theirs: Speed[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(measure(setting));
      theirs.push(measurePeer(setting, python, folder));
    }
    const best = (speeds: Speed[]) => speeds.reduce((a, b) => (b.core > a.core ? b : a));
    const [studio, peer] = [best(ours), best(theirs)];
    const ratio = studio.core / peer.core;
    result[`px${setting.size}`] = { studio, peer, ratio };
    console.log(
      setting.title.padEnd(26),
      studio.core.toFixed(0).padStart(9),
      peer.core.toFixed(0).padStart(12),
      ratio.toFixed(2).padStart(7),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`RESULT ${JSON.stringify(result)}`);
