import { describe, expect, it } from 'vitest';
import { diagnose } from '#compute/monitor/diagnose.ts';
import {
  observe,
  startHistory,
  type DiagnosisHistory,
  type StepObservation,
} from '#compute/monitor/diagnosis-history.ts';
import { Random } from '#shared/random.ts';
import type { Verdict } from '#shared/run.ts';

const batchSize = 256;
const chance = Math.log(2 * batchSize - 1);

type Course = (step: number, noise: (size: number) => number) => Partial<StepObservation>;

/** A healthy run of the size of the preset tiny; a course overrides what goes wrong. */
function play(
  steps: number,
  course: Course = () => ({}),
  warmupSteps = 74,
): { verdicts: Verdict[]; history: DiagnosisHistory } {
  const random = new Random(11);
  const noise = (size: number) => size * random.normal();
  const history = startHistory(batchSize, warmupSteps);
  const verdicts: Verdict[] = [];
  for (let step = 1; step <= steps; step++) {
    const learned = 1 - Math.exp(-step / 120);
    observe(history, {
      step,
      loss: 6.05 - 1.8 * learned + noise(0.06),
      contrastiveTop1: 0.045 + 0.3 * learned + noise(0.012),
      positiveSimilarity: 0.92 - 0.3 * learned + noise(0.01),
      negativeSimilarity: 0.88 - 0.86 * learned + noise(0.01),
      embeddingStd: 0.33 + 0.62 * learned + noise(0.01),
      gradientNorm: 1.1 - 0.4 * learned + Math.abs(noise(0.2)),
      learningRate: 0.4,
      ...course(step, noise),
    });
    const { verdict } = diagnose(history);
    if (verdict !== verdicts.at(-1)) verdicts.push(verdict);
  }
  return { verdicts, history };
}

const guessing: Course = (_, noise) => ({
  loss: chance + Math.abs(noise(0.01)),
  contrastiveTop1: Math.max(0, 1 / 511 + noise(0.002)),
  positiveSimilarity: 0.5,
  negativeSimilarity: 0.5,
  embeddingStd: 0.7,
});

describe('the diagnosis', () => {
  it('gives no alarm on a healthy run, from its first step to its last', () => {
    const { verdicts, history } = play(600);
    expect(verdicts).toEqual(['starting', 'learning']);
    expect(diagnose(history).text).toMatch(
      /the loss is 4\.\d\d, 1\.\d\d below chance .* 3\d % of positives are found among 511 candidates/u,
    );
  });

  it('gives no alarm on a run that learns slowly, nor for single spikes', () => {
    const slow = play(600, (step, noise) => ({
      loss: 6.05 - 0.0007 * step + noise(0.03),
      contrastiveTop1: 0.045 + 0.0001 * step + noise(0.005),
      gradientNorm: step % 97 === 0 ? 400 : 1,
    }));
    expect(slow.verdicts).toEqual(['starting', 'learning']);
  });

  it('names the step at which the loss or its gradient is not a number', () => {
    const { verdicts, history } = play(31, (step) => (step === 31 ? { loss: NaN } : {}));
    expect(verdicts.at(-1)).toBe('diverged');
    expect(diagnose(history).text).toContain('at step 31');
    expect(play(5, (step) => (step === 3 ? { gradientNorm: Infinity } : {})).verdicts).toEqual([
      'starting',
      'diverged',
    ]);
  });

  it('calls equal embeddings collapsed', () => {
    const same: Course = () => ({
      loss: chance,
      contrastiveTop1: 0,
      positiveSimilarity: 1,
      negativeSimilarity: 1,
      embeddingStd: 1e-4,
    });
    expect(play(40, same).verdicts).toEqual(['starting', 'collapsed']);
    const dead: Course = () => ({
      loss: chance,
      contrastiveTop1: 0,
      positiveSimilarity: 0,
      negativeSimilarity: 0,
      embeddingStd: 0,
    });
    expect(play(40, dead).verdicts).toEqual(['starting', 'collapsed']);
  });

  it('calls a run that collapses midway collapsed', () => {
    const { verdicts } = play(500, (step) =>
      step < 300
        ? {}
        : {
            loss: chance,
            contrastiveTop1: 0.002,
            positiveSimilarity: 1,
            negativeSimilarity: 1,
            embeddingStd: 1e-3,
            gradientNorm: 1e-6,
          },
    );
    expect(verdicts).toContain('collapsed');
    expect(verdicts.at(-1)).toBe('collapsed');
  });

  it('calls nearly one point, at chance, collapsed too: images that do not differ', () => {
    const constant: Course = (step, noise) => ({
      ...guessing(step, noise),
      positiveSimilarity: 0.986,
      negativeSimilarity: 0.987,
      embeddingStd: 0.11,
    });
    expect(play(120, constant).verdicts).toEqual(['starting', 'collapsed']);
  });

  it('calls guessing at chance, but only after patience', () => {
    expect(play(70, guessing).verdicts).toEqual(['starting']);
    expect(play(90, guessing).verdicts).toEqual(['starting', 'atChance']);
  });

  it('calls identical views trivial', () => {
    const identical: Course = (step) => ({
      positiveSimilarity: 1,
      contrastiveTop1: 1,
      loss: 5.9 - 4.5 * (1 - Math.exp(-step / 50)),
    });
    expect(play(200, identical).verdicts).toEqual(['starting', 'trivial']);
  });

  it('calls a loss above chance diverged', () => {
    expect(play(120, (step) => ({ loss: 6.05 + Math.min(3, 0.05 * step) })).verdicts).toContain('diverged');
  });

  it('sees a blow-up that batch norm hides: a finite loss, but gradients gone and nothing found', () => {
    const blown: Course = (step, noise) => ({
      loss: 5.95 - 0.0005 * step + noise(0.05),
      contrastiveTop1: 0.045 + noise(0.01),
      gradientNorm: step < 12 ? 1.5 : 0.06,
    });
    expect(play(120, blown).verdicts.at(-1)).toBe('diverged');
  });

  it('calls a run that stays as it began not learning', () => {
    const still = play(300, () => ({ loss: 6.05, contrastiveTop1: 0.045, gradientNorm: 1 }));
    expect(still.verdicts).toEqual(['starting', 'atChance']);
    expect(diagnose(still.history).text).toContain('Not learning');
  });

  it('is the same for a history that went through a checkpoint', () => {
    const { history } = play(200);
    expect(diagnose(JSON.parse(JSON.stringify(history)) as DiagnosisHistory)).toEqual(diagnose(history));
    expect(history.recent.length + history.first.length).toBeLessThanOrEqual(60);
  });
});
