/** @file The evaluation job: frozen h of a checkpoint, of the untrained encoder and raw pixels, by the same protocols. */
import type { EvaluateSpec, JobResult } from '#shared/compute-protocol.ts';
import type { EvaluatedEncoder } from '#shared/evaluation.ts';
import { UserError } from '#shared/errors.ts';
import { openArtifacts } from '#store/artifacts.ts';
import type { Backend } from '../backend/backend.ts';
import { evaluationBatches } from '../data/evaluation-batches.ts';
import { openImages, type ImageReader } from '../data/image-reader.ts';
import { selectImages } from '../data/select-images.ts';
import { breathe } from '../evaluate/breathing.ts';
import { evaluateFeatures } from '../evaluate/evaluate-features.ts';
import type { LabelledFeatures } from '../evaluate/features.ts';
import { encodeImages } from '../loop/encode-images.ts';
import { readCheckpointWeights } from '../loop/training-state.ts';
import { Network } from '../model/network.ts';
import { ProgressSender, type JobContext } from './job-context.ts';
import { openBackend } from './open-backend.ts';

/** Raw pixels are a baseline, not a protocol: larger images are shrunk to this side, or they would not fit into memory. */
const largestPixelSide = 32;

/** Makes the features of images for one encoder. */
type FeatureMaker = (images: Uint32Array, onProgress: (done: number) => void) => Promise<LabelledFeatures>;

/** Runs an evaluation, sending each result as soon as it is known. A stop keeps those. */
export async function runEvaluate(spec: EvaluateSpec, context: JobContext): Promise<JobResult> {
  const reader = openImages(spec.datasetFolder);
  try {
    const backend = await openBackend(spec.backend);
    for (const encoder of spec.encoders) await evaluateEncoder(spec, encoder, backend, reader, context);
    return { kind: 'evaluate', finished: true };
  } catch (error) {
    if (context.control.stopAsked) return { kind: 'evaluate', finished: false };
    throw error;
  } finally {
    reader.close();
  }
}

async function evaluateEncoder(
  spec: EvaluateSpec,
  encoder: EvaluatedEncoder,
  backend: Backend,
  reader: ImageReader,
  context: JobContext,
): Promise<void> {
  const { signal } = context.control;
  const { dataset, configuration } = spec;
  const { train, validation, test } = selectImages(dataset, reader, configuration);
  const splits =
    test.length > 0 ? { train, validation, test } : { train, validation: new Uint32Array(), test: validation };
  const { make, dispose } = featureMaker(spec, encoder, backend, reader, signal);
  try {
    const total = train.length + validation.length + test.length;
    const progress = new ProgressSender(context, `${encoder}: features`, 'images', total);
    let before = 0;
    const featuresOf = async (images: Uint32Array): Promise<LabelledFeatures> => {
      const features = await make(images, (done) => {
        progress.update(before + done);
      });
      before += images.length;
      return features;
    };
    const results = evaluateFeatures({
      encoder,
      split: test.length > 0 ? 'test' : 'validation',
      train: await featuresOf(splits.train),
      validation: await featuresOf(splits.validation),
      test: await featuresOf(splits.test),
      classes: dataset.classes,
      protocols: spec.protocols,
      knn: spec.knn,
      seed: configuration.seed,
      signal,
      onProgress: ({ protocol, phase, share }) => {
        const rate = 0;
        const named = {
          phase: `${encoder}: ${protocol}, ${phase}`,
          unit: 'percent',
          total: 100,
          rate,
          secondsLeft: NaN,
        };
        context.send({ type: 'progress', progress: { ...named, done: Math.round(share * 100) } });
      },
    });
    for await (const evaluation of results) context.send({ type: 'evaluation', evaluation });
  } finally {
    dispose();
  }
}

function featureMaker(
  spec: EvaluateSpec,
  encoder: EvaluatedEncoder,
  backend: Backend,
  reader: ImageReader,
  signal: AbortSignal,
): { make: FeatureMaker; dispose: () => void } {
  const { dataset, configuration } = spec;
  const labelled = (images: Uint32Array, features: Float32Array, width: number): LabelledFeatures => {
    return { features, width, labels: Int32Array.from(images, (image) => reader.labels[image] ?? -1) };
  };
  if (encoder === 'pixels') {
    const side = Math.min(dataset.imageSize, largestPixelSide);
    const make: FeatureMaker = async (images, onProgress) => {
      return labelled(images, await pixelsOf(reader, images, side, signal, onProgress), side * side * 3);
    };
    return { make, dispose: () => undefined };
  }
  const network = new Network(backend, configuration, dataset.imageSize);
  if (encoder === 'pretrained') loadWeights(network, spec);
  else if (encoder !== 'random') throw new UserError(`"${encoder}" is not a frozen encoder.`, '', 'usage');
  const make: FeatureMaker = async (images, onProgress) => {
    const h = await encodeImages(network, reader, images, dataset, configuration, { signal, onProgress });
    return labelled(images, h, network.encoder.outputWidth);
  };
  return {
    make,
    dispose: () => {
      network.dispose();
    },
  };
}

function loadWeights(network: Network, { artifactFile, checkpointId }: EvaluateSpec): void {
  const artifacts = openArtifacts(artifactFile);
  try {
    network.weights.load(readCheckpointWeights(artifacts, checkpointId));
  } finally {
    artifacts.close();
  }
}

async function pixelsOf(
  reader: ImageReader,
  images: Uint32Array,
  side: number,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Float32Array> {
  const width = side * side * 3;
  const features = new Float32Array(images.length * width);
  for (const { views, images: part, first } of evaluationBatches(reader, images, side, 256, undefined)) {
    await breathe(signal);
    features.set(views, first * width);
    onProgress(first + part.length);
  }
  return features;
}
