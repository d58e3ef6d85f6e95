import type { EffectReport } from './effect-report.ts';
import { formatChange } from './format.ts';

/** "+18 % (98 % interval +12 % to +25 %), allowed up to +10 %" */
export function effectInWords({ change, allowed, ...effect }: EffectReport): string {
  const limits = [
    ...(allowed?.decrease === undefined ? [] : [`down to ${formatChange(allowed.decrease)}`]),
    ...(allowed?.increase === undefined ? [] : [`up to ${formatChange(allowed.increase)}`]),
  ];
  const range = rangeInWords(effect);
  return `${formatChange(change)}${range === '' ? '' : ` (${range})`}${limits.length === 0 ? '' : `, allowed ${limits.join(', ')}`}`;
}

/** "98 % interval +12 % to +25 %"; a one-sided interval is a bound. */
export function rangeInWords({ lower, upper, confidence }: Omit<EffectReport, 'change' | 'allowed'>): string {
  if (lower === undefined && upper === undefined) return '';
  const level = confidence === undefined ? '' : `${Math.round(confidence * 1000) / 10} % `;
  if (upper === undefined) return `${level}bound, at least ${formatChange(lower ?? 0)}`;
  if (lower === undefined) return `${level}bound, at most ${formatChange(upper)}`;
  return `${level}interval ${formatChange(lower)} to ${formatChange(upper)}`;
}

/** The range alone, for a narrow column: `−5.5 % to +3.8 %`, `at least +19 %`. */
export function shortRange({ lower, upper }: EffectReport): string {
  if (lower === undefined && upper === undefined) return '';
  if (upper === undefined) return `at least ${formatChange(lower ?? 0)}`;
  if (lower === undefined) return `at most ${formatChange(upper)}`;
  return `${formatChange(lower)} to ${formatChange(upper)}`;
}
