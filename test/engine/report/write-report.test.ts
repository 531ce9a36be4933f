import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderReport, writeReport } from '#engine/report/write-report.ts';
import type { ReportInput } from '#engine/report/report-input.ts';
import { evaluation, exampleDataset, exampleInput } from './example-input.ts';

const voidTags = new Set(['meta', 'img', 'br', 'path', 'rect']);

/** The names of tags that are closed wrongly or not at all. */
function unbalancedTags(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', rest = ''] of text
    .replace(/<style>.*?<\/style>/su, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)([^<>]*)>/gu)) {
    if (slash === '/') {
      if (open.pop() !== name) wrong.push(name);
    } else if (!voidTags.has(name) && !rest.endsWith('/')) open.push(name);
  }
  return [...wrong, ...open];
}

/** What a reader sees, white space collapsed. */
function visibleText(text: string): string {
  return text
    .replace(/<style>.*?<\/style>/su, '')
    .replaceAll(/<[^>]*>/gu, ' ')
    .replaceAll(/[\s\u00a0]+/gu, ' ');
}

/** A report without its pictures, whose base64 may spell anything. */
async function renderWithoutPictures(input: ReportInput): Promise<string> {
  return (await renderReport(input)).replaceAll(/base64,[^"]*/gu, '');
}

function bareInput(): ReportInput {
  const input = exampleInput();
  return {
    ...input,
    run: {
      ...input.run,
      state: 'failed',
      failure: { kind: 'diverged', message: 'The loss became NaN at step 12.', hint: 'Lower the learning rate.' },
      diagnosis: { verdict: 'diverged', text: 'Diverged: at step 12 the loss was no longer a finite number.' },
      environment: null,
      preset: null,
      progress: null,
      startedAt: null,
      endedAt: null,
      metrics: {},
      checkpoints: [],
      evaluations: [],
    },
    dataset: null,
    series: {},
    pairs: [],
  };
}

describe('a report', () => {
  it('is well-formed, loads nothing and runs nothing', async () => {
    const text = await renderWithoutPictures(exampleInput());
    expect(unbalancedTags(text)).toEqual([]);
    expect(text).not.toMatch(/<script|<link|<iframe|@import|\son[a-z]+=|javascript:/iu);
    expect(text).not.toMatch(/(?:src|href|url\()\s*=?\s*["']?(?:https?:|\/\/|file:)/iu);
    expect(text.match(/src="data:image\/png;/gu)).toHaveLength(24);
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/u);
  });

  it('says in its first paragraph what the features are worth, with intervals', async () => {
    const text = visibleText(await renderWithoutPictures(exampleInput()));
    expect(text).toContain('Finished after 9 epochs, 7 min 12 s of training. Learning: the loss is 4.21');
    expect(text).toContain(
      'reaches 52.2 % (95 % interval 51.2–53.2) on 10,000 test images: +13.5 points against the untrained encoder',
    );
    expect(text).toContain('+12.0 points against raw pixels');
    expect(text).toContain('k 200, T 0.1, cosine');
    expect(text).toContain('temperature 0.25 was 0.2');
  });

  it('shows the newest of two evaluations of the same encoder', async () => {
    const input = exampleInput();
    const newer = { ...evaluation('linear', 'pretrained', 0.611, 64), createdAt: '2026-11-21T00:00:00.000Z' };
    const text = visibleText(
      await renderWithoutPictures({ ...input, run: { ...input.run, evaluations: [newer, ...input.run.evaluations] } }),
    );
    expect(text).toContain('61.1 %');
    expect(text).not.toContain('52.2 %');
  });

  it('escapes every name and message', async () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const input = exampleInput();
    const linear = {
      ...evaluation('linear', 'pretrained', 0.5, 64),
      classes: new Array<string>(10).fill(evil),
      split: evil,
    };
    const text = await renderWithoutPictures({
      ...input,
      version: evil,
      run: {
        ...input.run,
        id: evil,
        name: evil,
        device: evil,
        preset: evil,
        dataset: { ...input.run.dataset, name: evil },
        diagnosis: { verdict: 'learning', text: evil },
        failure: { kind: 'input', message: evil, hint: evil },
        environment: input.run.environment && {
          ...input.run.environment,
          cpu: evil,
          platform: evil,
          passedOver: [evil],
        },
        evaluations: [linear],
      },
      dataset: {
        ...exampleDataset(),
        name: evil,
        source: evil,
        licence: evil,
        skipped: [{ path: evil, reason: evil }],
      },
    });
    expect(text).not.toContain('<img src=x');
    expect(text).not.toContain(evil);
    expect(text.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;').length).toBeGreaterThan(30);
    expect(unbalancedTags(text)).toEqual([]);
  });

  it('renders a failed run of which nothing else is known', async () => {
    const text = await renderWithoutPictures(bareInput());
    expect(unbalancedTags(text)).toEqual([]);
    expect(visibleText(text)).toContain('Failed. Diverged: at step 12');
    expect(visibleText(text)).toContain('no checkpoint, so nothing could be evaluated');
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/u);
  });

  it('tells a failure with its hint', async () => {
    const input = exampleInput();
    const run = { ...bareInput().run, progress: { epoch: 1, epochs: 9, step: 12, steps: 666 }, trainingSeconds: 8 };
    expect(visibleText(await renderWithoutPictures({ ...input, run }))).toContain(
      'Failed after 1 of 9 epochs, 8 s of training. The loss became NaN at step 12. Lower the learning rate.',
    );
  });

  it('points to the label-free curves where there are no labels', async () => {
    const input = exampleInput();
    const train = { first: 0, count: 300, labelled: 0, perClass: [] };
    const dataset = { ...exampleDataset(), classes: [], splits: { train } };
    const text = visibleText(
      await renderWithoutPictures({ ...input, dataset, run: { ...input.run, evaluations: [] } }),
    );
    expect(text).toContain('no labels');
    expect(text).toContain('300 images, 0 labelled');
  });

  it('says how to evaluate a run that has not been', async () => {
    const input = exampleInput();
    const text = visibleText(await renderWithoutPictures({ ...input, run: { ...input.run, evaluations: [] } }));
    expect(text).toContain('simclr-studio evaluate r-7f3a91 --knn --linear');
  });

  it('breaks a curve where values are not finite and says when none is', async () => {
    const input = exampleInput();
    const steps = [1, 2, 3, 4, 5];
    const broken = { steps, times: steps, values: [5, NaN, 4, Infinity, 3] };
    const none = { steps, times: steps, values: steps.map(() => NaN) };
    const text = await renderWithoutPictures({ ...input, series: { loss: broken, gradientNorm: none } });
    const path = /<path\s+class="line main"\s+d="(?<d>[^"]*)"/u.exec(text)?.groups?.d ?? '';
    expect(path.match(/M/gu)).toHaveLength(3);
    expect(text).toContain('No finite value was recorded');
    expect(text).not.toMatch(/NaN|Infinity/u);
  });

  it('draws the confusion of a hundred classes without a table of ten thousand cells', async () => {
    const input = exampleInput();
    const classes = Array.from({ length: 100 }, (_, at) => `class ${at}`);
    const confusion = classes.map((_, actual) =>
      classes.map((__, predicted) => (actual === predicted ? 60 : predicted === (actual + 1) % 100 ? 40 : 0)),
    );
    const linear = {
      ...evaluation('linear', 'pretrained', 0.6, 512),
      classes,
      confusion,
      perClass: classes.map(() => 0.6),
    };
    const text = await renderWithoutPictures({ ...input, run: { ...input.run, evaluations: [linear] } });
    expect(text).toContain('viewBox="0 0 100 100"');
    expect(text.match(/<rect\s/gu)).toHaveLength(200);
    expect(unbalancedTags(text)).toEqual([]);
  });
});

describe('writing a report', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('leaves one file and nothing beside it', async () => {
    const file = join(folder, 'report.html');
    await writeReport(exampleInput(), file);
    expect(await readdir(folder)).toEqual(['report.html']);
    const text = (await readFile(file, 'utf8')).trim();
    expect(text.slice(0, 15)).toBe('<!doctype html>');
    expect(text.slice(-7)).toBe('</html>');
  });

  it('leaves nothing where it cannot be written', async () => {
    await expect(writeReport(exampleInput(), join(folder, 'missing', 'report.html'))).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});
