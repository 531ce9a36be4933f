/** @file Gathers what a run's report shows, and writes it. */
import type { BackendChoice } from '#shared/compute-protocol.ts';
import { metricDescriptions, type MetricName } from '#shared/metrics.ts';
import type { Library } from '#store/library.ts';
import { ownCompute, type ComputeSettings } from '../compute/job.ts';
import { runJob } from '../compute/run-job.ts';
import type { ReportInput, ReportSeries, ViewPair } from '../report/report-input.ts';
import { writeReport } from '../report/write-report.ts';
import { studioVersion } from '../version.ts';

/** Images that the report shows with their augmented views. */
const pictured = 8;

/** Writes a run's report to a file. Without its dataset it shows no images. @throws UserError */
export async function writeRunReport(
  library: Library,
  runId: string,
  file: string,
  backend: BackendChoice,
  compute: ComputeSettings = ownCompute,
): Promise<void> {
  const run = library.runView(runId);
  const dataset = library.datasets.get(run.dataset.id) ?? library.datasets.withHash(run.dataset.sha256) ?? null;
  let pairs: readonly ViewPair[] = [];
  if (dataset !== null) {
    const datasetFolder = library.paths.datasetFolder(dataset.id);
    const configuration = run.config;
    const spec = { kind: 'preview', backend, dataset, datasetFolder, configuration, images: pictured } as const;
    pairs = (await runJob(spec, {}, undefined, compute)).pairs;
  }
  const series: ReportInput['series'] = {};
  for (const metric of Object.keys(metricDescriptions) as MetricName[]) {
    const points = seriesOf(library, runId, metric);
    if (points.steps.length > 0) series[metric] = points;
  }
  await writeReport({ run, dataset, series, pairs, generatedAt: new Date(), version: studioVersion }, file);
}

function seriesOf(library: Library, run: string, metric: MetricName): ReportSeries {
  const points = library.metrics.series(run, metric);
  return {
    steps: points.map(({ step }) => step),
    times: points.map(({ time }) => time),
    values: points.map(({ value }) => value),
  };
}
