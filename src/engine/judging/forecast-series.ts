import type { CanaryConfig } from '../../domain/canary-config.ts';
import { type CanaryJudge, HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { rampTimes } from '../../domain/ramp-times.ts';
import type { SeriesForecast } from '../../domain/time-to-decision.ts';
import { CanaryError } from '../../errors.ts';
import { causeOf } from '../failure.ts';
import { allowedChangeOf } from './allowed-change.ts';
import { judgeSeries } from './judge-series.ts';

export interface ToForecast {
  readonly judges: readonly CanaryJudge[];
  readonly config: CanaryConfig;
  /** of one metric of the config */
  readonly pairs: readonly MetricSetPair[];
  /** the canary's share of the traffic in these series, in percent */
  readonly trafficPercent: number;
}

/**
 * What HaldaneJudge forecasts of each pair, whatever judge the config names: the metric has the part of the error budget
 * that it has among the others. Undefined for a pair that cannot be tested, and where the judge refuses the settings.
 */
export async function forecastSeries(
  { judges, config, pairs, trafficPercent }: ToForecast,
  signal: AbortSignal,
): Promise<(SeriesForecast | undefined)[]> {
  const judge = judges.find(({ name }) => name === HALDANE_JUDGE);
  const metric = config.metrics?.find(({ name }) => name === pairs[0]?.name);
  if (judge?.oneMetric === undefined || metric === undefined) return pairs.map(() => undefined);
  try {
    const others = (config.metrics ?? []).filter((one) => one !== metric);
    const all = [...pairs, ...others.map(({ name = '' }) => ({ name, values: {} }))];
    const alone = judge.oneMetric(config, all, metric.name ?? '');
    const asked = { judges, config: alone, thresholds: undefined, pairs, judge: judge.name };
    const { results } = await judgeSeries(asked, signal);
    return pairs.map((pair, index) => {
      const { smallestChange, minutesToDecision: more } = results[index]?.evidence ?? {};
      if (smallestChange === undefined) return undefined;
      const minutes = more === undefined ? undefined : windowMinutes(pair) + more;
      return {
        change: allowedChangeOf(metric),
        ...(minutes === undefined ? {} : { minutes }),
        smallestChange,
        ramp: rampTimes({ minutes, percent: trafficPercent }),
      };
    });
  } catch (failure) {
    if (causeOf(failure) instanceof CanaryError) return pairs.map(() => undefined);
    throw failure;
  }
}

function windowMinutes({ values, scopes }: MetricSetPair): number {
  return ((values.experiment?.length ?? 0) * (scopes?.experiment?.stepMillis ?? 0)) / 60_000;
}
