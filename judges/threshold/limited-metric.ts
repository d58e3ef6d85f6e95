import type { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { EarlierRun } from '../../src/domain/canary-judge.ts';
import { type MetricSetPair, pairBeside, SAME_QUERY } from '../../src/domain/metric-set-pair.ts';
import { CanaryError } from '../../src/errors.ts';
import { findMetric } from '../steps/classify.ts';
import type { Limits } from '../steps/limit-fields.ts';
import { findLimits, type LimitedSeries, type LimitFinding } from '../steps/limit-finding.ts';
import { perOfQuery, requestsInOne } from '../steps/per-of-query.ts';
import { valuesOf } from '../steps/values-of.ts';
import { earlierReference } from './earlier-reference.ts';
import { readThresholdRules, type ThresholdRules, type ThresholdSettings } from './threshold-settings.ts';

/** A metric, and what its limits say. */
export interface LimitedMetric {
  readonly pair: MetricSetPair;
  readonly metric: CanaryMetricConfig;
  readonly rules: ThresholdRules;
  /** undefined: it has none */
  readonly limits: LimitFinding | undefined;
  /** of its warning, looked at only where it is beyond its limits */
  readonly warning: LimitFinding | undefined;
}

/** What is not of one metric alone. */
export interface LimitedCanary {
  readonly config: Parameters<typeof findMetric>[0];
  readonly pairs: readonly MetricSetPair[];
  readonly settings: ThresholdSettings;
  readonly earlier: readonly EarlierRun[];
}

/** @throws CanaryError JUDGEMENT_FAILED when a setting is wrong, a side or the metric it names is missing */
export function limitMetric(pair: MetricSetPair, canary: LimitedCanary): LimitedMetric {
  const metric = findMetric(canary.config, pair.name);
  const rules = readThresholdRules(metric);
  const find = (limits: Limits | undefined) =>
    limits && findLimits(limits, seriesOf(pair, { metric, rules, limits }, canary));
  const limits = find(rules.limits);
  const warning = limits?.state === 'beyond' ? find(rules.warning) : undefined;
  return { pair, metric, rules, limits, warning };
}

interface Asked {
  readonly metric: CanaryMetricConfig;
  readonly rules: ThresholdRules;
  readonly limits: Limits;
}

const USUAL_STEP_SECONDS = 60;

function seriesOf(
  pair: MetricSetPair,
  { rules, limits }: Asked,
  { pairs, settings, earlier }: LimitedCanary,
): LimitedSeries {
  const stepMillis = pair.scopes?.experiment?.stepMillis ?? 0;
  const stepSeconds = stepMillis > 0 ? stepMillis / 1000 : USUAL_STEP_SECONDS;
  const requests = pair.denominator ?? namedRequests(pair, rules, pairs);
  const inOne = (query: string | undefined) => requestsInOne(perOfQuery(query ?? ''), stepSeconds);
  const scale = inOne(requests?.attributes?.experiment?.query);
  return {
    name: pair.name,
    control: valuesOf(pair, 'control'),
    experiment: valuesOf(pair, 'experiment'),
    missingIsZero: rules.missingIsZero,
    sameQuestion: pair.attributes?.experiment?.[SAME_QUERY] !== undefined,
    requests: requests?.values.experiment?.map((value) => value * scale),
    stepSeconds,
    eventsInOne: inOne(pair.attributes?.experiment?.query),
    earlier: earlierReference(pair, limits.of, settings.earlier, earlier),
  };
}

function namedRequests(pair: MetricSetPair, { ratioOf }: ThresholdRules, pairs: readonly MetricSetPair[]) {
  if (ratioOf === undefined) return undefined;
  const found = ratioOf === pair.name ? undefined : pairBeside(pair, ratioOf, pairs);
  if (found !== undefined) return found;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${pair.name}': analysisConfigurations.canary.ratioOf is "${ratioOf}"; write the name of another metric ` +
      'with one series, or as many as this one.',
  );
}
