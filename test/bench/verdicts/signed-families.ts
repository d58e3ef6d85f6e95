import { autoregressive, type Draws, seriesOf } from '../../support/samples/random-series.ts';
import type { Pair } from './simulated-families.ts';

/** A metric with values of either sign; the canary's are higher by `shift`, in units of the typical size. */
export interface SignedFamily {
  readonly name: string;
  make(draws: Draws, points: number, shift: (t: number) => number): Pair;
}

/** Both arms by one rule; `size` is the mean absolute value of an arm. */
function family(name: string, size: number, arms: (draws: Draws, points: number) => Pair): SignedFamily {
  return {
    name,
    make: (draws, points, shift) => {
      const { control, experiment } = arms(draws, points);
      return { control, experiment: experiment.map((value, t) => value + size * shift(t)) };
    },
  };
}

const both = (arm: () => readonly number[]): Pair => ({ control: arm(), experiment: arm() });
/** The mean absolute value of a standard normal variable, and of one of t with 3 degrees of freedom. */
const NORMAL = Math.sqrt(2 / Math.PI);
const T3 = (2 * Math.sqrt(3)) / Math.PI;

export const SIGNED_FAMILIES: readonly SignedFamily[] = [
  family('around 0, independent', NORMAL, (draws, points) => both(() => seriesOf(points, () => draws.normal()))),
  family('around 0, AR 0.6', NORMAL, (draws, points) => both(() => autoregressive(draws, points, 0.6))),
  family('around 0, AR 0.9', NORMAL, (draws, points) => both(() => autoregressive(draws, points, 0.9))),
  family('mostly above 0, independent', 2.01, (draws, points) =>
    both(() => seriesOf(points, () => 2 + draws.normal())),
  ),
  family('around 0, heavy tails', T3, (draws, points) => both(() => seriesOf(points, () => draws.t3()))),
  family('shared wave, own noise a fifth', NORMAL * Math.hypot(1, 0.2), (draws, points) => {
    const wave = autoregressive(draws, points, 0.92);
    return both(() => wave.map((value) => value + 0.2 * draws.normal()));
  }),
];
