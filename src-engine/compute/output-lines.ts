/** @file Cuts what a compute process writes into lines and tells TensorFlow's noise from what a person should see. */
import type { Readable } from 'node:stream';

/** Calls `onLine` for every whole line of a stream, and for what is left at its end. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}

const noise: readonly RegExp[] = [
  /^\s*$/,
  /^WARNING: All log messages before absl::InitializeLog\(\)/,
  /^[IW]\d{4} \d\d:\d\d:\d\d/, // absl, and TensorFlow since it logs through absl
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] /, // TensorFlow's own older form
  /Unable to register cu\w+ factory/,
  /^\(node:\d+\) (\[\w+\] )?\w*Warning/,
  /^\(Use `node --trace-/,
  /^=+$/,
  /^Hi, looks like you are running TensorFlow\.js/,
];

/** True for lines that belong in the log alone. */
export function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line));
}
