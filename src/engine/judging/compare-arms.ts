import { z } from 'zod';
import { sampleRatio } from '../../../judges/stats/tests/sample-ratio.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CompanionSeries, MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { SampleRatio } from '../../domain/sample-ratio.ts';

const EQUAL = 0.5;
/** A mismatch is said of every canary, so that it must be no chance. */
const CERTAIN = 0.001;
/** A split that is off by less explains no verdict. */
const LEAST_OFF = 0.02;

const EqualArms = z.object({ arms: z.object({ traffic: z.literal('equal') }) });
const NamedRequests = z.object({ traffic: z.string().optional(), ratioOf: z.string().optional() });

export interface ToCompare {
  readonly config: CanaryConfig;
  readonly pairs: readonly MetricSetPair[];
  /** the canary's share of the traffic, in percent, as it was announced */
  readonly trafficPercent?: number | undefined;
}

/**
 * The sample-ratio mismatch test: undefined where nobody says what the shares should be, or no series says how many
 * requests each arm had.
 */
export function compareArms({ config, pairs, trafficPercent }: ToCompare): SampleRatio | undefined {
  const expectedShare = expectedShareOf(config, trafficPercent);
  const requests = requestsOf(config, pairs);
  if (expectedShare === undefined || requests === undefined) return undefined;
  const { control = [], experiment = [] } = requests.series.values;
  const found = sampleRatio({ control, experiment }, expectedShare);
  if (found === undefined) return undefined;
  const { seen, p, points, overdispersion } = found;
  const isOff = Math.abs(seen / expectedShare - 1) >= LEAST_OFF;
  return {
    metric: requests.metric,
    ...{ expectedShare, seenShare: seen, requests: found.requests, points, pValue: p, overdispersion },
    mismatch: p < CERTAIN && isOff,
  };
}

/** What is announced; else half, where the config says that the arms have equal traffic. */
function expectedShareOf({ judge }: CanaryConfig, trafficPercent: number | undefined): number | undefined {
  if (trafficPercent !== undefined) return trafficPercent < 100 ? trafficPercent / 100 : undefined;
  return EqualArms.safeParse(judge?.judgeConfigurations).success ? EQUAL : undefined;
}

interface Requests {
  readonly metric: string;
  readonly series: CompanionSeries;
}

/** Of the first metric that has any: its traffic, its denominator, or another metric that counts its requests. */
function requestsOf({ metrics = [] }: CanaryConfig, pairs: readonly MetricSetPair[]): Requests | undefined {
  for (const companion of ['traffic', 'denominator'] as const) {
    const pair = pairs.find((one) => one[companion] !== undefined);
    if (pair?.[companion] !== undefined) return { metric: pair.name, series: pair[companion] };
  }
  for (const { analysisConfigurations } of metrics) {
    const { traffic, ratioOf } = NamedRequests.safeParse(analysisConfigurations?.canary).data ?? {};
    const named = pairs.filter(({ name }) => name === traffic || name === ratioOf);
    if (named[0] !== undefined && named.length === 1) return { metric: named[0].name, series: named[0] };
  }
  return undefined;
}
