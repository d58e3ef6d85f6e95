import { type Scale, scaleOf } from '../domain/value-scale.ts';
import { formatNumber } from './format.ts';

/** Texts in which two values of a metric must not read alike have up to so many digits. */
const DIGITS = [3, 4, 5, 6] as const;

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
