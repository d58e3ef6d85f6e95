import { createSeededRandom } from '../../../judges/stats/numerics/seeded-random.ts';

export interface DataSet {
  readonly name: string;
  readonly control: number[];
  readonly experiment: number[];
  /** what is true of it */
  readonly truth: string;
}

const POINTS = 60;
const random = (seed: number) => createSeededRandom(Float64Array.of(seed));
const series = (
  seed: number,
  draw: (noise: { uniform(): number; normal(): number }, index: number) => number,
): number[] => {
  const noise = random(seed);
  return Array.from({ length: POINTS }, (_, index) => draw(noise, index));
};
const latency = (seed: number, mean: number) => series(seed, ({ normal }) => mean * (1 + 0.08 * normal()));
const mostlyZero = (seed: number, zeros: number) =>
  series(seed, ({ uniform }) => (uniform() < zeros ? 0 : 1 + Math.floor(3 * uniform())));
const correlated = (seed: number) => {
  let state = 0;
  return series(seed, ({ normal }) => {
    state = 0.85 * state + normal();
    return 100 + 4 * state;
  });
};
const times = (values: readonly number[], factor: number) => values.map((value) => value * factor);

const SMALL = {
  control: [5.24e-5, 4.6e-5, 4.19e-5, 2.71e-5, 4.55e-5, 7.21e-5, 4.26e-5, 6.03e-5, 5.38e-5, 4.75e-5, 6.1e-5, 4.85e-5],
  experiment: [
    9.07e-5, 7.45e-5, 5.95e-5, 8.93e-5, 8.04e-5, 6.79e-5, 7.71e-5, 8.12e-5, 6.96e-5, 5.3e-5, 7.41e-5, 6.93e-5,
  ],
};
const OUTLIERS = latency(7, 100).map((value, index) => (index === 20 || index === 41 ? value * 30 : value));

/** Eight data sets on which judges differ, or might be expected to. */
export const TELLING_DATA_SETS: readonly DataSet[] = [
  { name: 'nothing has changed', control: latency(1, 100), experiment: latency(2, 100), truth: 'same' },
  { name: '10 % slower', control: latency(3, 100), experiment: latency(4, 110), truth: 'worse' },
  { name: 'errors up by half, as shares', ...SMALL, truth: 'worse' },
  {
    name: 'the same, per million',
    control: times(SMALL.control, 1e6),
    experiment: times(SMALL.experiment, 1e6),
    truth: 'worse',
  },
  { name: 'rare errors twice as often', control: mostlyZero(5, 0.85), experiment: mostlyZero(6, 0.55), truth: 'worse' },
  {
    name: '8 % slower, two points are wild in the baseline',
    control: OUTLIERS,
    experiment: latency(8, 108),
    truth: 'worse',
  },
  { name: 'waves that only look like a change', control: correlated(9), experiment: correlated(12), truth: 'same' },
  {
    name: 'constant, and constant but higher',
    control: new Array(POINTS).fill(4),
    experiment: new Array(POINTS).fill(5),
    truth: 'worse',
  },
];
