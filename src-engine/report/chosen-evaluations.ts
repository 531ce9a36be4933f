/** @file Which evaluations a report shows, and what one encoder gains over another. */
import type { EvaluatedEncoder, EvaluationView, Protocol } from '#shared/evaluation.ts';

/** Protocols in the order shown. */
export const protocolNames: Readonly<Record<Protocol, string>> = { linear: 'Linear probe', knn: 'kNN' };

/** Encoders in the order shown. */
export const encoderNames: Readonly<Record<EvaluatedEncoder, string>> = {
  pretrained: 'Pretrained',
  supervised: 'Supervised',
  scratch: 'From scratch',
  random: 'Untrained',
  pixels: 'Raw pixels',
};

/** The newest evaluation of each protocol and encoder, in the order shown. */
export function newestEvaluations(evaluations: readonly EvaluationView[]): EvaluationView[] {
  return (Object.keys(protocolNames) as Protocol[]).flatMap((protocol) =>
    (Object.keys(encoderNames) as EvaluatedEncoder[]).flatMap((encoder) => {
      const own = evaluations.filter((each) => each.protocol === protocol && each.encoder === encoder);
      return own.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, 1);
    }),
  );
}

/** One of them, where it was made. */
export function findEvaluation(
  evaluations: readonly EvaluationView[],
  protocol: Protocol,
  encoder: EvaluatedEncoder,
): EvaluationView | undefined {
  return newestEvaluations(evaluations).find((each) => each.protocol === protocol && each.encoder === encoder);
}

export interface Gain {
  difference: number;
  low: number;
  high: number;
}

/**
 * A difference of two accuracies with its 95 % interval, from theirs (MOVER: Zou & Donner 2008). It takes them for
 * independent, which for the same test images is cautious.
 */
export function gainOver(better: EvaluationView, worse: EvaluationView): Gain {
  const difference = better.top1 - worse.top1;
  return {
    difference,
    low: difference - Math.hypot(better.top1 - better.low, worse.high - worse.top1),
    high: difference + Math.hypot(better.high - better.top1, worse.top1 - worse.low),
  };
}
