import {
  AVERAGE,
  at,
  constant,
  FEW,
  gaps,
  INFINITE,
  metric,
  POINTS,
  type Situation,
  sound,
  soundOnes,
  steady,
  worse,
  ZEROS,
} from './situation.ts';

/** No data, or hardly any. */
export const WITHOUT_DATA: readonly Situation[] = [
  { name: 'no point on either side', metrics: [metric('m', [], [])] },
  { name: 'no point of the canary', metrics: [metric('m', steady(), [])] },
  { name: 'no point of the baseline', metrics: [metric('m', [], steady())] },
  { name: 'gaps alone on both sides', metrics: [metric('m', gaps(), gaps())] },
  { name: 'gaps alone in the canary', metrics: [metric('m', steady(), gaps())] },
  { name: 'gaps alone in the baseline', metrics: [metric('m', gaps(), steady())] },
  { name: 'NaN alone in the canary', metrics: [metric('m', steady(), constant('NaN'))] },
  { name: 'NaN alone on both sides', metrics: [metric('m', constant('NaN'), constant('NaN'))] },
  {
    name: 'infinite values alone in the canary',
    kayenta: INFINITE,
    metrics: [metric('m', steady(), constant('Infinity'))],
  },
  {
    name: 'infinite values alone on both sides',
    kayenta: INFINITE,
    metrics: [metric('m', constant('Infinity'), constant('Infinity'))],
  },
  {
    name: 'below all bounds in the canary',
    kayenta: INFINITE,
    metrics: [metric('m', steady(), constant('-Infinity'))],
  },
  { name: 'one point a side, alike', metrics: [metric('m', [5], [5])], kayenta: FEW },
  { name: 'one point a side, ten times as high', metrics: [metric('m', [5], [50])] },
  { name: 'two points a side, alike', metrics: [metric('m', [5, 6], [5, 6])], kayenta: FEW },
  { name: 'four points a side, alike', metrics: [metric('m', steady(5, 4), steady(5, 4, 1))], kayenta: FEW },
  { name: 'one point of the canary beside twenty', metrics: [metric('m', steady(), [100])], kayenta: FEW },
  { name: 'two points of the canary beside twenty', metrics: [metric('m', steady(), [101, 99])], kayenta: FEW },
  {
    name: 'points that never meet, three times as high',
    metrics: [
      metric(
        'm',
        at(POINTS, (t) => (t % 2 ? 100 : null)),
        at(POINTS, (t) => (t % 2 ? null : 300 + t)),
      ),
    ],
  },
  {
    name: 'half of the metrics without data',
    metrics: [...soundOnes(2), metric('a', steady(), gaps()), metric('b', steady(), gaps())],
  },
  {
    name: 'most of the metrics without data',
    metrics: [...soundOnes(1), metric('a', steady(), gaps()), metric('b', gaps(), gaps()), metric('c', steady(), [])],
  },
  {
    name: 'a critical metric without data among sound ones',
    metrics: [...soundOnes(4), metric('m', steady(), gaps(), { critical: true })],
  },
  {
    name: 'a metric that must have data, without',
    metrics: [...soundOnes(2), metric('m', steady(), gaps(), { mustHaveData: true })],
  },
  {
    name: 'missing values that count as 0, all of them, on both sides',
    kayenta: ZEROS,
    metrics: [metric('m', gaps(), gaps(), { nanStrategy: 'replace' })],
  },
  {
    name: 'missing values that count as 0 and are critical, on both sides',
    kayenta: ZEROS,
    metrics: [metric('m', gaps(), gaps(), { nanStrategy: 'replace', critical: true })],
  },
  {
    name: 'orders that stop: missing values of the canary count as 0',
    metrics: [metric('m', steady(), gaps(), { nanStrategy: 'replace', direction: 'decrease' })],
  },
  {
    name: 'traffic of the canary at 0, which must not fall',
    metrics: [metric('m', steady(), constant(0), { direction: 'decrease' })],
  },
  {
    name: 'every metric is ignored without data',
    metrics: [metric('a', steady(), gaps(), { noData: 'ignore' }), metric('b', steady(), gaps(), { noData: 'ignore' })],
  },
  {
    name: 'every metric is inconclusive without data',
    metrics: [
      metric('a', steady(), gaps(), { noData: 'inconclusive' }),
      metric('b', steady(), gaps(), { noData: 'inconclusive' }),
    ],
  },
];

/** Metrics that do not count. */
export const NOT_COUNTING: readonly Situation[] = [
  { name: 'every metric is muted', metrics: [metric('m', steady(), steady(100, POINTS, 1), { muted: true })] },
  { name: 'every metric is muted, and worse', metrics: [worse('m', { muted: true })] },
  {
    name: 'every metric is advisory, and worse',
    metrics: [worse('a', { importance: 'advisory' }), worse('b', { importance: 'advisory' })],
  },
  {
    name: 'every metric is advisory, without data',
    metrics: [metric('a', steady(), gaps(), { importance: 'advisory' })],
  },
  { name: 'worse, but in no group', metrics: [metric('m', steady(), steady(300, POINTS, 3), {}, { groups: [] })] },
  {
    name: 'worse, in a group without weight beside one of 100',
    metrics: [sound('s', 1), metric('m', steady(), steady(300, POINTS, 3), {}, { groups: ['h'] })],
    weights: { g: 100 },
    kayenta: AVERAGE,
  },
  {
    name: 'worse, in a group of weight 0',
    metrics: [sound('s', 1), metric('m', steady(), steady(300, POINTS, 3), {}, { groups: ['h'] })],
    weights: { g: 100, h: 0 },
    kayenta: AVERAGE,
  },
  { name: 'worse, with weights of groups that do not exist', metrics: [worse()], weights: { other: 100 } },
  {
    name: 'nothing judged, with thresholds of 0',
    metrics: [metric('m', steady(), gaps())],
    thresholds: { pass: 0, marginal: 0 },
    kayenta: 'its wire: every score is at least the threshold',
  },
  {
    name: 'worse, with thresholds of 0',
    metrics: [worse()],
    thresholds: { pass: 0, marginal: 0 },
    kayenta: 'its wire: every score is at least the threshold',
  },
  {
    name: 'worse, with shares for thresholds',
    metrics: [worse(), sound('s', 1)],
    thresholds: { pass: 0.95, marginal: 0.75 },
    kayenta: 'its wire: every score is at least the threshold',
  },
];
