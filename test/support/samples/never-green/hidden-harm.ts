import {
  AVERAGE,
  at,
  constant,
  from,
  gaps,
  INFINITE,
  metric,
  POINTS,
  RANKS,
  type Situation,
  soundOnes,
  steady,
  worse,
} from './situation.ts';

/** Harm that an average, a short test or a hole could hide. */
export const HARM: readonly Situation[] = [
  { name: 'one of ten metrics is three times as high', metrics: [...soundOnes(9), worse()] },
  { name: 'one of thirty metrics is three times as high', metrics: [...soundOnes(29), worse()], kayenta: AVERAGE },
  { name: 'constant, and constant but higher', metrics: [metric('m', constant(3), constant(4))] },
  { name: 'constant 0, and constant 1', metrics: [metric('m', constant(0), constant(1))] },
  { name: 'no errors, and errors all the time', metrics: [metric('m', constant(0), steady(5))] },
  {
    name: 'no errors, and an error now and then',
    kayenta: RANKS,
    metrics: [
      metric(
        'm',
        constant(0),
        at(POINTS, (t) => (t % 2 ? 1 : 0)),
      ),
    ],
  },
  {
    name: 'infinite at every second point, and three times as high between',
    kayenta: INFINITE,
    metrics: [
      metric(
        'm',
        steady(),
        at(POINTS, (t) => (t % 2 ? 'Infinity' : 300)),
      ),
    ],
  },
  {
    name: 'three times as high where there are values: every second is missing',
    metrics: [
      metric(
        'm',
        steady(),
        at(POINTS, (t) => (t % 2 ? null : 300 + t)),
      ),
    ],
  },
  {
    name: 'three times as high in the last quarter',
    metrics: [metric('m', steady(), from(15, steady(100, POINTS, 1), steady(300)))],
    kayenta: RANKS,
  },
  {
    name: 'falls though it must not, below zero',
    kayenta: 'its arithmetic: a fall from -1 to -3 is three times as much, and taken for a rise',
    metrics: [metric('m', steady(-100), steady(-300, POINTS, 2), { direction: 'decrease' })],
  },
  {
    name: 'of either sign, and higher',
    metrics: [
      metric(
        'm',
        at(POINTS, (t) => (t % 5) - 2),
        at(POINTS, (t) => (t % 5) + 8),
      ),
    ],
  },
  { name: 'near the largest double, and higher', metrics: [metric('m', steady(1e307), steady(1.5e308, POINTS, 1))] },
  {
    name: 'near the smallest double, and higher',
    metrics: [metric('m', steady(1e-307), steady(3e-307, POINTS, 1))],
  },
  {
    name: 'up by half, in a small unit',
    metrics: [metric('m', steady(0.002), steady(0.003, POINTS, 1))],
  },
  {
    name: 'the canary falls silent after a quarter',
    metrics: [metric('m', steady(), from(5, steady(100, POINTS, 1), gaps()))],
    kayenta: 'its test: it compares the points there are',
  },
  {
    name: 'the canary falls silent in half of its metrics',
    metrics: [
      ...soundOnes(2),
      metric('a', steady(), from(5, steady(), gaps())),
      metric('b', steady(), from(5, steady(), gaps())),
    ],
    kayenta: 'its test: it compares the points there are',
  },
  {
    name: 'the baseline falls silent after a quarter',
    metrics: [metric('m', from(5, steady(), gaps()), steady(100, POINTS, 1))],
    kayenta: 'its test: it compares the points there are',
  },
  {
    name: 'the canary is worse, and then silent',
    metrics: [metric('m', steady(), from(10, steady(300, POINTS, 1), gaps()))],
  },
  {
    name: 'a critical metric that is too noisy to tell',
    metrics: [
      ...soundOnes(3),
      metric(
        'm',
        at(POINTS, (t) => [1, 100, 10, 1000][t % 4] ?? 1),
        at(POINTS, (t) => [1000, 1, 100, 30][t % 4] ?? 1),
        { critical: true },
      ),
    ],
    kayenta: RANKS,
  },
];

/** Settings that could switch a test off. */
export const SETTINGS: readonly Situation[] = [
  { name: 'worse, with the smallest budget', metrics: [worse()], judgeConfigurations: { errorBudget: 1e-4 } },
  { name: 'worse, and the score decides', metrics: [worse()], judgeConfigurations: { verdict: 'weightedScore' } },
  { name: 'worse after a warm-up as long as the window', metrics: [worse('m', { warmUpMinutes: 20 })] },
  { name: 'worse in a warm-up that leaves four points', metrics: [worse('m', { warmUpMinutes: 16 })] },
  {
    name: 'worse, and inconclusive metrics pass',
    metrics: [metric('a', [5], [50], { inconclusive: 'pass' })],
    judgeConfigurations: { inconclusive: 'pass' },
  },
  { name: 'a direction that is no word', metrics: [worse('m', { direction: 'up' })] },
  { name: 'a limit that is a text', metrics: [worse('m', { effectSize: { allowedIncrease: 'ten' } })] },
  { name: 'critical and advisory at once', metrics: [worse('m', { critical: true, importance: 'advisory' })] },
];
