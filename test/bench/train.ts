/**
 * @file `npm run bench:train`: images a second of full training steps, augmentation to optimiser, beside PyTorch.
 *
 * The studio's side is its real compute process, asked as the engine asks it. The peer's is test/peers/train_speed.py. Both
 * train the same network with the same batch size, loss, optimiser and distribution of views, with the same number of
 * threads, by turns. What is timed is the wall clock over all steps after a warm-up, waits for views included.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chooseBackend } from '#engine/backends/choose-backend.ts';
import { startJob, type RunningJob } from '#engine/compute/job.ts';
import type { BackendChoice, PretrainSpec } from '#shared/compute-protocol.ts';
import { presets } from '#shared/configuration/presets.ts';
import { UserError } from '#shared/errors.ts';
import { makeClassImages } from '../support/class-images.ts';
import { pretrainSpec } from '../support/run-pretraining.ts';
import { runPeer } from './peer.ts';
import { median, printResult, printTable } from './report.ts';

interface Setting {
  architecture: 'resnet8' | 'resnet18';
  batchSize: number;
  hiddenWidth: number;
  warmUp: number;
  steps: number;
}

interface Measurement {
  imagesPerSecond: number;
  peakBytes: number;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Of the steps given below, so that a quick look takes a tenth of the time: --scale 0.1. */
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    'peer-workers': { type: 'string', default: '1' },
  },
});

const scaled = (steps: number): number => Math.max(2, Math.round(steps * Number(options.scale)));
const settings: Setting[] = [
  { architecture: 'resnet8' as const, batchSize: 256, hiddenWidth: 64, warmUp: 4, steps: scaled(40) },
  { architecture: 'resnet18' as const, batchSize: 64, hiddenWidth: 512, warmUp: 2, steps: scaled(12) },
].filter(({ architecture }) => options.only === undefined || options.only === architecture);

const backend = await chooseBackend({ requested: 'tensorflow' });
// As many images as the longest measurement shows, so that no epoch ends within one.
const images = Math.max(...settings.map(({ batchSize, warmUp, steps }) => (warmUp + steps + 2) * batchSize));
const data = makeClassImages({ train: images, test: 10, side: 32, classes: 10 });

const tiny = presets.find(({ name }) => name === 'tiny')?.configuration ?? {};
const results: Record<string, unknown> = {};
const rows: string[][] = [];
for (const setting of settings) {
  const studio: Measurement[] = [];
  const peer: Measurement[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    studio.push(await measureStudio(setting, backend));
    peer.push(await measurePeer(setting, backend.threads));
    const [ours, theirs] = [studio, peer].map((all) => all.at(-1)?.imagesPerSecond.toFixed(1) ?? '');
    console.error(`${setting.architecture} round ${round + 1}: studio ${ours ?? ''}, PyTorch ${theirs ?? ''} images/s`);
  }
  const speed = (all: Measurement[]): number => median(all.map(({ imagesPerSecond }) => imagesPerSecond));
  const peak = (all: Measurement[]): number => Math.max(...all.map(({ peakBytes }) => peakBytes));
  const ratio = speed(studio) / speed(peer);
  results[setting.architecture] = {
    studio: speed(studio),
    peer: speed(peer),
    ratio,
    studioPeakBytes: peak(studio),
    peerPeakBytes: peak(peer),
    studioRounds: studio.map(({ imagesPerSecond }) => imagesPerSecond),
    peerRounds: peer.map(({ imagesPerSecond }) => imagesPerSecond),
  };
  rows.push([
    `${setting.architecture}, batch ${setting.batchSize}`,
    speed(studio).toFixed(1),
    speed(peer).toFixed(1),
    ratio.toFixed(3),
    `${(peak(studio) / 1e6).toFixed(0)} MB`,
    `${(peak(peer) / 1e6).toFixed(0)} MB`,
  ]);
}
console.log(`${backend.threads} threads; medians of ${options.rounds} rounds by turns; images/s; peak resident memory`);
console.log(`PyTorch draws views in ${options['peer-workers']} worker process(es), which its memory includes.`);
printTable(['', 'studio', 'PyTorch', 'ratio', 'studio peak', 'PyTorch peak'], rows);
printResult(results);

/** Trains in a compute process until enough steps are done, then stops it. */
async function measureStudio(
  { architecture, batchSize, hiddenWidth, warmUp, steps }: Setting,
  backend: BackendChoice,
): Promise<Measurement> {
  const spec = pretrainSpec(data, backend, {
    ...tiny,
    epochs: 1,
    batchSize,
    limitImages: 0,
    validationFraction: 0,
    workers: 0,
    encoder: { architecture, stem: 'cifar', zeroGamma: false },
    projection: { hiddenWidths: [hiddenWidth], outputWidth: 128, batchNorm: false },
    schedule: { warmupEpochs: 0 },
    optimizer: { name: 'sgd', learningRate: 0.01, learningRateScaling: 'none', weightDecay: 1e-4 },
    checkpoint: { everyEpochs: 0, everyMinutes: 0 },
  });
  let first: { step: number; time: number } | undefined;
  let last: { step: number; time: number } | undefined;
  let peakBytes = 0;
  const job: RunningJob<PretrainSpec> = startJob(spec, {
    metrics: ({ samples }) => {
      const step = Math.max(...samples.map((sample) => sample.step));
      const now = { step, time: performance.now() };
      if (step >= warmUp) first ??= now;
      if (step < warmUp + steps || last !== undefined) return;
      last = now;
      peakBytes = peakOf(job.pid);
      job.stop();
    },
  });
  await job.result;
  if (first === undefined || last === undefined || last.step === first.step) {
    throw new UserError('The run ended before enough steps were done.', 'Give more steps: --scale.');
  }
  return {
    imagesPerSecond: ((last.step - first.step) * batchSize * 1000) / (last.time - first.time),
    peakBytes,
  };
}

function measurePeer(setting: Setting, threads: number): Promise<Measurement> {
  return runPeer<Measurement>('train_speed.py', [
    ...['--dataset', data.folder],
    ...['--architecture', setting.architecture],
    ...['--hidden-width', String(setting.hiddenWidth)],
    ...['--batch-size', String(setting.batchSize)],
    ...['--warm-up', String(setting.warmUp)],
    ...['--steps', String(setting.steps)],
    ...['--threads', String(threads)],
    ...['--workers', options['peer-workers']],
  ]);
}

/** The most memory a process ever had resident; augmentation threads are part of it. */
function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}
