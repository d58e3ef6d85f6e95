import type { BacktestTally, JudgeTally, MetricTally, SeriesTally } from '../../domain/backtest-tally.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryAnalysisResult } from '../../domain/canary-judge-result.ts';
import { SIDES } from '../../domain/canary-scope.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';

/** Names are anybody's: `constructor` and `__proto__` are names of metrics, and no keys of an object. */
function keyOf(name: string): string {
  return `=${name}`;
}

export function judgeTallyOf({ judges }: BacktestTally, name: string): JudgeTally {
  const key = keyOf(name);
  judges[key] ??= { judged: 0, fails: 0, marginals: 0, flagged: 0, failed: 0, alarms: [] };
  return judges[key];
}

export function seriesTallyOf(tally: BacktestTally, name: string): SeriesTally {
  const key = keyOf(name);
  tally.metrics[key] ??= {
    judged: 0,
    withoutData: 0,
    points: { control: 0, experiment: 0 },
    missing: { control: 0, experiment: 0 },
    measured: {
      autocorrelation: [],
      points: [],
      effectivePoints: [],
      smallestNow: [],
      smallestEver: [],
      minutes: [],
      difference: [],
    },
    judges: {},
  };
  return tally.metrics[key];
}

export function metricTallyOf(series: SeriesTally, judge: string): MetricTally {
  const key = keyOf(judge);
  series.judges[key] ??= { judged: 0, alarms: 0, trials: {} };
  return series.judges[key];
}

/** Counts points and gaps. @returns the metrics that have data on both sides */
export function noteData(
  { metrics = [] }: CanaryConfig,
  pairs: readonly MetricSetPair[],
  tally: BacktestTally,
): Set<string> {
  const withData = new Set<string>();
  const byName = Map.groupBy(pairs, ({ name }) => name);
  for (const { name = '' } of metrics) {
    const series = seriesTallyOf(tally, name);
    const own = byName.get(name) ?? [];
    if (own.some(hasBothSides)) {
      series.judged++;
      withData.add(name);
    } else series.withoutData++;
    for (const { values } of own) {
      for (const side of SIDES) {
        const points = values[side] ?? [];
        series.points[side] += points.length;
        series.missing[side] += points.filter((value) => !Number.isFinite(value)).length;
      }
    }
  }
  return withData;
}

function hasBothSides({ values }: MetricSetPair): boolean {
  return SIDES.every((side) => values[side]?.some(Number.isFinite) ?? false);
}

/** Keeps what HaldaneJudge measured of a metric; of one that it could not test there is nothing. */
export function measure({ measured }: SeriesTally, { evidence }: CanaryAnalysisResult): void {
  const { autocorrelation, points, effectivePoints, smallestChange, ratioEstimate } = evidence ?? {};
  if (evidence === undefined || smallestChange === undefined) return;
  push(measured.autocorrelation, autocorrelation);
  push(measured.points, points);
  push(measured.effectivePoints, effectivePoints);
  push(measured.smallestNow, smallestChange.now);
  push(measured.smallestEver, smallestChange.ever);
  push(measured.difference, ratioEstimate === undefined ? undefined : Math.abs(ratioEstimate - 1));
  measured.minutes.push(finite(evidence.minutesToDecision) ?? null);
}

function push(numbers: number[], value: number | undefined): void {
  const number = finite(value);
  if (number !== undefined) numbers.push(number);
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
