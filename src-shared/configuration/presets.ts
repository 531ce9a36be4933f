/** @file Recipes to start from, each with its source and the result to expect. */
import type { ConfigurationInput } from './schema.ts';

export interface Preset {
  name: string;
  title: string;
  /** Where the recipe comes from. */
  source: string;
  /** What its source reports. */
  expected: string;
  configuration: ConfigurationInput;
}

export const presets: readonly Preset[] = [
  {
    name: 'tiny',
    title: 'Tiny: minutes on a laptop',
    source: 'Our own recipe for 32 px images: resnet8, 20,000 images, 9 epochs.',
    expected: 'CIFAR-10, about 7 minutes on 2 cores: near 52 % linear probe, 48 % kNN; untrained 39 % and 32 %.',
    configuration: {
      epochs: 9,
      batchSize: 256,
      temperature: 0.2,
      limitImages: 20000,
      encoder: { architecture: 'resnet8', stem: 'cifar', zeroGamma: false },
      projection: { hiddenWidths: [64], outputWidth: 128, batchNorm: false },
      optimizer: { name: 'sgd', learningRate: 0.4, learningRateScaling: 'linear', weightDecay: 1e-4 },
      schedule: { warmupEpochs: 1 },
      augmentation: { cropScaleMin: 0.2, colorStrength: 0.5, grayscaleProbability: 0.1, blurProbability: 0 },
      normalization: 'none',
      checkpoint: { everyEpochs: 3 },
      validationFraction: 0.05,
    },
  },
  {
    name: 'cifar-quick',
    title: 'CIFAR quick: 100 epochs',
    source: 'dkobak/simclr-cifar10: ResNet-18, SGD, 100 epochs.',
    expected: 'CIFAR-10: kNN 83.2 % (k 10), linear 85.6 %.',
    configuration: {
      epochs: 100,
      batchSize: 512,
      temperature: 0.5,
      encoder: { architecture: 'resnet18', stem: 'cifar', zeroGamma: false },
      projection: { hiddenWidths: [1024], outputWidth: 128, batchNorm: false },
      optimizer: {
        name: 'sgd',
        learningRate: 0.06,
        learningRateScaling: 'linear',
        weightDecay: 5e-4,
        decayExclusions: 'none',
      },
      schedule: { warmupEpochs: 0 },
      augmentation: {
        cropScaleMin: 0.2,
        colorStrength: 0.5,
        grayscaleProbability: 0.1,
        blurProbability: 0,
        interpolation: 'bilinear',
      },
      monitor: { knnK: 10 },
    },
  },
  {
    name: 'cifar-paper',
    title: 'CIFAR paper: 1000 epochs',
    source: 'README of the authors’ code: ResNet-18, LARS, batch 512, learning rate 1.0 per 256, 1000 epochs.',
    expected: 'CIFAR-10: about 91 % linear.',
    configuration: {
      epochs: 1000,
      batchSize: 512,
      temperature: 0.5,
      lossReduction: 'sum',
      encoder: { architecture: 'resnet18', stem: 'cifar' },
      projection: { hiddenWidths: [512], outputWidth: 128 },
      optimizer: { name: 'lars', learningRate: 1, learningRateScaling: 'linear', weightDecay: 1e-6 },
      augmentation: { colorStrength: 0.5, blurProbability: 0 },
    },
  },
  {
    name: 'imagenet-paper',
    title: 'ImageNet paper: ResNet-50, batch 4096',
    source: 'arXiv 2002.05709: ResNet-50, LARS, batch 4096, sqrt scaling of 0.075, 1000 epochs.',
    expected: 'ImageNet: 69.3 % linear top-1. Needs far more memory than a desktop has.',
    configuration: {
      epochs: 1000,
      batchSize: 4096,
      temperature: 0.1,
      lossReduction: 'sum',
      encoder: { architecture: 'resnet50', stem: 'imagenet' },
      projection: { hiddenWidths: [2048], outputWidth: 128 },
      optimizer: { name: 'lars', learningRate: 0.075, learningRateScaling: 'sqrt', weightDecay: 1e-6 },
      schedule: { warmupEpochs: 10 },
    },
  },
];
