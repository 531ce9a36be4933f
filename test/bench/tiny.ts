/**
 * @file `npm run bench:tiny`: the preset `tiny` on CIFAR-10, studio and PyTorch by turns, several seeds, the same images.
 *
 * A pair of runs takes about a quarter of an hour on two cores. Each result is kept in a folder as soon as it is there
 * (--out, else in the system's temporary one), so that a benchmark that was broken off goes on where it was.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openImages } from '#compute/data/image-reader.ts';
import { selectImages } from '#compute/data/select-images.ts';
import { completeConfiguration, withValue } from '#shared/configuration/keys.ts';
import { presets } from '#shared/configuration/presets.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { EvaluatedEncoder, Protocol } from '#shared/evaluation.ts';
import type { RunView } from '#shared/run.ts';
import { runPeer } from './peer.ts';
import { printResult, printTable } from './report.ts';

const encoders = ['pixels', 'random', 'pretrained'] as const satisfies readonly EvaluatedEncoder[];
const protocols = ['linear', 'knn'] as const satisfies readonly Protocol[];

/** Shares of test images that one run classified rightly. */
type Scores = Record<(typeof encoders)[number], Record<Protocol, number>>;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    out: { type: 'string', default: path.join(tmpdir(), 'simclr-studio-bench-tiny') },
    /** Where CIFAR-10's files lie, should there be no network. */
    from: { type: 'string' },
    epochs: { type: 'string' },
    'limit-images': { type: 'string' },
  },
});
const folder = path.resolve(options.out);
const library = path.join(folder, 'library');
const seeds = options.seeds.split(',').map(Number);
mkdirSync(folder, { recursive: true });

const dataset = await cifar10();
const results: { studio: Scores; peer: Scores }[] = [];
for (const seed of seeds) {
  const studio = await kept(`studio-${seed}.json`, () => runStudio(seed));
  const peer = await kept(`peer-${seed}.json`, () => runTorch(seed));
  results.push({ studio, peer });
}

const rows = encoders.flatMap((encoder) =>
  protocols.map((protocol) => {
    const of = (side: 'studio' | 'peer') => results.map((result) => result[side][encoder][protocol]);
    const [studio, peer] = [of('studio'), of('peer')];
    return {
      title: `${encoder}, ${protocol}`,
      cells: [each(studio), percent(mean(studio)), each(peer), percent(mean(peer))],
      difference: mean(studio) - mean(peer),
    };
  }),
);
console.log(`Preset tiny on CIFAR-10's 10,000 test images, seeds ${options.seeds}; top-1 in %.`);
printTable(
  ['', 'studio', 'mean', 'PyTorch', 'mean', 'difference'],
  rows.map(({ title, cells, difference }) => [title, ...cells, percent(difference)]),
);
printResult({ seeds, results });

/** The packed dataset in the benchmark's own library, added if it is not there. */
async function cifar10(): Promise<Dataset> {
  const datasets = await cli<Dataset[]>(['datasets', 'list']);
  const known = datasets.find(({ name }) => name === 'cifar10');
  if (known !== undefined) return known;
  await cli(['datasets', 'add', 'cifar10', ...(options.from === undefined ? [] : ['--from', options.from])]);
  return cli<Dataset>(['datasets', 'show', 'cifar10']);
}

/** A result from the folder, or made and put there. */
async function kept(file: string, make: () => Promise<Scores>): Promise<Scores> {
  const whole = path.join(folder, file);
  if (!existsSync(whole)) {
    console.error(`Making ${file} …`);
    const scores = await make();
    writeFileSync(`${whole}.part`, JSON.stringify(scores, null, 2));
    renameSync(`${whole}.part`, whole);
  }
  return JSON.parse(readFileSync(whole, 'utf8')) as Scores;
}

/** Keys given on the command line, for a quick look. */
function shortened(): [key: string, value: number][] {
  const given: [string, string | undefined][] = [
    ['epochs', options.epochs],
    ['limitImages', options['limit-images']],
  ];
  return given.flatMap(([key, value]) => (value === undefined ? [] : [[key, Number(value)] as [string, number]]));
}

async function runStudio(seed: number): Promise<Scores> {
  const settings = shortened().flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const asked = ['pretrain', '--dataset', dataset.id, '--preset', 'tiny', '--seed', String(seed), ...settings];
  const run = await cli<RunView>(asked);
  const { evaluations } = await cli<RunView>(['evaluate', run.id, '--knn', '--linear']);
  return scores((encoder, protocol) => {
    return evaluations.find((one) => one.encoder === encoder && one.protocol === protocol)?.top1 ?? NaN;
  });
}

async function runTorch(seed: number): Promise<Scores> {
  const preset = presets.find(({ name }) => name === 'tiny')?.configuration ?? {};
  const settings: [string, number][] = [['seed', seed], ...shortened()];
  const configuration = completeConfiguration(
    settings.reduce((input, [key, value]) => withValue(input, key, value), preset),
  );
  const datasetFolder = path.join(library, 'datasets', dataset.id);
  const reader = openImages(datasetFolder);
  const { train, validation, test } = selectImages(dataset, reader, configuration);
  reader.close();
  const selection = path.join(folder, `selection-${seed}.json`);
  const lists = { train: Array.from(train), validation: Array.from(validation), test: Array.from(test) };
  writeFileSync(selection, JSON.stringify(lists));
  const { evaluations } = await runPeer<{ evaluations: Record<string, Record<Protocol, { top1: number }>> }>(
    'simclr_peer.py',
    [
      ...['tiny', '--dataset', datasetFolder, '--selection', selection],
      ...['--seed', String(seed), '--epochs', String(configuration.epochs), '--json'],
    ],
  );
  return scores((encoder, protocol) => evaluations[encoder]?.[protocol].top1 ?? NaN);
}

function scores(of: (encoder: EvaluatedEncoder, protocol: Protocol) => number): Scores {
  const entries = encoders.map((encoder) => {
    return [encoder, { linear: of(encoder, 'linear'), knn: of(encoder, 'knn') }] as const;
  });
  return Object.fromEntries(entries) as Scores;
}

/** Runs a command of the studio on the benchmark's library. */
async function cli<Result>(args: readonly string[]): Promise<Result> {
  const script = path.join(import.meta.dirname, '..', '..', 'scripts', 'simclr-studio.mjs');
  const running = promisify(execFile)(process.execPath, [script, ...args, '--library', library, '--json'], {
    maxBuffer: 2 ** 28,
  });
  running.child.stderr?.pipe(process.stderr);
  return JSON.parse((await running).stdout) as Result;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function each(shares: readonly number[]): string {
  return shares.map(percent).join(' / ');
}
