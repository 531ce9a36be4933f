/** @file Identifiers: short, without look-alikes, sorted by age. */
import { expect, test } from 'vitest';
import { newIdentifier, readIdentifier } from '#store/identifiers.ts';

test('has ten characters without look-alikes', () => {
  for (let index = 0; index < 1000; index++) expect(newIdentifier()).toMatch(/^[0-9a-hjkmnp-tv-z]{10}$/);
});

test('sorts by age to the second', () => {
  const start = Date.UTC(2026, 10, 23);
  const ids = Array.from({ length: 500 }, (_, index) => newIdentifier(start + index * 86_400_000 * 20));
  expect(ids.toSorted()).toEqual(ids);
});

test('is hardly ever the same twice within a second', () => {
  const ids = new Set(Array.from({ length: 100 }, () => newIdentifier(Date.UTC(2027, 0, 1))));
  expect(ids.size).toBeGreaterThanOrEqual(98);
});

test('is read as it was meant', () => {
  expect(readIdentifier(' OIL9AB ')).toBe('0119ab');
});
