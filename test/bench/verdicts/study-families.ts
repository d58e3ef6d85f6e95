import { type Draws, seriesOf } from '../../support/samples/random-series.ts';
import type { BenchMetric } from './judged-canary.ts';

/** A metric with the control's values before the canary. */
export interface StudyMetric extends BenchMetric {
  readonly history: readonly number[];
}

/** One of nine kinds of canaries of a published study of 2026, and what a judge should say of it. */
export interface StudyFamily {
  readonly name: string;
  readonly right: 'Pass' | 'Fail';
  make(draws: Draws): readonly StudyMetric[];
}

const POINTS = 31;
/** A day of minutes. */
const HISTORY = 1440;
/** Latency, memory, errors: their levels, and the standard deviation of their independent noise as a share. */
const METRICS = [
  { level: 0.2, noise: 0.04 },
  { level: 500, noise: 0.01 },
  { level: 0.5, noise: 0.04 },
] as const;

interface Shape {
  /** Of the noise, as a multiple, in both arms and in the canary alone. */
  readonly noise?: number;
  readonly noiseOfCanary?: number;
  /** Draws the canary's level at each point, as a factor: of the metric that is hit, or of every one. */
  readonly factorOf?: (draws: Draws) => Factor;
  readonly hits?: 'one' | 'all';
}

type Factor = (t: number) => number;

function metricsOf(draws: Draws, { noise = 1, noiseOfCanary = 1, factorOf = () => () => 1, hits = 'one' }: Shape) {
  const hit = draws.whole(0, METRICS.length - 1);
  return METRICS.map((metric, index): StudyMetric => {
    const isHit = hits === 'all' || index === hit;
    const factor = factorOf(draws);
    const value = (times: number) => metric.level * Math.max(0.01, 1 + metric.noise * times * draws.normal());
    return {
      history: seriesOf(HISTORY, () => value(noise)),
      control: seriesOf(POINTS, () => value(noise)),
      experiment: seriesOf(POINTS, (t) => value(noise * (isHit ? noiseOfCanary : 1)) * (isHit ? factor(t) : 1)),
      canary: { direction: 'increase' },
    };
  });
}

/** Starts at `height`, holds it, and is back at 1 for the last third. */
function healed(draws: Draws): Factor {
  const [height, until, back] = [draws.between(0.4, 0.8), draws.whole(10, 14), draws.whole(3, 6)];
  return (t) => 1 + height * Math.min(1, Math.max(0, (until + back - t) / back));
}

function spikes(draws: Draws): Factor {
  const places = new Set<number>();
  const count = draws.whole(3, 5);
  while (places.size < count) places.add(draws.whole(0, POINTS - 1));
  const heights = new Map([...places].map((place) => [place, draws.between(2.5, 4)]));
  return (t) => heights.get(t) ?? 1;
}

function lateRamp(draws: Draws): Factor {
  const [start, height] = [POINTS - Math.floor(POINTS / 5), draws.between(0.3, 0.6)];
  return (t) => 1 + Math.max(0, (height * (t - start + 1)) / (POINTS - start));
}

function steadily(from: number, to: number): (draws: Draws) => Factor {
  return (draws) => {
    const factor = draws.between(from, to);
    return () => factor;
  };
}

export const STUDY_FAMILIES: readonly StudyFamily[] = [
  {
    name: 'no change within 1.5 %',
    right: 'Pass',
    make: (draws) => metricsOf(draws, { factorOf: steadily(0.985, 1.015), hits: 'all' }),
  },
  {
    name: 'noise of both arms five to eight times',
    right: 'Pass',
    make: (draws) => metricsOf(draws, { noise: draws.between(5, 8) }),
  },
  { name: 'transient that has healed', right: 'Pass', make: (draws) => metricsOf(draws, { factorOf: healed }) },
  {
    name: 'clean shift of 15-50 %',
    right: 'Fail',
    make: (draws) => metricsOf(draws, { factorOf: steadily(1.15, 1.5) }),
  },
  {
    name: "canary's noise six to ten times",
    right: 'Fail',
    make: (draws) => metricsOf(draws, { noiseOfCanary: draws.between(6, 10) }),
  },
  {
    name: '3-5 spikes of 2.5-4 times',
    right: 'Fail',
    make: (draws) => metricsOf(draws, { factorOf: spikes }),
  },
  {
    name: 'ramp over the last fifth',
    right: 'Fail',
    make: (draws) => metricsOf(draws, { factorOf: lateRamp }),
  },
  {
    name: 'all three metrics +1.8-3.2 %',
    right: 'Fail',
    make: (draws) => metricsOf(draws, { factorOf: steadily(1.018, 1.032), hits: 'all' }),
  },
  {
    name: 'subtle shift of 6-8.5 %',
    right: 'Fail',
    make: (draws) => metricsOf(draws, { factorOf: steadily(1.06, 1.085) }),
  },
];
