/** @file Says in words whether a run learns, from its first and latest steps alone. */
import type { Diagnosis } from '#shared/run.ts';
import type { DiagnosisHistory } from './diagnosis-history.ts';
import { averageSteps, type StepAverages } from './step-averages.ts';

/**
 * Thresholds, each with its reason.
 *
 * [Note: what a healthy start looks like] An untrained network maps all images near to one another: negative similarity
 * 0.8 to 0.99, deviation 0.1 to 0.4, and its loss lies a little below chance already, for colours alone tell some views
 * apart. None of that may raise an alarm.
 */
const thresholds = {
  /** Steps before anything is said: batch norm and the first large gradients settle. */
  settling: 10,
  /** Steps before slow learning counts as none; warm-up, where rates are small, lengthens it up to `mostPatience`. */
  patience: 60,
  mostPatience: 500,
  /** Equal rows have a deviation of 0. Below 0.03, unit rows agree to cosine 0.999: more than any untrained network's. */
  collapsedDeviation: 0.03,
  /** Share of the chance loss within which the loss counts as chance. A healthy run is 3 % below after a few steps. */
  chanceMargin: 0.01,
  /** Times the chance rate of the contrastive top-1. Over 50 steps a rate this high is no accident; healthy runs: 20 and more. */
  chanceRate: 3,
  /** Views of a random crop differ: no healthy run comes near this cosine, identical views exceed it. */
  identicalViews: 0.9995,
  /** The loss only exceeds chance where views of different images are taken for views of the same one. */
  divergedMargin: 0.05,
  /** Growth of the gradient's norm from the first steps, with a loss that got worse, that no schedule explains. */
  gradientGrowth: 100,
  /**
   * Batch norm hides a blow-up: the loss stays finite, but the weights are so large that gradients, which shrink with their
   * inverse, no longer move them. Healthy gradients fall as far only after much has been learned.
   */
  gradientLoss: 5,
  /** Little has been learned while positives are found less than a quarter more often than in the first steps … */
  littleFound: 1.25,
  /** … and the loss has lost less than 15 % of theirs. */
  littleLost: 0.85,
  /** Steps after which positives should be found more often than at first. */
  slow: 200,
  /** Mean cosine of different images from which, at chance, the embedding counts as one point. */
  collapsedSimilarity: 0.95,
  /** Share of the chance loss that the loss must have fallen by before learning is announced early. */
  clearGain: 0.02,
} as const;

const starting: Diagnosis = { verdict: 'starting', text: 'Starting: too few steps to judge yet.' };

/** The verdict on a run so far. Pure: the same history gives the same words. */
export function diagnose(history: DiagnosisHistory): Diagnosis {
  const { first, recent, batchSize } = history;
  const broken = recent.find(({ loss, gradientNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradientNorm));
  if (broken !== undefined) return divergedToNaN(broken.step);
  const step = recent.at(-1)?.step ?? 0;
  const start = averageSteps(first);
  const now = averageSteps(recent.slice(-lookBack(recent.length)));
  if (recent.length < thresholds.settling || start === null || now === null) {
    return starting;
  }
  const chance = Math.log(2 * batchSize - 1);
  const alarm = collapsed(now, chance) ?? trivial(now) ?? diverged(now, start, chance);
  if (alarm !== null) return alarm;
  const patience = Math.min(Math.max(thresholds.patience, history.warmupSteps), thresholds.mostPatience);
  if (step < patience) {
    const clear = now.loss < Math.min(start.loss, chance) - thresholds.clearGain * chance;
    return clear ? learning(now, start, chance, batchSize) : starting;
  }
  return (
    atChance(now, chance, batchSize) ??
    blownUp(now, start) ??
    notLearning(now, start, chance, step >= Math.max(patience, thresholds.slow)) ??
    learning(now, start, chance, batchSize)
  );
}

/** Steps averaged: half of what is remembered while that still holds the start, all of it later. */
function lookBack(remembered: number): number {
  return remembered < 50 ? Math.ceil(remembered / 2) : remembered;
}

function divergedToNaN(step: number): Diagnosis {
  return {
    verdict: 'diverged',
    text: `Diverged: at step ${step} the loss or its gradient was no longer a finite number. Train again with a lower learning rate or a longer warm-up.`,
  };
}

function collapsed(now: StepAverages, chance: number): Diagnosis | null {
  if (now.embeddingStd >= thresholds.collapsedDeviation) return null;
  if (now.loss < chance * (1 - thresholds.chanceMargin)) return null;
  return {
    verdict: 'collapsed',
    text:
      `Collapsed: every image gets nearly the same embedding (deviation ${number(now.embeddingStd)}), so the loss ` +
      `${number(now.loss)} is the chance level ${number(chance)}. Lower the learning rate, and check that the images differ.`,
  };
}

function trivial(now: StepAverages): Diagnosis | null {
  if (now.positiveSimilarity < thresholds.identicalViews) return null;
  return {
    verdict: 'trivial',
    text:
      `Trivial: the two views of an image are the same (cosine ${number(now.positiveSimilarity, 4)}), so matching them ` +
      'teaches nothing. Turn augmentation on: random crops and colour jitter above all.',
  };
}

function diverged(now: StepAverages, start: StepAverages, chance: number): Diagnosis | null {
  const worse = now.loss > start.loss;
  if (now.loss > chance * (1 + thresholds.divergedMargin) && worse) {
    return {
      verdict: 'diverged',
      text:
        `Diverged: the loss ${number(now.loss)} lies above the chance level ${number(chance)}, worse than telling nothing ` +
        'apart. Train again with a lower learning rate or a longer warm-up.',
    };
  }
  if (worse && now.gradientNorm > thresholds.gradientGrowth * start.gradientNorm) {
    return {
      verdict: 'diverged',
      text:
        `Diverging: gradients are ${number(now.gradientNorm / start.gradientNorm, 0)} times as large as at the start, and the ` +
        `loss rose from ${number(start.loss)} to ${number(now.loss)}. Train again with a lower learning rate.`,
    };
  }
  return null;
}

function atChance(now: StepAverages, chance: number, batchSize: number): Diagnosis | null {
  const guessing = now.contrastiveTop1 < thresholds.chanceRate / (2 * batchSize - 1);
  if (now.loss < chance * (1 - thresholds.chanceMargin) || !guessing) return null;
  if (now.negativeSimilarity > thresholds.collapsedSimilarity) return toOnePoint(now, chance);
  return {
    verdict: 'atChance',
    text:
      `At chance: the loss ${number(now.loss)} is what telling nothing apart gives (${number(chance)}), and positives are ` +
      'found no more often than by guessing. Try another learning rate or temperature, and check that the images differ.',
  };
}

function toOnePoint(now: StepAverages, chance: number): Diagnosis {
  return {
    verdict: 'collapsed',
    text:
      `Collapsed: different images get nearly the same embedding (cosine ${number(now.negativeSimilarity, 3)}), so the loss ` +
      `${number(now.loss)} is the chance level ${number(chance)}. Check that the images differ, and lower the learning rate.`,
  };
}

function blownUp(now: StepAverages, start: StepAverages): Diagnosis | null {
  if (now.gradientNorm * thresholds.gradientLoss > start.gradientNorm) return null;
  if (now.contrastiveTop1 > thresholds.littleFound * start.contrastiveTop1) return null;
  if (now.loss < thresholds.littleLost * start.loss) return null;
  return {
    verdict: 'diverged',
    text:
      `Diverged: steps were so large that the weights blew up and stopped moving: gradients are 1/` +
      `${number(start.gradientNorm / now.gradientNorm, 0)} of the first steps’, and ${percent(now.contrastiveTop1)} of positives are ` +
      `found (${percent(start.contrastiveTop1)} then). Train again with a lower learning rate.`,
  };
}

/** No better than it began, as with features that stay random. */
function notLearning(now: StepAverages, start: StepAverages, chance: number, late: boolean): Diagnosis | null {
  if (now.contrastiveTop1 > start.contrastiveTop1) return null;
  if (!late && now.loss < start.loss) return null;
  return {
    verdict: 'atChance',
    text:
      `Not learning: positives are found no more often than in the first steps (${percent(now.contrastiveTop1)}), and the loss ` +
      `is ${number(now.loss)} (${number(start.loss)} then; chance is ${number(chance)}). Try a lower learning rate, or a higher one ` +
      'if it is very small.',
  };
}

function learning(now: StepAverages, start: StepAverages, chance: number, batchSize: number): Diagnosis {
  const side = now.loss <= chance ? 'below' : 'above';
  return {
    verdict: 'learning',
    text:
      `Learning: the loss is ${number(now.loss)}, ${number(Math.abs(chance - now.loss))} ${side} chance (${number(start.loss)} ` +
      `in the first steps), and ${percent(now.contrastiveTop1)} of positives are found among ${2 * batchSize - 1} candidates.`,
  };
}

function number(value: number, digits = 2): string {
  return value.toFixed(digits);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
