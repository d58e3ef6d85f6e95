import { SIDES, type Side } from '../../domain/canary-scope.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { SeriesReport } from '../../reports/series-report.ts';
import { slotsOf } from './plot-frame.ts';

/** How canary and baseline differ, slot by slot, and what the judge made of it: all in one unit. */
export interface MetricChanges {
  /** `ratio`: values are relative changes, 0.1 for 10 % more; `difference`: canary minus baseline */
  readonly kind: 'ratio' | 'difference';
  /** NaN where a side has a gap, or a ratio has no baseline. */
  readonly values: readonly number[];
  /** Those without a removed outlier on either side: what the scale is for. */
  readonly judged: readonly number[];
  readonly estimate: number | undefined;
  /** An absent end is open. */
  readonly interval: Ends | undefined;
  /** What passes; an absent end means that nothing there fails. Undefined: not known, or without a line to draw. */
  readonly allowed: Ends | undefined;
  /** What decided, if only a part of the slots; `change` as far as it is one of the level. */
  readonly decided: { readonly from: number; readonly change: number | undefined } | undefined;
}

interface Ends {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/** Undefined without a series. */
export function changesOf(metric: MetricReport): MetricChanges | undefined {
  const { series } = metric;
  if (series === undefined) return undefined;
  const { evidence } = metric.result ?? {};
  const isRatio = evidence?.ratioEstimate !== undefined && metric.effect !== undefined && hasRatios(series);
  const decided = decidedPart(metric, slotsOf(series));
  const changes = isRatio ? ratios(series) : differences(series);
  const values = { values: changes, judged: withoutOutliers(changes, metric) };
  if (isRatio) return { kind: 'ratio', ...values, ...inUnits(metric, 1), decided };
  const base = baseOf(metric, series);
  const own = inUnits(metric, base);
  const judged = evidence?.estimate === undefined ? own : { ...own, ...ownDifference(metric) };
  const change = decided?.change === undefined ? undefined : decided.change * base;
  return {
    kind: 'difference',
    ...values,
    ...judged,
    decided: decided && { ...decided, change },
  };
}

function withoutOutliers(changes: readonly number[], { series, result }: MetricReport): readonly number[] {
  const fences = result?.evidence?.outlierFences;
  if (fences === undefined) return changes;
  const isInside = (side: Side, slot: number) => {
    const { lower, upper } = fences[side] ?? { lower: -Infinity, upper: Infinity };
    const value = series?.[side][slot] ?? Number.NaN;
    return value >= lower && value <= upper;
  };
  const judged = changes.filter((_, slot) => SIDES.every((side) => isInside(side, slot)));
  return judged.some(Number.isFinite) ? judged : changes;
}

/** With fewer, ratios would be drawn of the calm moments only. */
const MOST_SLOTS = 0.8;

function hasRatios({ control, experiment }: SeriesReport): boolean {
  const both = control.filter((value, slot) => Number.isFinite(value) && Number.isFinite(experiment[slot]));
  return both.length > 0 && both.filter((value) => value > 0).length >= MOST_SLOTS * both.length;
}

function ratios({ control, experiment }: SeriesReport): number[] {
  return control
    .slice(0, experiment.length)
    .map((value, slot) => (value > 0 ? (experiment[slot] ?? Number.NaN) / value - 1 : Number.NaN));
}

function differences({ control, experiment }: SeriesReport): number[] {
  return control.slice(0, experiment.length).map((value, slot) => (experiment[slot] ?? Number.NaN) - value);
}

/** What a relative change is a share of: the mean of the baseline, or the typical size of values of either sign. */
function baseOf({ result }: MetricReport, series: SeriesReport): number {
  const { count = 0, mean: compared = 0 } = result?.controlMetadata.stats ?? {};
  // Other judges hold their limits against the mean of what they compared.
  if (result?.evidence?.ratioEstimate === undefined && count > 0 && compared > 0) return compared;
  const [control = [], experiment = []] = SIDES.map((side) => series[side].filter(Number.isFinite));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if ([...control, ...experiment].every((value) => value >= 0)) return mean(control);
  return (mean(control.map(Math.abs)) + mean(experiment.map(Math.abs))) / 2;
}

/** The judge's relative figures, in units of which 1 is `base`. */
function inUnits({ effect, result }: MetricReport, base: number) {
  const scaled = (share: number | undefined) =>
    share === undefined || !Number.isFinite(share * base) ? undefined : share * base;
  const isJudges = result?.evidence?.ratioEstimate !== undefined;
  const { allowed, confidence } = effect ?? {};
  return {
    estimate: isJudges ? scaled(effect?.change) : undefined,
    interval:
      isJudges && confidence !== undefined ? { lower: scaled(effect?.lower), upper: scaled(effect?.upper) } : undefined,
    allowed: allowed && { lower: scaled(allowed.decrease), upper: scaled(allowed.increase) },
  };
}

/** Of a judge that estimates a difference in the metric's unit. */
function ownDifference({ result }: MetricReport) {
  const { estimate, interval } = result?.evidence ?? {};
  const finite = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);
  const known = interval !== undefined && !Number.isNaN(interval.lower + interval.upper);
  return {
    estimate: finite(estimate),
    interval: known ? { lower: finite(interval.lower), upper: finite(interval.upper) } : undefined,
  };
}

/** Counted from the end: a judge may have left out the first points. */
function decidedPart({ result }: MetricReport, slots: number): MetricChanges['decided'] {
  const { decidingWindow, effect } = result?.evidence ?? {};
  if (decidingWindow === undefined) return undefined;
  const from = slots - decidingWindow.points;
  const change = effect?.measure === 'ratio' && Number.isFinite(effect.value) ? effect.value - 1 : undefined;
  return from > 0 ? { from, change } : undefined;
}
