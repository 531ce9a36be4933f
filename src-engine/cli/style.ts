/** @file Weight and colour for a terminal, used only where a terminal is. */

export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const mark =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001B[${on}m${text}\u001B[${off}m`;
const same = (text: string): string => text;

/** The style for an output: plain text where `styled` is false. */
export function styleFor(styled: boolean): Style {
  if (!styled) return { strong: same, faint: same, good: same, bad: same, warn: same };
  return { strong: mark(1, 22), faint: mark(2, 22), good: mark(32, 39), bad: mark(31, 39), warn: mark(33, 39) };
}
