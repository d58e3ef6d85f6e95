import type { EarlierRun } from '../../src/domain/canary-judge.ts';
import { type MetricSetPair, pairBeside } from '../../src/domain/metric-set-pair.ts';
import { statisticOf } from '../steps/checked-bounds.ts';
import type { LimitStatistic } from '../steps/limit-fields.ts';
import type { Reference } from '../steps/limit-finding.ts';
import type { ThresholdSettings } from './threshold-settings.ts';

/** What the canaries of earlier runs had of a metric. Undefined: none is asked for, or none that counts has a value. */
export function earlierReference(
  pair: MetricSetPair,
  of: LimitStatistic,
  { runs: most, verdicts, statistic }: ThresholdSettings['earlier'],
  runs: readonly EarlierRun[],
): Reference | undefined {
  const levels: number[] = [];
  for (const run of most === 0 ? [] : runs) {
    if (levels.length === most) break;
    if (!COUNTS[verdicts].includes(run.result.score.classification)) continue;
    const level = levelIn(run, pair, of);
    if (!Number.isNaN(level)) levels.push(level);
  }
  if (levels.length === 0) return undefined;
  const level = statisticOf(levels, statistic);
  return {
    level,
    words: levels.length === 1 ? 'the earlier run' : `the ${statistic} of ${levels.length} earlier runs`,
  };
}

const COUNTS: Readonly<Record<ThresholdSettings['earlier']['verdicts'], readonly string[]>> = {
  all: ['Pass', 'Marginal', 'Fail'],
  passOrMarginal: ['Pass', 'Marginal'],
  pass: ['Pass'],
};

/** NaN where it has none. Of a run whose series are gone, the mean is in its result. */
function levelIn({ metricSetPairList, result }: EarlierRun, pair: MetricSetPair, of: LimitStatistic): number {
  if (metricSetPairList !== undefined) {
    const values = pairBeside(pair, pair.name, metricSetPairList)?.values.experiment ?? [];
    return statisticOf(
      values.filter((value) => !Number.isNaN(value)),
      of,
    );
  }
  if (of !== 'points' && of !== 'mean') return Number.NaN;
  const named = result.results.filter(({ name }) => name === pair.name);
  const stats = named.length === 1 ? named[0]?.experimentMetadata.stats : undefined;
  return stats === undefined || stats.count === 0 ? Number.NaN : stats.mean;
}
