import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { MetricSetPair } from '../domain/metric-set-pair.ts';

const NAMES: Readonly<Record<Side, string>> = { control: 'Baseline', experiment: 'Canary' };

/** What weakens a metric's data, one sentence each. @param step the scope's step in seconds */
export function qualityNotes(pair: MetricSetPair, step: number | undefined): string[] {
  const sides = SIDES.map((side) => ({ side, values: pair.values[side] ?? [] }));
  const [control = [], experiment = []] = sides.map(({ values }) => values);
  return [
    ...sides.flatMap(({ side, values }) => missing(NAMES[side], values)),
    ...(control.length === experiment.length
      ? []
      : [`The sides are of unequal length: ${control.length} points of baseline, ${experiment.length} of canary.`]),
    ...sides.flatMap(({ side, values }) => constant(NAMES[side], values)),
    ...coarser(pair, step),
    ...SIDES.flatMap((side) => warnings(NAMES[side], pair.attributes?.[side]?.warnings)),
  ];
}

function missing(name: string, values: readonly number[]): string[] {
  const gaps = values.filter(Number.isNaN).length;
  const infinite = values.filter((value) => value === Infinity || value === -Infinity).length;
  return [
    ...(values.length > 0 && gaps === values.length ? [`${name} has no data at all.`] : []),
    ...(gaps > 0 && gaps < values.length ? [`${name} misses ${gaps} of ${values.length} points.`] : []),
    ...(infinite > 0 ? [`${name} has ${infinite} infinite ${infinite === 1 ? 'value' : 'values'}.`] : []),
  ];
}

function constant(name: string, values: readonly number[]): string[] {
  const present = values.filter((value) => !Number.isNaN(value));
  const isConstant = present.length > 2 && present.every((value) => value === present[0]);
  return isConstant ? [`${name} is ${present[0]} throughout.`] : [];
}

function coarser({ scopes }: MetricSetPair, step: number | undefined): string[] {
  const steps = SIDES.map((side) => (scopes?.[side]?.stepMillis ?? 0) / 1000);
  const longest = Math.max(...steps);
  if (step === undefined || step <= 0 || longest <= step) return [];
  return [`The store returned one point every ${longest} s; one every ${step} s was requested.`];
}

function warnings(name: string, text: string | undefined): string[] {
  return (text ?? '').split('\n').flatMap((line) => (line.trim() === '' ? [] : [`${name}: the store warns: ${line}`]));
}
