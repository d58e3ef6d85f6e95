import { type CompanionSeries, type MetricSetPair, pairBeside } from '../../src/domain/metric-set-pair.ts';
import { CanaryError } from '../../src/errors.ts';
import { type Per, perOfQuery, requestsInOne } from '../steps/per-of-query.ts';
import type { MetricRules } from './haldane-settings.ts';

/** Values of both sides, point by point. */
export interface Sides {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

export interface RequestsOptions {
  readonly pair: MetricSetPair;
  readonly pairs: readonly MetricSetPair[];
  readonly rules: MetricRules;
  readonly stepSeconds: number;
  /** Points left out at the start. */
  readonly warmUp: number;
}

/** The setting that names another metric of the config instead of a query. */
const NAMED_BY = { denominator: 'ratioOf', traffic: 'traffic' } as const;

/** The requests a metric is judged beside: of its own second query, or of the metric it names; undefined: of neither. */
export function requestsOf(companion: keyof typeof NAMED_BY, options: RequestsOptions): Sides | undefined {
  const { pair, rules, stepSeconds, warmUp } = options;
  const named = rules[NAMED_BY[companion]];
  const own = rules.asks[companion] ? given(pair, companion) : undefined;
  const found = own ?? (named === undefined ? undefined : namedMetric(named, NAMED_BY[companion], options));
  if (found === undefined) return undefined;
  const { control, experiment } = sidesOf(pair.name, found);
  const scale = requestsInOne(perOf(found, rules), stepSeconds);
  const scaled = (values: readonly number[]) => {
    const left = warmUp === 0 ? values : values.slice(warmUp);
    return scale === 1 ? left : left.map((value) => value * scale);
  };
  return { control: scaled(control), experiment: scaled(experiment) };
}

/** What the values of a series count: as the config says, or its query. */
export function perOf({ attributes }: CompanionSeries, { requestsPer }: MetricRules): Per {
  return requestsPer ?? perOfQuery(attributes?.control?.query ?? attributes?.experiment?.query ?? '');
}

/** @throws CanaryError JUDGEMENT_FAILED when a side is missing */
export function sidesOf(name: string, { values: { control, experiment } }: CompanionSeries): Sides {
  if (control !== undefined && experiment !== undefined) return { control, experiment };
  const side = control === undefined ? 'control' : 'experiment';
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${name}': values.${side} is missing; write [] for a side without points.`,
  );
}

/** Series that were stored for another judge, or sent by hand, may lack what the config asks for. */
function given(pair: MetricSetPair, companion: keyof typeof NAMED_BY): CompanionSeries {
  const found = pair[companion];
  if (found !== undefined) return found;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${pair.name}': its config has query.${companion}, but its series have no ${companion}; give the pair ` +
      `${companion}.values, or judge a run that was fetched for this judge.`,
  );
}

/** The series of another metric; of those with several, the one with the same tags. */
function namedMetric(metric: string, field: string, { pair, pairs }: RequestsOptions): MetricSetPair {
  const refuse = (remedy: string) =>
    new CanaryError(
      'JUDGEMENT_FAILED',
      `Metric '${pair.name}': analysisConfigurations.canary.${field} is "${metric}"; ${remedy}.`,
    );
  const same = pairBeside(pair, metric, pairs);
  if (same === undefined || metric === pair.name) {
    const known = [...new Set(pairs.map(({ name }) => name))].filter((name) => name !== pair.name);
    const words = known.map((name) => `'${name}'`).join(', ') || 'none';
    throw refuse(`write the name of another metric with one series, or as many as this one: ${words}`);
  }
  const [own, other] = [pair, same].map(({ scopes }) => scopes?.experiment?.stepMillis);
  if (own !== undefined && other !== undefined && own !== other) {
    throw refuse(
      `its points are ${other / 1000} s apart, those of this metric ${own / 1000} s; choose one step for both`,
    );
  }
  return same;
}
