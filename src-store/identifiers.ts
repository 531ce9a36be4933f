/** @file Identifiers that people read, type and sort: ten characters without look-alikes. */
import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epoch = Date.UTC(2026, 0, 1);

/**
 * A new identifier: six characters of time (seconds, until the year 2060), four of chance, so that identifiers sort by
 * age. Two of the same second are alike once in a million: whoever inserts one tries again.
 * @param now - milliseconds since 1970.
 */
export function newIdentifier(now: number = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - epoch) / 1000)) % 2 ** 30;
  const chance = randomBytes(4).readUInt32LE() % 2 ** 20;
  return digits(seconds, 6) + digits(chance, 4);
}

function digits(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = alphabet.charAt(rest % 32) + text;
  }
  return text;
}

/** What a typed identifier (or the beginning of one) means: lower case, o read as 0, i and l as 1. */
export function readIdentifier(typed: string): string {
  return typed.trim().toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
}
