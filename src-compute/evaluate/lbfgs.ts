/** @file Minimises a smooth function by limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 7.2). */

/** Gives the value at a point and writes its gradient. May yield to the event loop. */
export type Objective = (point: Float64Array, gradient: Float64Array) => Promise<number>;

export interface MinimiseOptions {
  /** Converged when no component of the gradient is larger. */
  gradientTolerance: number;
  /** Converged, too, when a step lowers the value by less than this share of it: the objective's own precision. */
  valueTolerance: number;
  maxIterations: number;
  /** Multiplies a vector, in place, by a guess of the inverse Hessian; symmetric and positive. Default: none. */
  precondition?: (vector: Float64Array) => void;
  /** Correction pairs kept. Default 10. */
  memory?: number;
  onIteration?: (iteration: number, value: number, largestGradient: number) => void;
}

export interface Minimum {
  point: Float64Array;
  value: number;
  largestGradient: number;
  iterations: number;
  converged: boolean;
}

/** A point with its value and gradient. */
interface Evaluated {
  point: Float64Array;
  gradient: Float64Array;
  value: number;
}

/** A step s = x' - x with the change y = g' - g of the gradient along it. */
interface Correction {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (s . y) */
  rho: number;
}

/** Minimises from `start`, which is not changed. */
export async function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Promise<Minimum> {
  const memory = options.memory ?? 10;
  const corrections: Correction[] = [];
  let at = await evaluate(objective, start.slice());
  let converged = largest(at.gradient) <= options.gradientTolerance;
  let iterations = 0;
  while (!converged && iterations < options.maxIterations) {
    const direction = descentDirection(at.gradient, corrections, options.precondition);
    const slack = options.valueTolerance * Math.abs(at.value);
    const unscaled = corrections.length === 0 && options.precondition === undefined;
    const next = await searchLine(objective, at, direction, unscaled, slack);
    if (next === null) {
      // No descent along the quasi-Newton direction: forget the curvature once, then give up.
      if (corrections.length === 0) break;
      corrections.length = 0;
      continue;
    }
    iterations++;
    const decrease = at.value - next.value;
    const step = difference(next.point, at.point);
    const change = difference(next.gradient, at.gradient);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) corrections.push({ step, change, rho: 1 / curvature });
    if (corrections.length > memory) corrections.shift();
    at = next;
    const steepest = largest(at.gradient);
    options.onIteration?.(iterations, at.value, steepest);
    converged = steepest <= options.gradientTolerance || Math.abs(decrease) <= slack;
  }
  const { point, value, gradient } = at;
  return { point, value, largestGradient: largest(gradient), iterations, converged };
}

async function evaluate(objective: Objective, point: Float64Array): Promise<Evaluated> {
  const gradient = new Float64Array(point.length);
  return { point, gradient, value: await objective(point, gradient) };
}

/** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function descentDirection(
  gradient: Float64Array,
  corrections: readonly Correction[],
  precondition: ((vector: Float64Array) => void) | undefined,
): Float64Array {
  const direction = gradient.map((each) => -each);
  const alphas = corrections.toReversed().map(({ step, change, rho }) => {
    const alpha = rho * dot(step, direction);
    addScaled(direction, -alpha, change);
    return alpha;
  });
  precondition?.(direction);
  const latest = corrections.at(-1);
  if (latest !== undefined) {
    const curved = latest.change.slice();
    precondition?.(curved);
    const scale = 1 / (latest.rho * dot(latest.change, curved));
    direction.forEach((each, index) => (direction[index] = each * scale));
  }
  corrections.forEach(({ step, change, rho }, index) => {
    const beta = rho * dot(change, direction);
    addScaled(direction, (alphas[corrections.length - 1 - index] as number) - beta, step);
  });
  return direction;
}

/**
 * A step length that meets the weak Wolfe conditions, by doubling and bisection (Lewis & Overton 2013). Returns null where
 * the objective's precision leaves nothing to gain.
 * @param unscaled - whether nothing is known of the curvature yet.
 * @param slack - a rise of the value that is rounding.
 */
async function searchLine(
  objective: Objective,
  from: Evaluated,
  direction: Float64Array,
  unscaled: boolean,
  slack: number,
): Promise<Evaluated | null> {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return null;
  let low = 0;
  let high = Infinity;
  // Without curvature the gradient's length says nothing of the step's: start with one of length 1 at most.
  let length = unscaled ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let trial = 0; trial < 30; trial++) {
    const point = from.point.slice();
    addScaled(point, length, direction);
    const next = await evaluate(objective, point);
    if (!(next.value <= from.value + 1e-4 * length * slope + slack)) high = length;
    else if (dot(next.gradient, direction) < 0.9 * slope) low = length;
    else return next;
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function addScaled(target: Float64Array, scale: number, added: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] = (target[at] as number) + scale * (added[at] as number);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((each, at) => each - (b[at] as number));
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const each of values) most = Math.max(most, Math.abs(each));
  return most;
}
