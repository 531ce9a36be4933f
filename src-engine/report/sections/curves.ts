/** @file The run's curves. */
import { metricDescriptions, type MetricName } from '#shared/metrics.ts';
import { lineChart, type Curve } from '../chart.ts';
import { decimal, fixed, percent } from '../formatting.ts';
import { html, type Html } from '../html.ts';
import type { ReportInput, ReportSeries } from '../report-input.ts';

interface CurvePlan {
  metric: MetricName;
  name: string;
  role: Curve['role'];
}

interface ChartPlan {
  title: string;
  note: string;
  curves: readonly CurvePlan[];
  format: (value: number) => string;
  /** For ticks; absent: chosen by the axis. */
  formatTick?: (value: number) => string;
  include?: readonly number[];
  wide?: boolean;
  /** Values that carry no noise. */
  exact?: boolean;
}

const wholePercent = (value: number) => percent(value, 0);
const own = (metric: MetricName, name?: string): CurvePlan => {
  return { metric, name: name ?? metricDescriptions[metric].title, role: 'main' };
};

const plans: readonly ChartPlan[] = [
  {
    title: 'Loss',
    note: `NT-Xent in nats. Faint: every step; strong: moving average. ${metricDescriptions.chanceLoss.help}`,
    curves: [own('loss', 'loss'), { metric: 'chanceLoss', name: 'chance', role: 'reference' }],
    format: (value) => fixed(value, 3),
    wide: true,
  },
  {
    title: 'kNN accuracy',
    note: 'Of h on the validation split, at epoch ends.',
    curves: [own('knnTop1', 'top-1')],
    format: percent,
    formatTick: wholePercent,
  },
  {
    title: 'Contrastive',
    note: 'Positive found among all other views of the batch.',
    curves: [own('contrastiveTop1', 'top-1'), { metric: 'contrastiveTop5', name: 'top-5', role: 'second' }],
    format: percent,
    formatTick: wholePercent,
    include: [0],
  },
  {
    title: 'Similarity',
    note: 'Mean cosine in z of views of the same image, and of different ones.',
    curves: [own('positiveSimilarity', 'positive'), { metric: 'negativeSimilarity', name: 'negative', role: 'second' }],
    format: (value) => fixed(value, 3),
  },
  {
    title: 'Effective rank',
    note: 'Directions that h uses: exp of the entropy of its singular values.',
    curves: [own('effectiveRank', 'of h')],
    format: (value) => fixed(value, 1),
  },
  {
    title: 'Alignment',
    note: 'Mean squared distance of two views in unit-length h. Lower is better.',
    curves: [own('alignment', 'of h')],
    format: (value) => fixed(value, 3),
  },
  {
    title: 'Uniformity',
    note: 'How evenly unit-length h spreads over the sphere. Lower is better.',
    curves: [own('uniformity', 'of h')],
    format: (value) => fixed(value, 3),
  },
  {
    title: 'Embedding deviation',
    note: '1 for an even spread of z over the sphere, 0 when collapsed.',
    curves: [own('embeddingStd', 'of z')],
    format: (value) => fixed(value, 3),
    include: [0],
  },
  {
    title: 'Gradient norm',
    note: 'Over all parameters, before weight decay.',
    curves: [own('gradientNorm', 'L2')],
    format: (value) => decimal(value, 3),
    include: [0],
  },
  {
    title: 'Learning rate',
    note: 'After scaling, warm-up and cosine.',
    curves: [own('learningRate', 'rate')],
    format: (value) => decimal(value, 3),
    include: [0],
    exact: true,
  },
  {
    title: 'Throughput',
    note: 'Images, that is pairs of views, a second.',
    curves: [own('imagesPerSecond', 'images/s')],
    format: (value) => decimal(value, 3),
    include: [0],
  },
];

export function curvesSection(input: ReportInput): Html | null {
  const charts = plans.map((plan) => drawPlan(plan, input)).filter((chart) => chart !== null);
  if (charts.length === 0) return null;
  return html`<section>
    <h2>Training</h2>
    <div class="charts">${charts}</div>
  </section>`;
}

function drawPlan(plan: ChartPlan, { run, series }: ReportInput): Html | null {
  const progress = run.progress;
  const stepsPerEpoch = progress !== null && progress.epochs > 0 ? progress.steps / progress.epochs : 0;
  const scale = stepsPerEpoch > 0 ? 1 / stepsPerEpoch : 1;
  const curves = plan.curves.flatMap(({ metric, name, role }): Curve[] => {
    const own = series[metric];
    if (own === undefined || own.steps.length === 0) return [];
    const smooth = plan.exact !== true && metricDescriptions[metric].cadence === 'step' && own.steps.length > 10;
    return [
      {
        name,
        role,
        points: pointsOf(own, scale),
        smooth,
        latest: plan.format(Number(own.values[own.values.length - 1])),
      },
    ];
  });
  if (!curves.some(({ role }) => role === 'main')) return null;
  const last = Math.max(...curves.map(({ points }) => points.at(-1)?.x ?? 0));
  const { title, note, include, formatTick, wide } = plan;
  return lineChart({
    title,
    note,
    curves,
    xName: stepsPerEpoch > 0 ? 'epochs' : 'steps',
    xRange: [0, last],
    ...(include && { include }),
    ...(formatTick && { formatY: formatTick }),
    ...(wide && { wide }),
  });
}

function pointsOf({ steps, values }: ReportSeries, scale: number): { x: number; y: number }[] {
  return Array.from(steps, (step, at) => ({ x: step * scale, y: values[at] ?? NaN }));
}
