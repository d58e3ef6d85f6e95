import { formatNumber } from './format.ts';

/** Texts in which two values of a metric must not read alike have up to so many digits. */
const DIGITS = [3, 4, 5, 6] as const;

/** How the values of a metric are written. */
export interface Scale {
  /** values from here on, in the unit that the config names */
  readonly from: number;
  /** of a value in the config's unit */
  readonly factor: number;
  readonly unit: string;
}

/** A unit that people write as another one when it is small or large; smallest last. */
const SCALES: Readonly<Record<string, readonly Scale[]>> = {
  s: [
    { from: 1, factor: 1, unit: 's' },
    { from: 1e-3, factor: 1e3, unit: 'ms' },
    { from: 0, factor: 1e6, unit: 'µs' },
  ],
  ms: [
    { from: 10_000, factor: 1e-3, unit: 's' },
    { from: 1, factor: 1, unit: 'ms' },
    { from: 0, factor: 1e3, unit: 'µs' },
  ],
  B: [
    { from: 1e9, factor: 1e-9, unit: 'GB' },
    { from: 1e6, factor: 1e-6, unit: 'MB' },
    { from: 1e3, factor: 1e-3, unit: 'kB' },
    { from: 0, factor: 1, unit: 'B' },
  ],
  share: [{ from: 0, factor: 100, unit: '%' }],
};

/** What configs write for units, by the shorter name. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ s: 's', sec: 's', second: 's', seconds: 's', ms: 'ms', millis: 'ms', millisecond: 'ms', milliseconds: 'ms' },
  ...{ us: 'µs', microseconds: 'µs', b: 'B', byte: 'B', bytes: 'B', share: 'share', ratio: 'share', fraction: 'share' },
  ...{ percent: '%', '%': '%' },
};

/** "242 → 298 ms": of both sides, in one unit. A side without data says so. */
export function changeOfValues(
  { control, experiment }: { readonly control?: number | undefined; readonly experiment?: number | undefined },
  unit: string | undefined,
): string {
  const known = [control, experiment].filter((value) => value !== undefined);
  const scale = scaleOf(Math.max(...known.map(Math.abs)), unit);
  const digits = DIGITS.find((some) => texts(known, scale, some).size === new Set(known).size) ?? DIGITS.at(-1);
  const [one, other] = [control, experiment].map((value) =>
    value === undefined ? 'no data' : textOf(value * scale.factor, digits),
  );
  if (experiment === undefined) return `${withUnit(one, scale)} → ${other}`;
  return `${one} → ${withUnit(other, scale)}`;
}

/** "242 ms": one value with its unit. */
export function valueInWords(value: number, unit: string | undefined): string {
  const scale = scaleOf(Math.abs(value), unit);
  return withUnit(formatNumber(value * scale.factor), scale);
}

/** "0.2 to 0.4 s": a range without a sign of either end. */
export function rangeOfValues(least: number, greatest: number, unit: string | undefined): string {
  const scale = scaleOf(Math.max(Math.abs(least), Math.abs(greatest)), unit);
  return `${textOf(least * scale.factor)}–${withUnit(textOf(greatest * scale.factor), scale)}`;
}

/** How values up to this size are written: the factor, and the unit then. */
export function scaleOf(size: number, unit = ''): Scale {
  const name = Object.hasOwn(NAMES, unit.toLowerCase()) ? (NAMES[unit.toLowerCase()] ?? unit) : unit;
  const scales = Object.hasOwn(SCALES, name) ? SCALES[name] : undefined;
  if (size === 0 || !Number.isFinite(size)) return scales?.find(({ factor }) => factor === 1) ?? plain(name);
  return scales?.find(({ from }) => size >= from) ?? plain(name);
}

function plain(unit: string): Scale {
  return { from: 0, factor: 1, unit: unit.replace(/^percent(?= |$)/, '%') };
}

function texts(values: readonly number[], { factor }: Scale, digits: number): Set<string> {
  return new Set(values.map((value) => textOf(value * factor, digits)));
}

function textOf(value: number | undefined, digits = 3): string {
  if (value === undefined) return 'no data';
  return formatNumber(Number.isFinite(value) && value !== 0 ? Number(value.toPrecision(digits)) : value);
}

function withUnit(text: string | undefined, { unit }: Scale): string {
  return unit === '' ? `${text}` : `${text} ${unit}`;
}
