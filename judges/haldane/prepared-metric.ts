import { type MetricSetPair, unpairedReason } from '../../src/domain/metric-set-pair.ts';
import { type SilentEnd, silentEnd } from '../../src/domain/silent-end.ts';
import { CanaryError } from '../../src/errors.ts';
import { onOneGrid } from './arms.ts';
import type { MetricRules } from './haldane-settings.ts';

/** Both sides of a metric, as they are tested. */
export interface PreparedMetric {
  readonly name: string;
  readonly control: readonly number[];
  readonly experiment: readonly number[];
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
  /** Points cut off at the start. */
  readonly warmUp: number;
  readonly stepSeconds: number;
  /** Whether the series says how far its points are apart; else a minute is taken. */
  readonly knowsStep: boolean;
  /** Requests at each point, of the metric named as traffic. */
  readonly traffic: Sides | undefined;
  /** Requests of which the values are events, of the metric named by ratioOf; then `control` and `experiment` are counts. */
  readonly requests: Sides | undefined;
  /** The queries' texts; of each side, if known. */
  readonly queries: readonly string[];
}

interface Sides {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

const USUAL_STEP_SECONDS = 60;

/** The series of a metric with its warm-up cut off, missing values treated as its config says, and the metrics it names. */
export function prepareMetric(
  pair: MetricSetPair,
  rules: MetricRules,
  pairs: readonly MetricSetPair[],
): PreparedMetric {
  const { control, experiment } = sidesOf(pair);
  const stepMillis = pair.scopes?.experiment?.stepMillis ?? pair.scopes?.control?.stepMillis ?? 0;
  const stepSeconds = stepMillis > 0 ? stepMillis / 1000 : USUAL_STEP_SECONDS;
  const warmUp = Math.ceil((rules.warmUpMinutes * 60) / stepSeconds);
  const given = { control: control.slice(warmUp), experiment: experiment.slice(warmUp) };
  const scale = requestsScale(rules, stepSeconds);
  const named = (field: 'traffic' | 'ratioOf'): Sides | undefined => {
    const metric = rules[field];
    return metric === undefined ? undefined : requestsOf(metric, { pair, pairs, field, scale, warmUp });
  };
  const requests = named('ratioOf');
  const perPoint = requests ? scale : 1;
  const asTested = (values: readonly number[]) =>
    values.map((value) => perPoint * (rules.missingIsZero && Number.isNaN(value) ? 0 : value));
  const grid = onOneGrid(asTested(given.control), asTested(given.experiment));
  const count = (is: (value: number) => boolean) => {
    return { control: given.control.filter(is).length, experiment: given.experiment.filter(is).length };
  };
  return {
    name: pair.name,
    control: [...grid.control],
    experiment: [...grid.experiment],
    given: { control: control.length, experiment: experiment.length },
    present: count(Number.isFinite),
    infinite: count((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY),
    silentEnd: rules.missingIsZero ? undefined : silentEnd(given),
    unpaired: unpairedReason(pair),
    warmUp,
    stepSeconds,
    knowsStep: stepMillis > 0,
    traffic: named('traffic'),
    requests,
    queries: [pair.attributes?.control?.query, pair.attributes?.experiment?.query].flatMap((text) => text ?? []),
  };
}

function sidesOf({ name, values: { control, experiment } }: MetricSetPair): Sides {
  if (control !== undefined && experiment !== undefined) return { control, experiment };
  const side = control === undefined ? 'control' : 'experiment';
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    `Metric '${name}': values.${side} is missing; write [] for a side without points.`,
  );
}

interface Naming {
  readonly pair: MetricSetPair;
  readonly pairs: readonly MetricSetPair[];
  readonly field: 'traffic' | 'ratioOf';
  /** Requests of a point in one of its values. */
  readonly scale: number;
  readonly warmUp: number;
}

/** The series of another metric; of those with several, the one with the same tags. */
function requestsOf(metric: string, { pair, pairs, field, scale, warmUp }: Naming): Sides {
  const found = pairs.filter(({ name }) => name === metric);
  const same =
    found.find(({ tags }) => tagsOf(tags) === tagsOf(pair.tags)) ?? (found.length === 1 ? found[0] : undefined);
  if (same === undefined || metric === pair.name) {
    const known = [...new Set(pairs.map(({ name }) => name))].filter((name) => name !== pair.name);
    const words = known.map((name) => `'${name}'`).join(', ') || 'none';
    throw new CanaryError(
      'JUDGEMENT_FAILED',
      `Metric '${pair.name}': analysisConfigurations.canary.${field} is "${metric}"; write the name of ` +
        `another metric with one series, or as many as this one: ${words}.`,
    );
  }
  const { control, experiment } = sidesOf(same);
  const scaled = (values: readonly number[]) => values.slice(warmUp).map((value) => value * scale);
  return { control: scaled(control), experiment: scaled(experiment) };
}

function tagsOf(tags: MetricSetPair['tags'] = {}): string {
  return JSON.stringify(Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function requestsScale({ requestsPer }: MetricRules, stepSeconds: number): number {
  if (requestsPer === 'point') return 1;
  return requestsPer === 'second' ? stepSeconds : stepSeconds / 60;
}
