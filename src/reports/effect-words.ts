import type { EffectReport } from './effect-report.ts';
import { formatChange } from './format.ts';

/** "+18 % (98 % interval +12 % to +25 %), means +20 %, allowed up to +10 %" */
export function effectInWords({ change, allowed, ...effect }: EffectReport): string {
  const limits = [
    ...(allowed?.decrease === undefined ? [] : [`down to ${formatChange(allowed.decrease)}`]),
    ...(allowed?.increase === undefined ? [] : [`up to ${formatChange(allowed.increase)}`]),
  ];
  const range = rangeInWords(effect);
  const parts = [
    `${formatChange(change)}${range === '' ? '' : ` (${range})`}`,
    otherMeans({ change, ...effect }) ?? '',
    limits.length === 0 ? '' : `allowed ${limits.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** "means +20 %": the change from mean to mean, where it is not the one shown. */
export function otherMeans({ change, ofMeans }: EffectReport): string | undefined {
  if (ofMeans === undefined || formatChange(ofMeans) === formatChange(change)) return undefined;
  return `means ${formatChange(ofMeans)}`;
}

/** "98 % interval +12 % to +25 %"; a one-sided interval is a bound. */
export function rangeInWords({ lower, upper, confidence }: Omit<EffectReport, 'change' | 'allowed'>): string {
  if (lower === undefined && upper === undefined) return '';
  const level = confidence === undefined ? '' : `${Math.round(confidence * 1000) / 10} % `;
  if (upper === undefined) return `${level}bound, at least ${formatChange(lower ?? 0)}`;
  if (lower === undefined) return `${level}bound, at most ${formatChange(upper)}`;
  return `${level}interval ${bothEnds(lower, upper)}`;
}

/** The range alone, for a narrow column: `−5.5 % to +3.8 %`, `at least +19 %`. */
export function shortRange({ lower, upper }: EffectReport): string {
  if (lower === undefined && upper === undefined) return '';
  if (upper === undefined) return `at least ${formatChange(lower ?? 0)}`;
  if (lower === undefined) return `at most ${formatChange(upper)}`;
  return bothEnds(lower, upper);
}

/** Ends that read alike are one: nobody should read "30 % to 30 %". */
function bothEnds(lower: number, upper: number): string {
  const [one, other] = [formatChange(lower), formatChange(upper)];
  return one === other ? `about ${one}` : `${one} to ${other}`;
}
