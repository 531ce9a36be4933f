/** @file The metrics a run records: names, units, what they mean. */

/** A recorded metric. */
export interface MetricDescription {
  title: string;
  unit: string;
  help: string;
  /** step: every optimiser step; epoch: at epoch ends. */
  cadence: 'step' | 'epoch';
}

/** Every metric, by the name it is stored and exported under. */
export const metricDescriptions = {
  loss: { title: 'NT-Xent loss', unit: 'nats', cadence: 'step', help: 'Mean over the 2N anchors.' },
  chanceLoss: {
    title: 'Chance level',
    unit: 'nats',
    cadence: 'step',
    help: 'ln(2N - 1): the loss of an encoder that tells nothing apart.',
  },
  contrastiveTop1: {
    title: 'Contrastive top-1',
    unit: 'share',
    cadence: 'step',
    help: 'Anchors whose positive is the most similar of all 2N - 1 other views.',
  },
  contrastiveTop5: {
    title: 'Contrastive top-5',
    unit: 'share',
    cadence: 'step',
    help: 'Anchors whose positive is among the five most similar of all 2N - 1 other views.',
  },
  positiveSimilarity: {
    title: 'Positive similarity',
    unit: 'cosine',
    cadence: 'step',
    help: 'Mean cosine of the two views of an image, in z.',
  },
  negativeSimilarity: {
    title: 'Negative similarity',
    unit: 'cosine',
    cadence: 'step',
    help: 'Mean cosine of views of different images, in z.',
  },
  learningRate: { title: 'Learning rate', unit: '', cadence: 'step', help: 'After scaling, warm-up and cosine.' },
  gradientNorm: {
    title: 'Gradient norm',
    unit: '',
    cadence: 'step',
    help: 'L2 norm over all gradients, before weight decay.',
  },
  imagesPerSecond: {
    title: 'Throughput',
    unit: 'images/s',
    cadence: 'step',
    help: 'Images (pairs of views) a second over the step.',
  },
  dataWait: { title: 'Data wait', unit: 'share', cadence: 'step', help: 'Share of the step spent waiting for views.' },
  embeddingStd: {
    title: 'Embedding deviation',
    unit: '',
    cadence: 'step',
    help: 'Mean deviation over the batch of the unit-length z, times sqrt(width): 1 for a uniform sphere, 0 when collapsed.',
  },
  alignment: {
    title: 'Alignment',
    unit: '',
    cadence: 'epoch',
    help: 'Mean squared distance of the two views of an image, in unit-length h of validation images. Lower is better.',
  },
  uniformity: {
    title: 'Uniformity',
    unit: '',
    cadence: 'epoch',
    help: 'ln of the mean of exp(-2 d^2) over pairs, in unit-length h. Lower is better.',
  },
  effectiveRank: {
    title: 'Effective rank',
    unit: 'dimensions',
    cadence: 'epoch',
    help: 'exp of the entropy of the normalised singular values of centred h.',
  },
  knnTop1: { title: 'kNN top-1', unit: 'share', cadence: 'epoch', help: 'kNN accuracy of h on the validation split.' },
  processMemory: {
    title: 'Process memory',
    unit: 'bytes',
    cadence: 'step',
    help: 'Resident memory of the training process.',
  },
} as const satisfies Record<string, MetricDescription>;

/** The name of a metric. */
export type MetricName = keyof typeof metricDescriptions;

/** One value of one metric. `time` is seconds of training so far, pauses left out. */
export interface MetricSample {
  metric: MetricName;
  step: number;
  time: number;
  value: number;
}
