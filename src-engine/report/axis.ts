/** @file Axes: round ticks over a range, and their labels. */
import { decimal } from './formatting.ts';

export interface Axis {
  low: number;
  high: number;
  ticks: { value: number; label: string }[];
}

/** An axis over [low, high] with about `wanted` ticks at 1, 2, 2.5 or 5 times a power of ten. */
export function makeAxis(low: number, high: number, wanted: number, format?: (value: number) => string): Axis {
  const [from, to] = widened(low, high);
  const step = roundStep((to - from) / wanted);
  const decimals = Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9) + (isQuarter(step) ? 1 : 0)));
  const label = format ?? ((value: number) => tickLabel(value, step, decimals));
  const ticks: Axis['ticks'] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + step * 1e-9; at++) {
    const value = at * step;
    ticks.push({ value, label: label(value) });
  }
  return { low: from, high: to, ticks };
}

/** Where a value lies on an axis, from 0 to 1. */
export function positionOn({ low, high }: Axis, value: number): number {
  return (value - low) / (high - low);
}

function widened(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (high > low) return [low, high];
  const margin = Math.abs(low) * 0.05 || 0.5;
  return [low - margin, high + margin];
}

/** Of 1, 2, 2.5, 5 and 10 times a power of ten, the one nearest by ratio. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const distance = (factor: number) => Math.abs(Math.log((factor * power) / rough));
  return power * [1, 2, 2.5, 5, 10].reduce((best, factor) => (distance(factor) < distance(best) ? factor : best));
}

function isQuarter(step: number): boolean {
  return Math.abs(step / 10 ** Math.floor(Math.log10(step) + 1e-9) - 2.5) < 1e-6;
}

function tickLabel(value: number, step: number, decimals: number): string {
  if (Math.abs(value) < step * 1e-6) return '0';
  if (step < 1e-4) return decimal(value, 2);
  if (Math.abs(value) >= 10_000) return value.toLocaleString('en-GB').replace('-', '−');
  return value.toFixed(decimals).replace('-', '−');
}
