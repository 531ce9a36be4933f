/** @file Turns what the training loop does into metrics, progress, diagnosis and checkpoints for the engine. */
import process from 'node:process';
import type { Configuration } from '#shared/configuration/schema.ts';
import type { Verdict } from '#shared/run.ts';
import type { ArtifactFile } from '#store/artifacts.ts';
import { chanceLoss } from '../loss/nt-xent.ts';
import type { EpochMonitor } from '../loop/epoch-monitor.ts';
import { MetricBuffer } from '../loop/metric-buffer.ts';
import type { LoopCallbacks, StepReport } from '../loop/pretrain.ts';
import type { Learner } from '../loop/train-step.ts';
import { saveCheckpoint, type Position } from '../loop/training-state.ts';
import { diagnose } from '../monitor/diagnose.ts';
import { observe } from '../monitor/diagnosis-history.ts';
import type { JobContext } from './job-context.ts';

/** Weight of the newest step in the moving average that predicts the time left. */
const paceWeight = 0.1;

/** What the reporter saves and measures with. */
export interface ReporterParts {
  learner: Learner;
  artifacts: ArtifactFile;
  monitor: EpochMonitor;
}

/** Reports one run. */
export class TrainingReporter implements LoopCallbacks {
  readonly #context: JobContext;
  readonly #configuration: Configuration;
  readonly #stepsPerEpoch: number;
  readonly #parts: ReporterParts;
  readonly #metrics: MetricBuffer;
  #secondsPerStep: number | undefined;
  #monitorSeconds = 0;
  #progressSent = -Infinity;
  #verdict: Verdict | undefined;

  constructor(context: JobContext, configuration: Configuration, stepsPerEpoch: number, parts: ReporterParts) {
    this.#context = context;
    this.#configuration = configuration;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#parts = parts;
    this.#metrics = new MetricBuffer((samples) => {
      context.send({ type: 'metrics', samples });
    });
  }

  onStep(position: Position, { statistics, learningRate, seconds, waitSeconds }: StepReport): void {
    const { batchSize, lossReduction } = this.#configuration;
    this.#metrics.add(position.step, position.trainingSeconds, {
      ...statistics,
      chanceLoss: chanceLoss(batchSize) * (lossReduction === 'sum' ? 2 : 1),
      learningRate,
      imagesPerSecond: batchSize / seconds,
      dataWait: waitSeconds / seconds,
      processMemory: process.memoryUsage.rss(),
    });
    // The diagnosis knows the paper's loss: the mean over the anchors.
    const loss = statistics.loss / (lossReduction === 'sum' ? 2 : 1);
    observe(position.history, { step: position.step, ...statistics, loss, learningRate });
    this.#secondsPerStep = (this.#secondsPerStep ?? seconds) * (1 - paceWeight) + seconds * paceWeight;
    // In words that hold now: told anew at each epoch's end and wherever the verdict changes.
    this.#diagnose(position, position.step % this.#stepsPerEpoch === 0);
    this.#progress(position);
  }

  async onEpochEnd(position: Position, epoch: number): Promise<void> {
    const started = performance.now();
    const values = await this.#parts.monitor.measure(epoch, this.#context.control.signal);
    this.#monitorSeconds = (performance.now() - started) / 1000;
    this.#metrics.add(position.step, position.trainingSeconds, values);
    this.#metrics.flush();
  }

  async onCheckpoint(position: Position): Promise<void> {
    const { artifacts, learner } = this.#parts;
    this.#metrics.flush();
    const checkpoint = await saveCheckpoint(artifacts, learner, position, this.#stepsPerEpoch);
    this.#context.send({ type: 'checkpoint', checkpoint });
  }

  onPaused(): void {
    this.#context.send({ type: 'paused' });
  }

  onResumed(): void {
    this.#context.send({ type: 'resumed' });
  }

  /** Sends what is still held back. */
  flush(): void {
    this.#metrics.flush();
  }

  #diagnose({ history }: Position, due: boolean): void {
    const diagnosis = diagnose(history);
    if (diagnosis.verdict === this.#verdict && !due) return;
    this.#verdict = diagnosis.verdict;
    this.#context.send({ type: 'diagnosis', diagnosis });
  }

  #progress({ step }: Position): void {
    const { epochs, batchSize } = this.#configuration;
    const total = epochs * this.#stepsPerEpoch;
    const now = performance.now();
    if (now - this.#progressSent < 100 && step < total) return;
    this.#progressSent = now;
    const secondsPerStep = this.#secondsPerStep ?? 0;
    const epochsToWatch = epochs - Math.floor(step / this.#stepsPerEpoch);
    this.#context.send({
      type: 'progress',
      epoch: Math.min(epochs, Math.floor(step / this.#stepsPerEpoch) + 1),
      epochs,
      progress: {
        phase: 'training',
        unit: 'steps',
        done: step,
        total,
        rate: secondsPerStep > 0 ? batchSize / secondsPerStep : 0,
        secondsLeft: (total - step) * secondsPerStep + epochsToWatch * this.#monitorSeconds,
      },
    });
  }
}
