import { autoregressive, type Draws, seriesOf } from '../../support/samples/random-series.ts';

export interface Pair {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
}

/** What the canary does to a metric: a factor on its level at each point. */
export type Change = (t: number, points: number) => number;

export const CHANGES = {
  unchanged: () => 1,
  '+10 %': () => 1.1,
  '+25 %': () => 1.25,
  '+50 %': () => 1.5,
  '-20 %': () => 0.8,
  '+50 % from half time': (t, points) => (t < Math.floor(points / 2) ? 1 : 1.5),
  'ramp to +50 %': (t, points) => 1 + (0.5 * t) / (points - 1),
} satisfies Record<string, Change>;
export type ChangeName = keyof typeof CHANGES;

/** One kind of metric: both arms from the same process, the canary with its level changed. */
export interface Family {
  readonly name: string;
  make(draws: Draws, points: number, change: Change): Pair;
}

/** Values from `level` and the arms' own noise, which is multiplied in. */
function family(
  name: string,
  levels: (draws: Draws, points: number) => (t: number) => number,
  noise: (draws: Draws, points: number) => (level: number, t: number) => number,
): Family {
  return {
    name,
    make: (draws, points, change) => {
      const level = levels(draws, points);
      const [c, e] = [noise(draws, points), noise(draws, points)];
      return {
        control: seriesOf(points, (t) => c(level(t), t)),
        experiment: seriesOf(points, (t) => e(level(t) * change(t, points), t)),
      };
    },
  };
}

const steady = (level: number) => () => () => level;
/** Load that both arms share. */
const shared = (deviation: number, rho: number) => (draws: Draws, points: number) => {
  const load = autoregressive(draws, points, rho);
  return (t: number) => 100 * Math.exp(deviation * (load[t] as number));
};
const diurnal = (draws: Draws, points: number) => {
  const load = shared(0.1, 0.9)(draws, points);
  const start = draws.uniform();
  return (t: number) => 1.5 * load(t) * (1 + 0.5 * Math.sin(2 * Math.PI * (start + t / 1440)));
};
const busy = (draws: Draws, points: number) => {
  const load = shared(0.3, 0.8)(draws, points);
  return (t: number) => load(t) / 20;
};
/** Noise of its own in each arm, with this correlation of neighbours. */
const own = (deviation: number, rho: number) => (draws: Draws, points: number) => {
  const noise = autoregressive(draws, points, rho);
  return (level: number, t: number) => level * Math.exp(deviation * (noise[t] as number));
};
const heavy = (draws: Draws) => (level: number) =>
  level * Math.exp(0.06 * draws.t3()) * (draws.uniform() < 0.02 ? 1 + (1 - draws.uniform()) ** (-1 / 1.5) : 1);
const counted = (draws: Draws) => (level: number) => draws.poisson(level);
const overdispersed = (draws: Draws) => (level: number) => draws.poisson(level * draws.gamma(2));

function errorRatios(draws: Draws, points: number, change: Change): Pair {
  const load = autoregressive(draws, points, 0.8);
  const arm = (factor: Change) =>
    seriesOf(points, (t) => {
      const requests = Math.max(1, draws.poisson(1000 * Math.exp(0.2 * (load[t] as number))));
      const share = 0.01 * Math.exp(0.3 * (load[t] as number)) * factor(t, points);
      return Math.min(1, draws.poisson(requests * share) / requests);
    });
  return { control: arm(CHANGES.unchanged), experiment: arm(change) };
}

const replicas = family('replica-like: shared load 20 %, own noise 5 %, AR 0.5', shared(0.2, 0.92), own(0.05, 0.5));

/** Bursts of missing points, about a fifth of all, in each arm by itself. */
function withGaps(values: readonly number[], draws: Draws): number[] {
  let missing = false;
  return values.map((value) => {
    missing = draws.uniform() < (missing ? 0.8 : 0.05);
    return missing ? Number.NaN : value;
  });
}

/** Climbs and is collected, with a period of its own in each arm. */
function sawtooth(draws: Draws, points: number, factor: Change): number[] {
  const [period, start] = [draws.between(7, 14), draws.uniform()];
  return seriesOf(points, (t) => {
    const height = 60 + 80 * ((start + t / period) % 1);
    return factor(t, points) * height * Math.exp(0.03 * draws.normal());
  });
}

export const FAMILIES: readonly Family[] = [
  family('independent, 10 %', steady(100), own(0.1, 0)),
  family('AR 0.3, 10 %', steady(100), own(0.1, 0.3)),
  family('AR 0.6, 10 %', steady(100), own(0.1, 0.6)),
  family('AR 0.9, 10 %', steady(100), own(0.1, 0.9)),
  family('shared load 20 %, own white noise 5 %', shared(0.2, 0.92), own(0.05, 0)),
  replicas,
  family('shared daily wave 50 %, own noise 5 %, AR 0.5', diurnal, own(0.05, 0.5)),
  family('log-normal percentile, 30 %, AR 0.4', steady(0.15), own(0.33, 0.4)),
  family('heavy tails with rare large spikes', steady(100), heavy),
  family('Poisson counts, mean 0.5', steady(0.5), counted),
  family('Poisson counts, mean 5, shared load', busy, counted),
  family('overdispersed counts, mean 5', steady(5), overdispersed),
  { name: 'share of errors, 1 % of 1,000', make: errorRatios },
  {
    name: 'replica-like with a fifth of the points missing',
    make: (draws, points, change) => {
      const { control, experiment } = replicas.make(draws, points, change);
      return { control: withGaps(control, draws), experiment: withGaps(experiment, draws) };
    },
  },
  {
    name: 'small whole numbers',
    make: (draws, points, change) => {
      const { control, experiment } = family('', shared(0.12, 0.8), own(0.1, 0)).make(draws, points, change);
      const whole = (values: readonly number[]) => values.map((value) => Math.max(1, Math.round(value / 20)));
      return { control: whole(control), experiment: whole(experiment) };
    },
  },
  {
    name: 'sawtooth, each arm with its own period',
    make: (draws, points, change) => {
      return {
        control: sawtooth(draws, points, CHANGES.unchanged),
        experiment: sawtooth(draws, points, change),
      };
    },
  },
  {
    name: 'arms that wander, AR 0.97',
    make: (draws, points, change) => {
      const { control, experiment } = family('', shared(0.2, 0.92), own(0.04, 0.2)).make(draws, points, change);
      const path = autoregressive(draws, points, 0.97);
      return { control, experiment: experiment.map((value, t) => value * Math.exp(0.02 * (path[t] as number))) };
    },
  },
  {
    name: 'replica-like with a lasting difference of 2 %',
    make: (draws, points, change) => {
      const { control, experiment } = replicas.make(draws, points, change);
      const offset = Math.exp(0.02 * draws.normal());
      return { control, experiment: experiment.map((value) => value * offset) };
    },
  },
];
