import { CanaryError } from '../../src/errors.ts';
import type { MetricRules } from './haldane-settings.ts';
import type { ValuesAre } from './metric-fields.ts';
import type { Sides } from './requests-of-metric.ts';

/** One value as a share of the requests; a count of events is none. */
const SHARE_IN_ONE: Readonly<Record<ValuesAre, number | undefined>> = { events: undefined, share: 1, percent: 0.01 };
/** Rates of unlike series may make a share a little more than 1, but never so much. */
const NO_SHARE = 1.5;
const INSTEAD: Readonly<Record<ValuesAre, string>> = {
  events: '',
  share: 'write "percent", or leave it out if the metric counts events',
  percent: 'leave it out if the metric counts events; a share of more than 100 % is none',
};

/** The share of the requests that a value of 1 stands for; undefined where the values count events, or stand alone. */
export function shareInOne({ valuesAre }: MetricRules, requests: Sides | undefined): number | undefined {
  return requests && SHARE_IN_ONE[valuesAre];
}

export interface SharesOfRequests {
  readonly name: string;
  readonly values: Float64Array;
  readonly requests: readonly number[];
  readonly inOne: number;
  readonly valuesAre: ValuesAre;
}

/**
 * The events that shares of requests stand for, point by point.
 *
 * @throws CanaryError JUDGEMENT_FAILED when the values cannot be shares
 */
export function eventsOfShares({ name, values, requests, inOne, valuesAre }: SharesOfRequests): Float64Array {
  return values.map((value, index) => {
    const share = value * inOne;
    if (share > NO_SHARE && Number.isFinite(share)) {
      const field = `Metric '${name}': analysisConfigurations.canary.valuesAre is "${valuesAre}", but a value is ${value}`;
      throw new CanaryError('JUDGEMENT_FAILED', `${field}; ${INSTEAD[valuesAre]}.`);
    }
    return share * (requests[index] ?? Number.NaN);
  });
}
