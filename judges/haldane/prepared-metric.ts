import { SIDES } from '../../src/domain/canary-scope.ts';
import { type MetricSetPair, MISSING, SAME_QUERY, unpairedReason } from '../../src/domain/metric-set-pair.ts';
import { type SilentEnd, silentEnd } from '../../src/domain/silent-end.ts';
import { findLimits, type LimitFinding } from '../steps/limit-finding.ts';
import { requestsInOne } from '../steps/per-of-query.ts';
import { type Arms, onOneGrid } from './arms.ts';
import { eventsOfShares, shareInOne } from './events-of-metric.ts';
import type { MetricRules } from './haldane-settings.ts';
import { perOf, requestsOf, type Sides, sidesOf } from './requests-of-metric.ts';

/** Both sides of a metric, as they are tested. */
export interface PreparedMetric {
  readonly name: string;
  readonly control: Float64Array;
  readonly experiment: Float64Array;
  /** Points before the warm-up was cut off. */
  readonly given: { readonly control: number; readonly experiment: number };
  /** Values that there really were, on each side, after the warm-up. */
  readonly present: { readonly control: number; readonly experiment: number };
  /** Values that were infinite, and so are taken as missing. */
  readonly infinite: { readonly control: number; readonly experiment: number };
  /** A side whose data end long before the other's, unless missing values count as 0. */
  readonly silentEnd: SilentEnd | undefined;
  /** Why the series pairs with none of the other side; undefined when it does. */
  readonly unpaired: string | undefined;
  /** Both sides were asked the same question: their values cannot differ. */
  readonly sameQuestion: boolean;
  /** Points cut off at the start. */
  readonly warmUp: number;
  readonly stepSeconds: number;
  /** Whether the series says how far its points are apart; else a minute is taken. */
  readonly knowsStep: boolean;
  /** Requests at each point. */
  readonly traffic: Sides | undefined;
  /** The values as they were given, where `control` and `experiment` are the events that they are shares of. */
  readonly shares: Arms | undefined;
  /** The share of the requests that a value of 1 stands for; undefined where the values are no shares of requests. */
  readonly shareInOne: number | undefined;
  /** Requests of which the values are events; then `control` and `experiment` are counts. */
  readonly requests: Sides | undefined;
  /** The control's values up to the first point; a text says why there are none. Undefined: not asked for. */
  readonly history: readonly number[] | string | undefined;
  /** What the metric's limits say; undefined: it has none. */
  readonly limits: LimitFinding | undefined;
  /** The queries' texts; of each side, if known. */
  readonly queries: readonly string[];
}

const USUAL_STEP_SECONDS = 60;

/** The series of a metric with its warm-up cut off, missing values treated as its config says, and the metrics it names. */
export function prepareMetric(
  pair: MetricSetPair,
  rules: MetricRules,
  pairs: readonly MetricSetPair[],
): PreparedMetric {
  const { control, experiment } = sidesOf(pair.name, pair);
  const stepMillis = pair.scopes?.experiment?.stepMillis ?? pair.scopes?.control?.stepMillis ?? 0;
  const stepSeconds = stepMillis > 0 ? stepMillis / 1000 : USUAL_STEP_SECONDS;
  const warmUp = Math.ceil((rules.warmUpMinutes * 60) / stepSeconds);
  const given =
    warmUp === 0 ? { control, experiment } : { control: control.slice(warmUp), experiment: experiment.slice(warmUp) };
  const options = { pair, pairs, rules, stepSeconds, warmUp };
  const requests = requestsOf('denominator', options);
  const inOne = shareInOne(rules, requests);
  const perPoint = requests && inOne === undefined ? requestsInOne(perOf(pair, rules), stepSeconds) : 1;
  const asTested = (values: readonly number[]) =>
    perPoint === 1 && !rules.missingIsZero
      ? values
      : values.map((value) => perPoint * (rules.missingIsZero && Number.isNaN(value) ? 0 : value));
  const values = onOneGrid(asTested(given.control), asTested(given.experiment));
  const grid = requests && inOne !== undefined ? eventsOf({ name: pair.name, values, requests, inOne, rules }) : values;
  const sameQuestion = pair.attributes?.experiment?.[SAME_QUERY] !== undefined;
  return {
    name: pair.name,
    control: grid.control,
    experiment: grid.experiment,
    given: { control: control.length, experiment: experiment.length },
    ...countBoth(given, requests),
    silentEnd: rules.missingIsZero ? undefined : silentEnd(given),
    unpaired: unpairedReason(pair) ?? (pair.denominator && unpairedReason(pair.denominator)),
    sameQuestion,
    warmUp,
    stepSeconds,
    knowsStep: stepMillis > 0,
    traffic: requestsOf('traffic', options),
    requests,
    shares: inOne === undefined ? undefined : values,
    shareInOne: inOne,
    history: historyOf(pair),
    limits: findLimits(rules.limits, {
      ...{ name: pair.name, ...given, sameQuestion, missingIsZero: rules.missingIsZero },
      requests: requests?.experiment,
      stepSeconds,
      eventsInOne: requestsInOne(perOf(pair, rules), stepSeconds),
    }),
    queries: [pair, pair.denominator].flatMap((one) => SIDES.flatMap((side) => one?.attributes?.[side]?.query ?? [])),
  };
}

interface Shares {
  readonly name: string;
  readonly values: Arms;
  readonly requests: Sides;
  readonly inOne: number;
  readonly rules: MetricRules;
}

function eventsOf({ values, requests, rules: { valuesAre }, ...common }: Shares): Arms {
  const events = (side: keyof Arms) =>
    eventsOfShares({ ...common, values: values[side], requests: requests[side], valuesAre });
  return { control: events('control'), experiment: events('experiment') };
}

function countBoth(given: Sides, requests: Sides | undefined): Pick<PreparedMetric, 'present' | 'infinite'> {
  const control = countValues(given.control, requests?.control);
  const experiment = countValues(given.experiment, requests?.experiment);
  return {
    present: { control: control.known, experiment: experiment.known },
    infinite: { control: control.infinite, experiment: experiment.infinite },
  };
}

/** Events of an unknown number of requests say nothing. */
function countValues(values: readonly number[], requests: readonly number[] | undefined) {
  let known = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) {
      if (requests === undefined || Number.isFinite(requests[i])) known++;
    } else if (!Number.isNaN(value)) infinite++;
  }
  return { known, infinite };
}

function historyOf({ history }: MetricSetPair): readonly number[] | string | undefined {
  if (history === undefined) return undefined;
  const { control = [] } = history.values;
  return history.attributes?.control?.[MISSING] ?? (control.length === 0 ? 'none was given' : control);
}
