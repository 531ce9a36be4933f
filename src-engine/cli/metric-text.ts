/** @file Metrics in a terminal. */
import { metricDescriptions, type MetricName } from '#shared/metrics.ts';
import type { MetricSummary } from '#shared/run.ts';
import type { Style } from './style.ts';
import { byteSize, numeral, percent, table } from './table.ts';

/** A value in its metric's unit. */
export function metricValue(metric: MetricName, value: number): string {
  const { unit } = metricDescriptions[metric];
  if (unit === 'share') return percent(value);
  return unit === 'bytes' ? byteSize(value) : numeral(value);
}

/** A table of what each metric came to, in the order of their descriptions. */
export function metricLines(metrics: Partial<Record<string, MetricSummary>>, style: Style): string[] {
  const rows = Object.entries(metricDescriptions).flatMap(([name, { title }]) => {
    const summary = metrics[name];
    if (summary === undefined) return [];
    const show = (value: number): string => metricValue(name as MetricName, value);
    return [[title, show(summary.last), show(summary.min), show(summary.max), numeral(summary.step)]];
  });
  if (rows.length === 0) return [];
  return table([['Metric', 'Last', 'Min', 'Max', 'Step'].map(style.strong), ...rows], [1, 2, 3, 4]);
}
