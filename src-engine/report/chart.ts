/** @file A line chart: curves in SVG that stretch with the page, ticks and names in HTML that don't. */
import { makeAxis, positionOn, type Axis } from './axis.ts';
import { html, type Html } from './html.ts';
import { smoothed, thinned, type Point } from './series-shape.ts';

export interface Curve {
  name: string;
  points: readonly Point[];
  /** main: accent; second: grey; reference: dashed, such as a chance level. */
  role: 'main' | 'second' | 'reference';
  /** Draw the points faintly and their moving average over them. */
  smooth: boolean;
  /** Its latest value, as text. */
  latest: string;
}

export interface ChartOptions {
  title: string;
  /** What is shown, in a line under the title. */
  note: string;
  curves: readonly Curve[];
  xName: string;
  /** Ends of the x axis. */
  xRange: readonly [number, number];
  /** Values that the y axis must reach, such as 0. */
  include?: readonly number[];
  formatY?: (value: number) => string;
  wide?: boolean;
}

/** Draws a chart. Curves without any finite value leave an empty frame that says so. */
export function lineChart(options: ChartOptions): Html {
  const { title, note, curves, xName, xRange, wide } = options;
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  // No more ticks than whole epochs or steps, so that they fall on whole numbers.
  const mostTicks = Math.max(2, Math.floor(xRange[1] - xRange[0]));
  const x = makeAxis(xRange[0], xRange[1], Math.min(wide === true ? 10 : 5, mostTicks));
  const y = yAxis(values, options);
  const legend = curves.map(
    ({ name, role, latest }) => html`<span class="key"><i class="swatch ${role}"></i>${name}<b>${latest}</b></span>`,
  );
  return html`<figure class="chart${wide === true ? ' wide' : ''}">
    <figcaption>
      <h3>${title}</h3>
      <p class="legend">${legend}</p>
    </figcaption>
    <div
      class="plot"
      role="img"
      aria-label="${title}: ${curves.map(({ name, latest }) => `${name} ${latest}`).join(', ')}"
    >
      ${y.ticks.map(({ value, label }) => html`<span class="ytick" style="top:${share(1 - positionOn(y, value))}">${label}</span>`)}
      ${x.ticks.map(({ value, label }) => html`<span class="xtick" style="left:${share(positionOn(x, value))}">${label}</span>`)}
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        ${y.ticks.map(({ value }) => gridLine(positionOn(y, value)))}
        ${[...curves].reverse().map((curve) => drawCurve(curve, x, y))}
      </svg>
      ${values.length === 0 && html`<p class="empty">No finite value was recorded.</p>`}
    </div>
    <p class="note"><span>${note}</span><span class="xname">${xName}</span></p>
  </figure>`;
}

function yAxis(values: readonly number[], { include = [], formatY }: ChartOptions): Axis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...values, ...(values.length > 0 ? include : [])]) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low) * 0.04;
  const keepsEnd = (end: number) => include.includes(end);
  return makeAxis(keepsEnd(low) ? low : low - margin, keepsEnd(high) ? high : high + margin, 4, formatY);
}

function drawCurve(curve: Curve, x: Axis, y: Axis): Html {
  const { points, role, smooth } = curve;
  if (role === 'reference') return line(corners(points), x, y, 'reference');
  if (!smooth) return html`${line(points, x, y, role)}${points.length <= 60 && dots(points, x, y, role)}`;
  return html`${line(thinned(points), x, y, `${role} raw`)}${line(thinned(smoothed(points)), x, y, role)}`;
}

/** A constant's first and last point, and where it changes. */
function corners(points: readonly Point[]): Point[] {
  return points.filter(({ y }, at) => y !== points[at - 1]?.y || y !== points[at + 1]?.y);
}

function line(points: readonly Point[], x: Axis, y: Axis, style: string): Html {
  let pen = false;
  const path = points.map((point) => {
    if (!Number.isFinite(point.y)) {
      pen = false;
      return '';
    }
    const command = pen ? 'L' : 'M';
    pen = true;
    return `${command}${place(point, x, y)}`;
  });
  return html`<path class="line ${style}" d="${path.join('')}" />`;
}

/** Lines of no length with round ends: circles that stay round however the chart is stretched. */
function dots(points: readonly Point[], x: Axis, y: Axis, style: string): Html {
  const path = points.filter((point) => Number.isFinite(point.y)).map((point) => `M${place(point, x, y)}h0`);
  return html`<path class="dots ${style}" d="${path.join('')}" />`;
}

function place(point: Point, x: Axis, y: Axis): string {
  return `${round(positionOn(x, point.x) * 1000)} ${round((1 - positionOn(y, point.y)) * 1000)}`;
}

function gridLine(position: number): Html {
  const at = round((1 - position) * 1000);
  return html`<path class="grid" d="M0 ${at}H1000" />`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function share(value: number): string {
  return `${Math.round(value * 10000) / 100}%`;
}
