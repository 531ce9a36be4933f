/** @file Evaluations in a terminal: encoders below each other, protocols side by side. */
import type { EvaluatedEncoder, EvaluationView, Protocol } from '#shared/evaluation.ts';
import type { RunView } from '#shared/run.ts';
import type { Style } from './style.ts';
import { numeral, table } from './table.ts';

/** What people call an encoder. */
export const encoderTitles: Readonly<Record<EvaluatedEncoder, string>> = {
  pixels: 'Raw pixels',
  random: 'Untrained encoder',
  scratch: 'From scratch',
  supervised: 'Supervised',
  pretrained: 'Pretrained',
};
const encoderOrder = Object.keys(encoderTitles);
/** What people call a protocol. */
export const protocolTitles: Readonly<Record<Protocol, string>> = { linear: 'Linear probe', knn: 'kNN' };

/** A table for every dataset and split that the run was judged on. */
export function evaluationLines(run: Pick<RunView, 'evaluations' | 'checkpoints'>, style: Style): string[] {
  const groups = Map.groupBy(run.evaluations, ({ dataset, split }) => `${dataset}, ${split} split`);
  return [...groups].flatMap(([where, evaluations], at) => [
    ...(at === 0 ? [] : ['']),
    ...groupLines(where, evaluations, run.checkpoints, style),
  ]);
}

function groupLines(
  where: string,
  evaluations: readonly EvaluationView[],
  checkpoints: RunView['checkpoints'],
  style: Style,
): string[] {
  const protocols = (['linear', 'knn'] as const).filter((each) =>
    evaluations.some(({ protocol }) => protocol === each),
  );
  const rowKey = ({ encoder, checkpointId }: EvaluationView): string => `${encoder} ${checkpointId ?? ''}`;
  const byRow = [...Map.groupBy(evaluations, rowKey).values()].sort(
    ([a], [b]) => encoderOrder.indexOf(a?.encoder ?? '') - encoderOrder.indexOf(b?.encoder ?? ''),
  );
  const epochOf = (id: string | null): string => {
    const epoch = checkpoints.find((each) => each.id === id)?.epoch;
    return epoch === undefined ? '' : `, epoch ${epoch}`;
  };
  const rows = byRow.map((row) => {
    const [first] = row;
    if (first === undefined) return [];
    const title = `${encoderTitles[first.encoder]}${epochOf(first.checkpointId)}`;
    const cells = protocols.flatMap((protocol) => {
      const found = row.findLast((each) => each.protocol === protocol);
      return found === undefined
        ? ['–', '']
        : [share(found.top1), style.faint(`${share(found.low)} to ${share(found.high)}`)];
    });
    return [title, ...cells];
  });
  const head = ['Top-1, %', ...protocols.flatMap((protocol) => [protocolTitles[protocol], '95 % interval'])];
  const [example] = evaluations;
  return [
    ...table([head.map(style.strong), ...rows], [1, 2, 3, 4]),
    ...(example === undefined ? [] : [style.faint(`  ${where}: ${conditions(example, evaluations)}`)]),
  ];
}

function share(value: number): string {
  return (value * 100).toFixed(1);
}

function conditions({ settings }: EvaluationView, all: readonly EvaluationView[]): string {
  const knn = all.find((each) => each.settings.knn !== undefined)?.settings.knn;
  return [
    `${numeral(settings.testImages)} images, fitted on ${numeral(settings.fitImages)}`,
    knn === undefined ? '' : `kNN with k ${knn.k}, T ${knn.temperature}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
