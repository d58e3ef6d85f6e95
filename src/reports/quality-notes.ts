import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';
import { storeWarning } from '../domain/metric-fetch.ts';
import { type MetricSetPair, SAME_QUERY, unpairedReason } from '../domain/metric-set-pair.ts';
import { overlappingRange, rangeInWords } from '../domain/overlapping-points.ts';
import { rangeOfQuery } from '../domain/range-of-query.ts';
import { silentEnd, silentEndInWords } from '../domain/silent-end.ts';

const NAMES: Readonly<Record<Side, string>> = { control: 'Baseline', experiment: 'Canary' };

interface NoteOptions {
  /** the scope's step in seconds */
  readonly step: number | undefined;
  readonly result: CanaryAnalysisResult | undefined;
}

/** What weakens a metric's data, one sentence each. */
export function qualityNotes(pair: MetricSetPair, { step, result }: NoteOptions): string[] {
  const sides = SIDES.map((side) => ({ side, values: pair.values[side] ?? [] }));
  const [control = [], experiment = []] = sides.map(({ values }) => values);
  const unpaired = unpairedReason(pair) !== undefined;
  return [
    ...weightyNotes(pair, result),
    ...sides.flatMap(({ side, values }) => (unpaired ? [] : missing(NAMES[side], values))),
    ...(control.length === experiment.length
      ? []
      : [`The sides are of unequal length: ${control.length} points of baseline, ${experiment.length} of canary.`]),
    ...sides.flatMap(({ side, values }) => constant(NAMES[side], values)),
    ...coarser(pair, step),
    ...overlapping(pair, result),
  ];
}

function missing(name: string, values: readonly number[]): string[] {
  const gaps = values.filter(Number.isNaN).length;
  return [
    ...(values.length > 0 && gaps === values.length ? [`${name} has no data at all.`] : []),
    ...(gaps > 0 && gaps < values.length ? [`${name} misses ${gaps} of ${values.length} points.`] : []),
  ];
}

/** What every form of a report tells of the data of a metric. */
export function weightyNotes(pair: MetricSetPair | undefined, result: CanaryAnalysisResult | undefined): string[] {
  const unpaired = result?.evidence?.unpaired ?? (pair && unpairedReason(pair));
  const same = pair?.attributes?.experiment?.[SAME_QUERY];
  const end = pair && unpaired === undefined ? silentEnd(pair.values) : undefined;
  return [
    ...(unpaired === undefined ? [] : [`${unpaired.charAt(0).toUpperCase()}${unpaired.slice(1)}`]),
    ...(same === undefined ? [] : [same]),
    ...(end === undefined ? [] : [silentEndInWords(end)]),
    ...SIDES.flatMap((side) => infinities(side, pair, result)),
    ...SIDES.flatMap((side) => leftOut(side, pair)),
    ...SIDES.flatMap((side) => warnings(side, pair?.attributes?.[side]?.warnings)),
  ];
}

function infinities(side: Side, pair: MetricSetPair | undefined, result: CanaryAnalysisResult | undefined): string[] {
  const values = pair?.values[side] ?? [];
  const inPair = values.filter((value) => value === Infinity || value === -Infinity).length;
  const infinite = result?.evidence?.infiniteValues?.[side] ?? inPair;
  return infinite > 0 ? [`${NAMES[side]} has ${infinite} infinite ${infinite === 1 ? 'value' : 'values'}.`] : [];
}

/** Points that were squeezed out for a judge that needs the series as Kayenta fetches them. */
function leftOut(side: Side, pair: MetricSetPair | undefined): string[] {
  const values = pair?.values[side] ?? [];
  const count = Number(pair?.attributes?.[side]?.leftOut ?? 0);
  if (!(count > 0) || values.every(Number.isNaN)) return [];
  const all = count + values.length;
  return [
    `${NAMES[side]} misses ${count} of ${all} points; as in Kayenta they are left out, and later values move up.`,
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

/** Points made from more than a step; a judge that measures how alike neighbours are says so itself. */
function overlapping({ attributes, scopes, values }: MetricSetPair, result: NoteOptions['result']): string[] {
  const stepSeconds = (scopes?.experiment?.stepMillis ?? scopes?.control?.stepMillis ?? 0) / 1000;
  if (stepSeconds <= 0 || result?.evidence?.autocorrelation !== undefined) return [];
  const ranges = SIDES.map((side) => rangeOfQuery(attributes?.[side]?.query ?? '', stepSeconds) ?? 0);
  const sides = SIDES.map((side) => values[side] ?? []);
  const range = overlappingRange(Math.max(...ranges), { stepSeconds, sides });
  if (range === 0) return [];
  return [
    `Each point is made from ${rangeInWords({ range, stepSeconds })}: neighbouring points share their data and say less than they seem to.`,
  ];
}

function warnings(side: Side, text: string | undefined): string[] {
  return (text ?? '').split('\n').flatMap((line) => (line.trim() === '' ? [] : [storeWarning(side, line)]));
}
