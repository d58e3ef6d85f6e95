import { percentile } from '../../../judges/stats/samples/percentile.ts';
import { autoregressive, type Draws, seriesOf } from '../../support/samples/random-series.ts';
import type { BenchMetric } from './judged-canary.ts';
import { CHANGES, FAMILIES, type Pair } from './simulated-families.ts';

/** A situation that judges get wrong, or got wrong: the metric it is about, and metrics of requests beside it. */
export interface Scenario {
  readonly name: string;
  /** What a judge should say of it. */
  readonly right: 'no alarm' | 'High';
  readonly settings?: Readonly<Record<string, unknown>>;
  make(draws: Draws): readonly [BenchMetric, ...BenchMetric[]];
}

const POINTS = 60;
const gaussian = (draws: Draws, level: number, deviation: number, points = POINTS) =>
  seriesOf(points, () => level * Math.exp(deviation * draws.normal()));
const replicas = (draws: Draws, points = POINTS): Pair => {
  const family = FAMILIES.find(({ name }) => name.startsWith('replica-like: '));
  return family?.make(draws, points, CHANGES.unchanged) ?? { control: [], experiment: [] };
};
const times = (values: readonly number[], factor: (t: number) => number) => values.map((value, t) => value * factor(t));
const poisson = (draws: Draws, mean: number, points = POINTS) => seriesOf(points, () => draws.poisson(mean));
/** Each value is the mean of the last `range` of a longer series. */
const moving = (values: readonly number[], range: number) =>
  values.slice(range - 1).map((_, t) => values.slice(t, t + range).reduce((a, b) => a + b) / range);

const changed = (name: string, factor: (t: number, draws: Draws) => number, points = POINTS): Scenario => ({
  name,
  right: 'High',
  make: (draws) => {
    const { control, experiment } = replicas(draws, points);
    return [{ control, experiment: times(experiment, (t) => factor(t, draws)) }];
  },
});

const overlapping = (range: number, query?: string): Scenario => ({
  name: `unchanged, rate over ${range} minutes at a step of one${query ? ', told from the query' : ''}`,
  right: 'no alarm',
  make: (draws) => {
    const arm = () => moving(gaussian(draws, 100, 0.1, POINTS + range - 1), range);
    return [{ control: arm(), experiment: arm(), ...(query && { query }) }];
  },
});

/** A percentile of so many log-normal response times, at each point. */
const percentiles = (draws: Draws, requests: number, share: number) =>
  seriesOf(POINTS, () => {
    const sorted = Float64Array.from({ length: requests }, () => Math.exp(0.5 * draws.normal())).sort();
    return percentile(sorted, 100 * share);
  });

/** The traffic of the arms as a metric that does not count. */
const requestsOf = (control: readonly number[], experiment: readonly number[]): BenchMetric => {
  return { control, experiment, canary: { muted: true } };
};
const steadily = (value: number, points = POINTS) => seriesOf(points, () => value);

const p99OfFew = (name: string, canary: Readonly<Record<string, unknown>>): Scenario => ({
  name,
  right: 'no alarm',
  make: (draws) => [
    { control: percentiles(draws, 1000, 0.99), experiment: percentiles(draws, 20, 0.99), canary },
    requestsOf(steadily(1000), steadily(20)),
  ],
});

interface Errors {
  readonly name: string;
  readonly right: Scenario['right'];
  readonly control: number;
  readonly experiment: number;
  /** Requests a point of each arm. */
  readonly requests: readonly [number, number];
  readonly points?: number;
}

/** Errors of so many requests: as the share that most dashboards show. */
const shares = ({ name, right, control, experiment, requests: [c, e], points = POINTS }: Errors): Scenario => ({
  name,
  right,
  make: (draws) => [
    {
      control: poisson(draws, control * c, points).map((count) => count / c),
      experiment: poisson(draws, experiment * e, points).map((count) => count / e),
    },
  ],
});

/** The same as numerator and denominator. */
const rates = ({ name, right, control, experiment, requests: [c, e], points = POINTS }: Errors): Scenario => ({
  name: `${name}, with its requests`,
  right,
  make: (draws) => {
    const [ofControl, ofCanary] = [poisson(draws, c, points), poisson(draws, e, points)];
    const errors = (requests: readonly number[], share: number) =>
      requests.map((count) => draws.poisson(count * share));
    return [
      {
        control: errors(ofControl, control),
        experiment: errors(ofCanary, experiment),
        canary: { ratioOf: 'metric 1' },
      },
      requestsOf(ofControl, ofCanary),
    ];
  },
});

const FEW_ERRORS: Errors = {
  name: '1 % of errors unchanged, canary with 10 of 1,010 requests',
  right: 'no alarm',
  control: 0.01,
  experiment: 0.01,
  requests: [1000, 10],
};
const MORE_ERRORS: Errors = {
  ...FEW_ERRORS,
  name: '1 % to 3 % of errors, the same traffic',
  right: 'High',
  experiment: 0.03,
};
const DOUBLED: Errors = {
  name: '12 points, 1 % to 2 % of errors, 1,000 requests each',
  right: 'High',
  control: 0.01,
  experiment: 0.02,
  requests: [1000, 1000],
  points: 12,
};
const AT_A_TENTH: Errors = {
  ...DOUBLED,
  name: '12 points, 1 % to 2 % of errors, canary with a tenth',
  requests: [1000, 100],
};

const scattered = (name: string, settings: Readonly<Record<string, unknown>>): Scenario => ({
  name,
  right: 'High',
  settings,
  make: (draws) => [{ control: gaussian(draws, 100, 0.05), experiment: gaussian(draws, 100, 0.2) }],
});

const humps = (name: string, right: Scenario['right'], [control, experiment]: [number, number]): Scenario => ({
  name,
  right,
  make: (draws) => {
    const arm = (slow: number) =>
      seriesOf(POINTS, () => (draws.uniform() < slow ? 50 : 5) * Math.exp(0.1 * draws.normal()));
    return [{ control: arm(control), experiment: arm(experiment) }];
  },
});

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'unchanged, warm-up three times as slow, fading over 3-10 minutes',
    right: 'no alarm',
    make: (draws) => {
      const { control, experiment } = replicas(draws);
      const minutes = draws.between(3, 10);
      return [{ control, experiment: times(experiment, (t) => 1 + 2 * Math.max(0, 1 - t / minutes)) }];
    },
  },
  overlapping(5),
  overlapping(15),
  overlapping(15, 'rate(x[15m])'),
  {
    name: 'unchanged, canary starts 20 minutes late, shared load',
    right: 'no alarm',
    make: (draws) => {
      const { control, experiment } = replicas(draws);
      return [{ control, experiment: experiment.map((value, t) => (t < 20 ? Number.NaN : value)) }];
    },
  },
  p99OfFew('unchanged, p99 of 20 requests against that of 1,000', {}),
  p99OfFew('the same, with its traffic', { traffic: 'metric 1', percentile: 0.99 }),
  {
    name: 'unchanged, median of 10 requests against that of 1,000',
    right: 'no alarm',
    make: (draws) => [{ control: percentiles(draws, 1000, 0.5), experiment: percentiles(draws, 10, 0.5) }],
  },
  shares(FEW_ERRORS),
  rates(FEW_ERRORS),
  shares(MORE_ERRORS),
  rates(MORE_ERRORS),
  shares(DOUBLED),
  rates(DOUBLED),
  shares(AT_A_TENTH),
  rates(AT_A_TENTH),
  {
    name: '0.5 to 1.5 errors a minute',
    right: 'High',
    make: (draws) => [{ control: poisson(draws, 0.5), experiment: poisson(draws, 1.5) }],
  },
  {
    name: '12 points, no errors to one a minute',
    right: 'High',
    make: (draws) => [{ control: steadily(0, 12), experiment: poisson(draws, 1, 12) }],
  },
  {
    name: '12 points, constant 3 to constant 4',
    right: 'High',
    make: () => [{ control: steadily(3, 12), experiment: steadily(4, 12) }],
  },
  changed('12 points, +50 % from half time', (t) => (t < 6 ? 1 : 1.5), 12),
  changed('12 points, +50 % in the last 3', (t) => (t < 9 ? 1 : 1.5), 12),
  changed('12 points, ramp to +50 %', (t) => 1 + (0.5 * t) / 11, 12),
  changed('31 points, +30 % in the last 5', (t) => (t < 26 ? 1 : 1.3), 31),
  changed('+50 % in the last 30', (t) => (t < 30 ? 1 : 1.5)),
  changed('+50 % in the last 20', (t) => (t < 40 ? 1 : 1.5)),
  changed('+50 % in the last 10', (t) => (t < 50 ? 1 : 1.5)),
  changed('+50 % in the last 2', (t) => (t < 58 ? 1 : 1.5)),
  changed('leak: +5 % at the end', (t) => 1 + (0.05 * t) / 59),
  changed('leak: +10 % at the end', (t) => 1 + (0.1 * t) / 59),
  changed('leak: +30 % at the end', (t) => 1 + (0.3 * t) / 59),
  humps('two humps at 5 and 50 ms, slow share 50 to 80 %', 'High', [0.5, 0.8]),
  humps('unchanged, two humps at 5 and 50 ms, slow share 50 %', 'no alarm', [0.5, 0.5]),
  {
    name: '12 points, unchanged, warm-up three times as slow, fading over 3-10 points',
    right: 'no alarm',
    make: (draws) => {
      const { control, experiment } = replicas(draws, 12);
      const points = draws.between(3, 10);
      return [{ control, experiment: times(experiment, (t) => 1 + 2 * Math.max(0, 1 - t / points)) }];
    },
  },
  {
    name: 'unchanged, waves: AR 0.9 of each arm by itself',
    right: 'no alarm',
    make: (draws) => {
      const arm = () => autoregressive(draws, POINTS, 0.9).map((x) => 100 * Math.exp(0.1 * x));
      return [{ control: arm(), experiment: arm() }];
    },
  },
  {
    name: 'spikes: 4 of 60 points three times as high, without history',
    right: 'High',
    make: (draws) => {
      const { control, experiment } = replicas(draws);
      const places = new Set([draws.whole(0, 14), draws.whole(15, 29), draws.whole(30, 44), draws.whole(45, 59)]);
      return [{ control, experiment: times(experiment, (t) => (places.has(t) ? 3 : 1)) }];
    },
  },
  scattered('four times the scatter', {}),
  scattered('four times the scatter, traffic declared equal', { arms: { traffic: 'equal' } }),
];
