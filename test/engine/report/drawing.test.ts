import { describe, expect, it } from 'vitest';
import { makeAxis, positionOn } from '#engine/report/axis.ts';
import { gainOver } from '#engine/report/chosen-evaluations.ts';
import { bytes, count, decimal, duration, percent, points } from '#engine/report/formatting.ts';
import { escapeHtml, html } from '#engine/report/html.ts';
import { smoothed, thinned } from '#engine/report/series-shape.ts';
import { evaluation } from './example-input.ts';

describe('thinning a series', () => {
  it('keeps every extreme of a long series, in order', () => {
    const long = Array.from({ length: 20_000 }, (_, x) => ({ x, y: Math.sin(x / 900) }));
    long[7777] = { x: 7777, y: 50 };
    long[12_345] = { x: 12_345, y: -50 };
    const drawn = thinned(long);
    expect(drawn.length).toBeLessThanOrEqual(1000);
    expect(drawn).toContainEqual({ x: 7777, y: 50 });
    expect(drawn).toContainEqual({ x: 12_345, y: -50 });
    expect(drawn.map(({ x }) => x)).toEqual(drawn.map(({ x }) => x).toSorted((a, b) => a - b));
  });

  it('keeps a gap of missing values', () => {
    const long = Array.from({ length: 5000 }, (_, x) => ({ x, y: x > 2000 && x < 3000 ? NaN : 1 }));
    const gaps = thinned(long).filter(({ y }) => Number.isNaN(y));
    expect(gaps.length).toBeGreaterThan(50);
    expect(gaps.every(({ x }) => x > 2000 && x < 3000)).toBe(true);
  });

  it('leaves a short series alone', () => {
    const short = [
      { x: 0, y: 1 },
      { x: 1, y: NaN },
    ];
    expect(thinned(short)).toEqual(short);
  });
});

describe('the moving average', () => {
  it('of a constant is that constant from the first point on', () => {
    const average = smoothed(Array.from({ length: 300 }, (_, x) => ({ x, y: 3 })));
    for (const { y } of average) expect(y).toBeCloseTo(3, 12);
  });

  it('weighs as the debiased recursion says', () => {
    const [first, second] = smoothed([
      { x: 0, y: 6 },
      { x: 1, y: 0 },
    ]);
    // Weight 2 / (5 + 1) = 1/3: (1/3 . 0 + 2/9 . 6) / (1/3 + 2/9).
    expect(first?.y).toBeCloseTo(6, 12);
    expect(second?.y).toBeCloseTo(2.4, 12);
  });

  it('passes over values that are not finite', () => {
    expect(
      smoothed([
        { x: 0, y: NaN },
        { x: 1, y: 2 },
        { x: 2, y: Infinity },
      ]),
    ).toEqual([{ x: 1, y: 2 }]);
  });
});

describe('an axis', () => {
  it('has round ticks within its range', () => {
    expect(makeAxis(0, 9, 5).ticks.map(({ label }) => label)).toEqual(['0', '2', '4', '6', '8']);
    expect(makeAxis(4.1, 6.3, 4).ticks.map(({ label }) => label)).toEqual(['4.5', '5.0', '5.5', '6.0']);
    expect(makeAxis(-2.1, -1.3, 4).ticks.map(({ label }) => label)).toContain('−1.8');
  });

  it('stands for values that do not vary or do not exist', () => {
    const flat = makeAxis(3, 3, 4);
    expect(positionOn(flat, 3)).toBeCloseTo(0.5);
    expect(makeAxis(Infinity, -Infinity, 4).ticks.length).toBeGreaterThan(2);
  });

  it('names very small and very large values briefly', () => {
    expect(makeAxis(0, 4e-5, 4).ticks.at(-1)?.label).toBe('4e-5');
    expect(makeAxis(0, 40_000, 4).ticks.at(-1)?.label).toBe('40,000');
  });
});

describe('numbers', () => {
  it('are written for people', () => {
    expect(percent(0.5217)).toBe('52.2\u00a0%');
    expect([points(0.134), points(-0.02), points(0)]).toEqual(['+13.4', '−2.0', '0.0']);
    expect([count(20_000), count(NaN)]).toEqual(['20,000', '–']);
    expect([decimal(0.00002), decimal(1e-6), decimal(0.3), decimal(-1.25)]).toEqual(['2e-5', '1e-6', '0.3', '−1.25']);
    expect([duration(431.5), duration(3.14), duration(7300), duration(NaN)]).toEqual([
      '7\u00a0min 12\u00a0s',
      '3.1\u00a0s',
      '2\u00a0h 1\u00a0min',
      '–',
    ]);
    expect([bytes(512), bytes(1.2e9)]).toEqual(['512 bytes', '1.1 GiB']);
  });
});

describe('the gain of one encoder over another', () => {
  it('combines both intervals', () => {
    const better = { ...evaluation('linear', 'pretrained', 0.5, 64), low: 0.47, high: 0.53 };
    const worse = { ...evaluation('linear', 'random', 0.4, 64), low: 0.36, high: 0.44 };
    const gain = gainOver(better, worse);
    expect(gain.difference).toBeCloseTo(0.1);
    expect(gain.low).toBeCloseTo(0.05);
    expect(gain.high).toBeCloseTo(0.15);
  });
});

describe('templates', () => {
  it('escape text and keep HTML', () => {
    expect(html`<b title="${'"'}">${'<&>'}${html`<i>${1}</i>`}${null}${[html`x`, 'y']}</b>`.text).toBe(
      '<b title="&quot;">&lt;&amp;&gt;<i>1</i>xy</b>',
    );
    expect(escapeHtml('a\u0000b\u001bc\nd')).toBe('a b c\nd');
  });
});
