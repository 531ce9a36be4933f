/** @file The training loop. It only sequences: drawing, stepping, saving and watching are done by others. */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '#shared/errors.ts';
import type { ViewBatch, ViewPipeline } from '../data/view-pipeline.ts';
import { learningRateAt, peakLearningRate, type ScheduleLength } from '../optimize/schedule.ts';
import { CheckpointSchedule } from './checkpoint-schedule.ts';
import type { JobControl } from './job-control.ts';
import { isFiniteStep, type StepStatistics } from './step-statistics.ts';
import { trainStep, type Learner } from './train-step.ts';
import type { Position } from './training-state.ts';

/** One finished step, for whoever records it. */
export interface StepReport {
  statistics: StepStatistics;
  learningRate: number;
  /** Seconds from asking for the batch to the end of the step. */
  seconds: number;
  /** Of these, seconds spent waiting for views. */
  waitSeconds: number;
}

/** What the loop calls as it goes. */
export interface LoopCallbacks {
  /** After every step; `position` counts it already. */
  onStep(position: Position, report: StepReport): void;
  /** After an epoch's last step. May take long; ends early, rejecting, where a stop is asked for. */
  onEpochEnd(position: Position, epoch: number): Promise<void>;
  /** Makes a checkpoint of where the learner is. */
  onCheckpoint(position: Position): Promise<void>;
  /** A pause has begun, a checkpoint made; and ended. */
  onPaused(): void;
  onResumed(): void;
}

/** What one call of the loop needs. `position` is moved on as steps are done. */
export interface PretrainInput {
  learner: Learner;
  pipeline: Pick<ViewPipeline, 'next' | 'stepsPerEpoch'>;
  side: number;
  position: Position;
  control: JobControl;
  callbacks: LoopCallbacks;
}

/** A run's length in steps. Warm-up may end within an epoch. */
export function scheduleLength(
  { epochs, schedule }: { epochs: number; schedule: { warmupEpochs: number } },
  stepsPerEpoch: number,
): ScheduleLength {
  return { steps: epochs * stepsPerEpoch, warmupSteps: Math.round(schedule.warmupEpochs * stepsPerEpoch) };
}

/**
 * Trains from `position` to the end or to a stop, with a checkpoint at either.
 * @returns whether the end was reached.
 * @throws UserError of kind `diverged` naming the step where loss or gradients are not finite; the last checkpoint stays.
 */
export async function pretrain(input: PretrainInput): Promise<boolean> {
  const { learner, pipeline, position, control, callbacks } = input;
  const { configuration } = learner;
  const length = scheduleLength(configuration, pipeline.stepsPerEpoch);
  const peak = peakLearningRate(configuration);
  const checkpoints = new CheckpointSchedule(
    configuration.checkpoint,
    pipeline.stepsPerEpoch,
    position.trainingSeconds,
  );
  let savedStep = position.step;
  const save = async (): Promise<void> => {
    if (savedStep === position.step && position.step > 0 && position.step < length.steps) return;
    await callbacks.onCheckpoint(position);
    savedStep = position.step;
    checkpoints.made(position.trainingSeconds);
  };

  await monitorDueEpoch(input);
  while (position.step < length.steps && !control.stopAsked) {
    await oneStep(input, learningRateAt(position.step, peak, length));
    await monitorDueEpoch(input);
    if (control.pauseAsked) {
      await save();
      callbacks.onPaused();
      await control.untilResumed();
      callbacks.onResumed();
    }
    const ending = position.step === length.steps || control.stopAsked;
    if (!ending && checkpoints.isDue(position.step, position.trainingSeconds)) await save();
    await setImmediate(); // messages are heard here
  }
  await save();
  return position.step === length.steps;
}

async function oneStep({ learner, pipeline, side, position, callbacks }: PretrainInput, rate: number): Promise<void> {
  const started = performance.now();
  const batch: ViewBatch = await pipeline.next();
  let statistics: StepStatistics;
  try {
    statistics = await trainStep(learner, batch.views, side, rate);
  } finally {
    batch.release();
  }
  const seconds = (performance.now() - started) / 1000;
  position.step++;
  position.trainingSeconds += seconds;
  callbacks.onStep(position, { statistics, learningRate: rate, seconds, waitSeconds: batch.waitMs / 1000 });
  if (!isFiniteStep(statistics)) throw diverged(position.step, pipeline.stepsPerEpoch);
}

/** Watches the epoch that has just ended, also where a stop came between its last step and its watching. */
async function monitorDueEpoch({ pipeline, position, control, callbacks }: PretrainInput): Promise<void> {
  const epoch = position.step / pipeline.stepsPerEpoch;
  if (!Number.isInteger(epoch) || epoch <= position.monitoredEpochs || control.stopAsked) return;
  try {
    await callbacks.onEpochEnd(position, epoch);
    position.monitoredEpochs = epoch;
  } catch (error) {
    if (!control.signal.aborted) throw error;
  }
}

function diverged(step: number, stepsPerEpoch: number): UserError {
  const epoch = Math.ceil(step / stepsPerEpoch);
  return new UserError(
    `Training gave NaN or infinity at step ${step} (epoch ${epoch}) and was stopped; the last checkpoint is kept.`,
    'Lower the learning rate or lengthen the warm-up, then start again.',
    'diverged',
  );
}
