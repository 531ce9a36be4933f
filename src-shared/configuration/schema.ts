/** @file The configuration of a pretraining run: types, defaults, ranges, help and flags all come from this schema. */
import { z } from 'zod';

z.config({ jitless: true }); // The app's content security policy forbids code made at run time.

/** What a form or a help text shows beside a key. `paper` names the section of arXiv 2002.05709 that treats it. */
export interface KeyHelp {
  title: string;
  help: string;
  group: string;
  unit?: string;
  paper?: string;
}

const group = (name: string) => {
  return <Schema extends z.ZodType>(schema: Schema, help: Omit<KeyHelp, 'group'>): Schema =>
    schema.meta({ ...help, group: name });
};

const training = group('Training');
const encoder = group('Encoder');
const projection = group('Projection head');
const optimizer = group('Optimiser');
const schedule = group('Schedule');
const augmentation = group('Augmentation');
const checkpoint = group('Checkpoints');
const monitor = group('Monitoring');

const probability = () => z.number().min(0).max(1);

const encoderSchema = z.strictObject({
  architecture: encoder(z.enum(['resnet8', 'resnet18', 'resnet34', 'resnet50']).default('resnet18'), {
    title: 'Architecture',
    help: 'ResNet-18/34/50 as in torchvision; resnet8 has three stages of one basic block (16, 32, 64 channels).',
    paper: 'B.8',
  }),
  widthMultiplier: encoder(z.union([z.literal(1), z.literal(2), z.literal(4)]).default(1), {
    title: 'Width multiplier',
    help: 'Multiplies the channels of every stage.',
    paper: '3.1',
  }),
  stem: encoder(z.enum(['auto', 'cifar', 'imagenet']).default('auto'), {
    title: 'Stem',
    help: 'cifar: 3x3 stride 1 without max-pooling; imagenet: 7x7 stride 2 with it; auto: cifar up to 64 px.',
    paper: 'B.9',
  }),
  zeroGamma: encoder(z.boolean().default(true), {
    title: 'Zero gamma',
    help: 'The last batch-norm gamma of every residual block starts at 0.',
  }),
});

const projectionSchema = z.strictObject({
  hiddenWidths: projection(z.array(z.int().min(1).max(16384)).max(4).default([512]), {
    title: 'Hidden widths',
    help: 'Width of each hidden layer; empty for a linear head. The paper uses one, as wide as h.',
    paper: '4.2',
  }),
  outputWidth: projection(z.int().min(2).max(4096).default(128), {
    title: 'Output width',
    help: 'Width of z, on which the loss works.',
    paper: '4.2',
  }),
  batchNorm: projection(z.boolean().default(true), {
    title: 'Batch norm in the head',
    help: 'After every layer of the head, without beta after the last, as in the authors’ code.',
  }),
});

const optimizerSchema = z.strictObject({
  name: optimizer(z.enum(['lars', 'sgd', 'adamw']).default('lars'), {
    title: 'Optimiser',
    help: 'LARS for large batches; SGD with momentum or AdamW for small ones.',
    paper: '2.2',
  }),
  learningRate: optimizer(z.number().min(0).max(1e6).default(0.3), {
    title: 'Base learning rate',
    help: 'Scaled by the batch size as chosen below. The paper: 0.3 with linear, 0.075 with sqrt scaling.',
    paper: 'B.1',
  }),
  learningRateScaling: optimizer(z.enum(['linear', 'sqrt', 'none']).default('linear'), {
    title: 'Learning-rate scaling',
    help: 'linear: base x batch/256; sqrt: base x sqrt(batch); none: base.',
    paper: 'B.1',
  }),
  weightDecay: optimizer(z.number().min(0).max(1).default(1e-6), {
    title: 'Weight decay',
    help: 'L2 term added to the gradient (decoupled for AdamW).',
    paper: '2.2',
  }),
  momentum: optimizer(z.number().min(0).lt(1).default(0.9), {
    title: 'Momentum',
    help: 'Of LARS and SGD; beta1 of AdamW.',
  }),
  larsEta: optimizer(z.number().gt(0).max(1).default(0.001), {
    title: 'LARS eta',
    help: 'Trust coefficient: the layer rate is eta |w| / |g|.',
  }),
  larsVariant: optimizer(z.enum(['google', 'lightly']).default('google'), {
    title: 'LARS variant',
    help: 'google: eta |w| / |g + wd w|, rate inside the momentum; lightly: eta |w| / (|g| + wd |w|), rate after it.',
  }),
  decayExclusions: optimizer(z.enum(['biasAndNorm', 'none']).default('biasAndNorm'), {
    title: 'Excluded from decay',
    help: 'biasAndNorm: biases and batch norm get neither weight decay nor LARS scaling.',
  }),
});

const scheduleSchema = z.strictObject({
  warmupEpochs: schedule(z.number().min(0).max(10000).default(10), {
    title: 'Warm-up',
    unit: 'epochs',
    help: 'Linear from 0, then cosine to 0 over the remaining steps.',
    paper: '2.2',
  }),
});

const augmentationSchema = z.strictObject({
  cropScaleMin: augmentation(z.number().gt(0).max(1).default(0.08), {
    title: 'Smallest crop',
    unit: 'share of the area',
    help: 'The crop’s area is uniform between this share and 1.',
    paper: 'A',
  }),
  colorStrength: augmentation(z.number().min(0).max(2).default(1), {
    title: 'Colour strength s',
    help: 'Brightness, contrast and saturation +-0.8 s, hue +-0.2 s. ImageNet 1, CIFAR-10 0.5.',
    paper: 'A, B.9',
  }),
  colorProbability: augmentation(probability().default(0.8), {
    title: 'Colour jitter probability',
    help: 'Share of views whose colours are jittered.',
    paper: 'A',
  }),
  grayscaleProbability: augmentation(probability().default(0.2), {
    title: 'Grayscale probability',
    help: 'Share of views turned gray.',
    paper: 'A',
  }),
  blurProbability: augmentation(probability().default(0.5), {
    title: 'Blur probability',
    help: 'Gaussian, sigma 0.1 to 2, kernel a tenth of the side. None for CIFAR-10.',
    paper: 'A, B.9',
  }),
  flipProbability: augmentation(probability().default(0.5), {
    title: 'Flip probability',
    help: 'Share of views mirrored left to right.',
    paper: 'A',
  }),
  interpolation: augmentation(z.enum(['bicubic', 'bilinear']).default('bicubic'), {
    title: 'Interpolation',
    help: 'How a crop is resized: bicubic (Keys, a = -0.5, as the authors’ code) or bilinear; neither antialiases.',
  }),
  brightness: augmentation(z.enum(['multiplicative', 'additive']).default('multiplicative'), {
    title: 'Brightness mode',
    help: 'multiplicative as in the authors’ second version, additive as in their first.',
  }),
});

const checkpointSchema = z.strictObject({
  everyEpochs: checkpoint(z.int().min(0).max(10000).default(10), {
    title: 'Every',
    unit: 'epochs',
    help: '0: none by epochs. One is always made at pause, stop and end.',
  }),
  everyMinutes: checkpoint(z.number().min(0).max(10000).default(15), {
    title: 'Every',
    unit: 'minutes',
    help: '0: none by time.',
  }),
});

const monitorSchema = z.strictObject({
  knnEveryEpochs: monitor(z.int().min(0).max(10000).default(1), {
    title: 'kNN every',
    unit: 'epochs',
    help: 'kNN accuracy on the validation split, where labels exist; 0: never.',
  }),
  knnK: monitor(z.int().min(1).max(10000).default(200), { title: 'kNN neighbours', help: 'How many neighbours vote.' }),
  knnTemperature: monitor(z.number().min(0.001).max(100).default(0.1), {
    title: 'kNN temperature',
    help: 'A neighbour’s vote weighs exp(cosine / temperature).',
  }),
});

/** One run's full configuration. Parsing `{}` gives the paper's defaults. */
export const configurationSchema = z.strictObject({
  epochs: training(z.int().min(1).max(100000).default(100), {
    title: 'Epochs',
    help: 'Passes over the training images.',
    paper: 'B.1',
  }),
  batchSize: training(z.int().min(2).max(65536).default(256), {
    title: 'Batch size N',
    help: 'Images a step; the loss sees 2N views.',
    paper: '5.2, B.1',
  }),
  temperature: training(z.number().min(0.001).max(100).default(0.1), {
    title: 'Temperature',
    help: 'Of NT-Xent. 0.1 on ImageNet, 0.5 on CIFAR-10 for long runs.',
    paper: '5.1, B.9',
  }),
  lossReduction: training(z.enum(['mean', 'sum']).default('mean'), {
    title: 'Loss reduction',
    help: 'mean over the 2N anchors as in the paper; sum of both directions’ means (twice that) as in the authors’ code.',
    paper: '2.1',
  }),
  seed: training(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(0),
    {
      title: 'Seed',
      help: 'The same seed on the same machine, backend and thread count gives the same weights, bit for bit.',
    },
  ),
  limitImages: training(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(0),
    {
      title: 'Limit images',
      help: 'Use only this many training images, drawn evenly over the classes where there are labels; 0: all.',
    },
  ),
  encoder: encoderSchema.prefault({}),
  projection: projectionSchema.prefault({}),
  optimizer: optimizerSchema.prefault({}),
  schedule: scheduleSchema.prefault({}),
  augmentation: augmentationSchema.prefault({}),
  normalization: training(z.enum(['none', 'dataset']).default('none'), {
    title: 'Normalisation',
    help: 'none: pixels in [0, 1] as in the authors’ code; dataset: mean and deviation of the training images.',
  }),
  checkpoint: checkpointSchema.prefault({}),
  monitor: monitorSchema.prefault({}),
  validationFraction: training(z.number().min(0).max(0.5).default(0.1), {
    title: 'Validation share',
    help: 'Of the training images, held out for monitoring and for choosing the probe’s regularisation.',
  }),
  workers: training(z.int().min(0).max(64).default(0), {
    title: 'Augmentation workers',
    help: 'Threads that draw views; 0: chosen for this machine. The result does not depend on it.',
  }),
});

/** A complete configuration, every key set. */
export type Configuration = z.output<typeof configurationSchema>;

/** A configuration as a person or a preset gives it: any key may be missing. */
export type ConfigurationInput = z.input<typeof configurationSchema>;
