/** @file ResNet-18/34/50 exactly as torchvision builds them, widened if asked, and resnet8 for small machines. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Initializer } from './initialization.ts';
import { addBatchNorm, addConvolution, batchNorm, convolution, type LayerContext } from './layers.ts';
import type { Weights } from './weights.ts';

/** Plan of one stage. */
interface Stage {
  blocks: number;
  channels: number;
  stride: number;
}

/** A network's plan: everything its shape depends on. */
export interface ResnetPlan {
  stem: 'cifar' | 'imagenet';
  stemChannels: number;
  block: 'basic' | 'bottleneck';
  stages: Stage[];
  zeroGamma: boolean;
  /** Width of h. */
  outputWidth: number;
}

/** Bottleneck blocks end four times as wide as their inner convolutions (He et al. 2016). */
const bottleneckExpansion = 4;

const blocksOf = {
  resnet8: [1, 1, 1],
  resnet18: [2, 2, 2, 2],
  resnet34: [3, 4, 6, 3],
  resnet50: [3, 4, 6, 3],
} as const;

/** Stems up to this training size keep the resolution, as the paper does on CIFAR-10 (B.9). */
const largestCifarSide = 64;

/** Makes a plan from a configuration. `imageSize` decides the stem where it is `auto`. */
export function planResnet(encoder: Configuration['encoder'], imageSize: number): ResnetPlan {
  const { architecture, widthMultiplier, stem, zeroGamma } = encoder;
  const block = architecture === 'resnet50' ? 'bottleneck' : 'basic';
  const base = (architecture === 'resnet8' ? 16 : 64) * widthMultiplier;
  const stages = blocksOf[architecture].map((blocks, at) => ({
    blocks,
    channels: base * 2 ** at,
    stride: at === 0 ? 1 : 2,
  }));
  const last = stages.at(-1) as Stage; // every architecture has stages
  return {
    stem: stem === 'auto' ? (imageSize <= largestCifarSide ? 'cifar' : 'imagenet') : stem,
    stemChannels: base,
    block,
    stages,
    zeroGamma,
    outputWidth: last.channels * expansionOf(block),
  };
}

function expansionOf(block: ResnetPlan['block']): number {
  return block === 'bottleneck' ? bottleneckExpansion : 1;
}

/** A convolution of a block, with its batch norm. */
interface BlockConvolution {
  name: string;
  norm: string;
  kernel: number;
  input: number;
  output: number;
  stride: number;
}

/** One residual block: its main path and, where the shape changes, the shortcut's convolution. */
export interface Block {
  name: string;
  main: BlockConvolution[];
  shortcut: BlockConvolution | null;
}

/** Lists the blocks of a plan, in order, with torchvision's names. */
export function blocksOfPlan(plan: ResnetPlan): Block[] {
  let input = plan.stemChannels;
  return plan.stages.flatMap(({ blocks, channels, stride }, stage) =>
    Array.from({ length: blocks }, (_, at) => {
      const block = makeBlock(`layer${stage + 1}.${at}`, plan.block, input, channels, at === 0 ? stride : 1);
      input = channels * expansionOf(plan.block);
      return block;
    }),
  );
}

function makeBlock(name: string, kind: ResnetPlan['block'], input: number, channels: number, stride: number): Block {
  const output = channels * expansionOf(kind);
  // [kernel, input, output, stride]; torchvision strides the bottleneck's 3x3 ("ResNet v1.5").
  const shapes =
    kind === 'basic'
      ? [
          [3, input, channels, stride],
          [3, channels, channels, 1],
        ]
      : [
          [1, input, channels, 1],
          [3, channels, channels, stride],
          [1, channels, output, 1],
        ];
  const main = (shapes as [number, number, number, number][]).map(([kernel, from, to, step], at) => ({
    name: `${name}.conv${at + 1}`,
    norm: `${name}.bn${at + 1}`,
    kernel,
    input: from,
    output: to,
    stride: step,
  }));
  const shortcut = { name: `${name}.downsample.0`, norm: `${name}.downsample.1`, kernel: 1, input, output, stride };
  return { name, main, shortcut: stride !== 1 || input !== output ? shortcut : null };
}

/** Adds all weights of the encoder. */
export function addResnet(weights: Weights, initializer: Initializer, plan: ResnetPlan): void {
  const stem = { kernel: plan.stem === 'cifar' ? 3 : 7, input: 3, output: plan.stemChannels, stride: 1 };
  addConvolution(weights, initializer, 'conv1', stem);
  addBatchNorm(weights, 'bn1', plan.stemChannels);
  for (const block of blocksOfPlan(plan)) {
    block.main.forEach((shape, at) => {
      addConvolution(weights, initializer, shape.name, shape);
      const last = at === block.main.length - 1;
      addBatchNorm(weights, shape.norm, shape.output, { gamma: last && plan.zeroGamma ? 0 : 1 });
    });
    if (block.shortcut !== null) {
      addConvolution(weights, initializer, block.shortcut.name, block.shortcut);
      addBatchNorm(weights, block.shortcut.norm, block.shortcut.output);
    }
  }
}

/** h = f(x). x [N,H,W,3] -> [N,outputWidth]. Each block runs in a scope of its own, so only what is saved stays. */
export function resnet(context: LayerContext, plan: ResnetPlan, x: Tensor4D): Tensor2D {
  let features = tf.tidy(() => stem(context, plan, x));
  for (const block of blocksOfPlan(plan)) {
    const input = features;
    features = tf.tidy(() => residual(context, block, input));
    input.dispose();
  }
  const h = context.backend.globalAveragePool(features);
  features.dispose();
  return h;
}

function stem(context: LayerContext, plan: ResnetPlan, x: Tensor4D): Tensor4D {
  const small = plan.stem === 'cifar';
  const features = batchNorm(context, 'bn1', convolution(context, 'conv1', x, small ? 1 : 2), true);
  return small ? features : context.backend.maxPool(features);
}

function residual(context: LayerContext, block: Block, input: Tensor4D): Tensor4D {
  const main = block.main.reduce((x, { name, norm, stride }, at) => {
    return tf.tidy(() => batchNorm(context, norm, convolution(context, name, x, stride), at < block.main.length - 1));
  }, input);
  const { shortcut } = block;
  const other =
    shortcut === null
      ? input
      : tf.tidy(() =>
          batchNorm(context, shortcut.norm, convolution(context, shortcut.name, input, shortcut.stride), false),
        );
  return context.backend.addRelu(main, other);
}
