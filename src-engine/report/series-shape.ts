/** @file Series made drawable: buckets that keep extremes, and a moving average. */

/** A point of a curve; a NaN value breaks the line. */
export interface Point {
  x: number;
  y: number;
}

/** Points a curve may have before it is bucketed. */
const mostPoints = 1000;

/** All points, or beyond a thousand the lowest and highest of each of 500 buckets, so that spikes survive. */
export function thinned(points: readonly Point[]): Point[] {
  if (points.length <= mostPoints) return [...points];
  const buckets = mostPoints / 2;
  const kept: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets);
    const to = Math.floor(((bucket + 1) * points.length) / buckets);
    kept.push(...extremes(points.slice(from, to)));
  }
  return kept;
}

/** The lowest and the highest point, in order; a break where values are missing. */
function extremes(points: readonly Point[]): Point[] {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const broken = points.find(({ y }) => !Number.isFinite(y));
  const ends = broken === undefined ? [] : [{ x: broken.x, y: NaN }];
  if (finite.length === 0) return ends;
  const low = finite.reduce((a, b) => (b.y < a.y ? b : a));
  const high = finite.reduce((a, b) => (b.y > a.y ? b : a));
  return [...new Set([low, high]), ...ends].sort((a, b) => a.x - b.x);
}

/**
 * Exponential moving average over about a fiftieth of the points, divided by the weight it has gathered, so that it does
 * not start at zero. Values that are not finite are passed over.
 */
export function smoothed(points: readonly Point[]): Point[] {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const weight = 2 / (Math.max(5, finite.length / 50) + 1);
  let average = 0;
  let gathered = 0;
  return finite.map(({ x, y }) => {
    average += weight * (y - average);
    gathered += weight * (1 - gathered);
    return { x, y: average / gathered };
  });
}
