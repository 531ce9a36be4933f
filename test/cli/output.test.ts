/** @file Numbers, tables, progress lines and signals of the terminal. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '#shared/compute-protocol.ts';
import { onInterrupt } from '#engine/cli/interrupt.ts';
import { JobProgress, progressLine } from '#engine/cli/job-progress.ts';
import { styleFor } from '#engine/cli/style.ts';
import { byteSize, duration, numeral, percent, table } from '#engine/cli/table.ts';
import { Terminal } from '#engine/cli/terminal.ts';
import { TrainingProgress } from '#engine/cli/training-progress.ts';
import { isNoise } from '#engine/compute/output-lines.ts';

/** A terminal whose notes are kept. */
function terminal(isTTY: boolean, columns = 80): { shown: Terminal; written: () => string } {
  let text = '';
  const sink = { write: (part: string) => (text += part), isTTY, columns };
  return { shown: new Terminal(sink, sink, false), written: () => text };
}

const progress: Progress = { phase: 'training', unit: 'steps', done: 5, total: 20, rate: 100, secondsLeft: 65 };

describe('numbers', () => {
  it.each([
    [0, '0'],
    [1234567, '1,234,567'],
    [0.4213123, '0.4213'],
    [6.23611, '6.236'],
    [0.000001, '1.0e-6'],
    [-12345.6, '-12,346'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ])('shows %d as %s', (value, text) => {
    expect(numeral(value)).toBe(text);
  });

  it('shows shares, sizes and durations with their units', () => {
    expect([percent(0.5218), percent(NaN)]).toEqual(['52.2 %', 'NaN']);
    expect([999, 1234, 999_600, 185_000_000].map(byteSize)).toEqual(['999 B', '1.2 kB', '1.0 MB', '185 MB']);
    expect([0, 4.2, 59.6, 440, 11_100, Infinity].map(duration)).toEqual([
      ...['0 s', '4.2 s', '1 min 0 s', '7 min 20 s', '3 h 5 min', 'unknown'],
    ]);
  });
});

describe('a table', () => {
  it('aligns numbers to the right, and is not misled by colours', () => {
    const { strong } = styleFor(true);
    const lines = table(
      [
        [strong('Name'), 'Step'],
        ['a long name', '7'],
      ],
      [1],
    );
    // eslint-disable-next-line no-control-regex -- escape sequences begin with that control character
    expect(lines.map((line) => line.replaceAll(/\u001B\[\d+m/g, ''))).toEqual([
      'Name         Step',
      'a long name     7',
    ]);
  });
});

describe('progress', () => {
  it('rewrites one line in a terminal, no longer than the terminal is wide', () => {
    const { shown, written } = terminal(true, 50);
    const training = new TrainingProgress(shown);
    training.samples([
      { metric: 'loss', step: 5, time: 1, value: 4.8 },
      { metric: 'chanceLoss', step: 5, time: 1, value: 6.2363 },
      { metric: 'imagesPerSecond', step: 5, time: 1, value: 512.3 },
    ]);
    training.progress(progress, 1, 4);
    expect(training.line()).toBe('epoch 1/4  steps 5/20  loss 4.800 (chance 6.236)  512 images/s  1 min 5 s left');
    const [, line = ''] = written().split('\u001B[2K');
    expect(line.length).toBeLessThan(50);
    expect(written()).not.toContain('\n');
    shown.note('a note');
    expect(written()).toMatch(/\u001B\[2Ka note\n$/); // eslint-disable-line no-control-regex -- as above
  });

  it('writes lines, not too many, where there is no terminal', () => {
    const { shown, written } = terminal(false);
    const job = new JobProgress(shown);
    for (let done = 0; done < 1000; done++) job.progress({ ...progress, done });
    expect(written().trimEnd().split('\n')).toHaveLength(1);
  });

  it('names the epoch that was judged, though the training has gone on', () => {
    const { shown, written } = terminal(false);
    const training = new TrainingProgress(shown);
    training.progress({ ...progress, done: 6 }, 2, 4);
    training.samples([{ metric: 'knnTop1', step: 5, time: 1, value: 0.25 }]);
    expect(written()).toContain('Epoch 1/4: kNN 25.0 %');
  });

  it('tells a diagnosis when it changes', () => {
    const { shown, written } = terminal(false);
    const training = new TrainingProgress(shown);
    training.diagnosis({ verdict: 'starting', text: 'Starting.' });
    training.diagnosis({ verdict: 'collapsed', text: 'Collapsed: lower the rate.' });
    training.diagnosis({ verdict: 'collapsed', text: 'Collapsed, still.' });
    expect(written()).toBe('Collapsed: lower the rate.\n');
  });

  it('leaves out what is not known', () => {
    expect(progressLine({ ...progress, rate: 0, secondsLeft: NaN })).toBe('training: 5/20 steps');
    expect(progressLine({ ...progress, unit: 'percent', done: 40, total: 100 })).toBe('training: 40 %  1 min 5 s left');
  });
});

describe('Ctrl+C', () => {
  it('heard twice at once, as npm passes it on, counts once; later it counts again', async () => {
    const heard: number[] = [];
    const interruption = onInterrupt((time) => heard.push(time));
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual([1]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    process.emit('SIGINT', 'SIGINT');
    interruption.release();
    expect(heard).toEqual([1, 2]);
    expect(interruption.signal).toBe('SIGINT');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('noise of TensorFlow and Node', () => {
  it.each([
    'I0000 00:00:1795463830.928921    9972 port.cc:153] oneDNN custom operations are on.',
    '2026-11-23 19:57:10.932000: I tensorflow/core/platform/cpu_feature_guard.cc:182] This binary is optimized',
    '(node:9972) [DEP0044] DeprecationWarning: The `util.isArray` API is deprecated.',
    '',
  ])('is known: %s', (line) => {
    expect(isNoise(line)).toBe(true);
  });

  it.each([
    'E0000 00:00:1795463830.928921 9972 x.cc:1] Out of memory',
    'TypeError: x is not a function',
    '    at main.ts:3',
  ])('is not: %s', (line) => {
    expect(isNoise(line)).toBe(false);
  });
});
