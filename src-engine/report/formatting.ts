/** @file Numbers as the report writes them. What is not a finite number is a dash. */

const none = '–';
/** Keeps a number and its unit on one line. */
const gap = '\u00a0';

/** A share as a percentage, one decimal: `52.2 %`. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)}${gap}%` : none;
}

/** A difference of shares in percentage points, signed: `+13.4`. */
export function points(difference: number): string {
  if (!Number.isFinite(difference)) return none;
  const text = (difference * 100).toFixed(1);
  return difference > 0 ? `+${text}` : text.replace('-', '−');
}

/** A whole number with thousands separated: `20,000`. */
export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-GB') : none;
}

/** A number to so many significant digits, without needless zeros or exponents between 1e-4 and 1e6. */
export function decimal(value: number, significant = 4): string {
  if (!Number.isFinite(value)) return none;
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size < 1e-4 || size >= 1e6
      ? value
          .toExponential(Math.max(0, significant - 2))
          .replace(/\.?0+e/, 'e')
          .replace('e+', 'e')
      : String(Number(value.toPrecision(significant)));
  return text.replace('-', '−').replace('e−', 'e-');
}

/** A number with a fixed number of decimals. */
export function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace('-', '−') : none;
}

/** Seconds as `7 min 12 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return none;
  if (seconds < 60) return `${seconds < 10 ? decimal(seconds, 2) : Math.round(seconds)}${gap}s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}${gap}h ${minutes}${gap}min` : `${minutes}${gap}min ${whole % 60}${gap}s`;
}

/** Bytes in binary units: `1.4 GiB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return none;
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** An ISO time as `23 Nov 2026, 19:05 UTC`. */
export function moment(iso: string | null): string {
  const time = iso === null ? NaN : Date.parse(iso);
  if (Number.isNaN(time)) return none;
  const parts = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return `${new Date(time).toLocaleString('en-GB', { ...parts, timeZone: 'UTC' })} UTC`;
}

/** The middle value of those that are finite; NaN where none is. */
export function median(values: ArrayLike<number>): number {
  const sorted = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
