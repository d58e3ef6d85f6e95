import {
  beside,
  constant,
  FEW,
  gaps,
  metric,
  POINTS,
  promMetric,
  type Situation,
  series,
  sound,
  soundOnes,
  steady,
  UNREAD,
  worse,
} from './situation.ts';

/** Sides that cannot be compared, or are not what they seem. */
export const SIDES: readonly Situation[] = [
  {
    name: 'both sides are asked the same question',
    metrics: [promMetric('m', 'same_question')],
    store: [series('same_question', steady())],
    kayenta: 'its wire: equal series pass; every form of the report says that the question was the same',
  },
  {
    name: 'one scope pasted into both sides',
    metrics: [promMetric('m', 'pasted{v="${scope}"}')],
    experiment: { scope: 'stable' },
    store: [series('pasted', steady())],
    kayenta: 'its wire: equal series pass; every form of the report says that the question was the same',
  },
  {
    name: 'half of the metrics ask both sides the same',
    metrics: [promMetric('a', 'same_a'), promMetric('b', 'own{v="${scope}"}')],
    store: [series('same_', steady()), series('stable', steady()), series('fresh', steady(100, POINTS, 1))],
    kayenta: 'its wire: equal series pass; every form of the report says that the question was the same',
  },
  {
    name: 'the canary has no series in the store',
    metrics: [promMetric('m', 'lonely{v="${scope}"}')],
    store: [series('stable', steady())],
  },
  {
    name: 'the baseline has no series in the store',
    metrics: [promMetric('m', 'lonely_canary{v="${scope}"}')],
    store: [series('fresh', steady())],
  },
  { name: 'the store has no such metric', metrics: [promMetric('m', 'no_such_metric')] },
  {
    name: 'series of pods pair with none',
    metrics: [promMetric('m', 'by_pod{v="${scope}"}')],
    store: [series('stable', steady(), { pod: 'a' }), series('fresh', steady(), { pod: 'b' })],
  },
  {
    name: 'windows that do not overlap, and three times as high',
    metrics: [worse()],
    experiment: { start: '2026-01-02T00:00:00Z', end: '2026-01-02T00:20:00Z' },
  },
  {
    name: 'different steps, and three times as high',
    metrics: [worse()],
    experiment: { step: 30, end: '2026-01-01T00:10:00Z' },
  },
  {
    name: 'a step longer than the window',
    metrics: [metric('m', [100], [100])],
    control: { step: 3600 },
    experiment: { step: 3600 },
    kayenta: FEW,
  },
  { name: 'a window without a length', metrics: [sound('m', 1)], experiment: { end: '2026-01-01T00:00:00Z' } },
  {
    name: 'a window that ends before it starts',
    metrics: [sound('m', 1)],
    experiment: { end: '2025-12-31T00:00:00Z' },
  },
  { name: 'a metrics account that is not there', metrics: [promMetric('m', 'up', {}, { accountName: 'nobody' })] },
  { name: 'a scope that is not there', metrics: [sound('m', 1)], scopeName: 'nowhere' },
  { name: 'no metric at all', metrics: [] },
];

/** Second queries, which only HaldaneJudge reads. */
export const COMPANIONS: readonly Situation[] = [
  {
    name: 'denominators of 0 on both sides',
    metrics: [metric('m', constant(0), constant(0), {}, beside('denominator', constant(0), constant(0)))],
    kayenta: UNREAD,
  },
  {
    name: 'denominators of 0 in the canary',
    metrics: [metric('m', steady(5), constant(0), {}, beside('denominator', steady(1000), constant(0)))],
    kayenta: UNREAD,
  },
  {
    name: 'denominators of NaN',
    metrics: [metric('m', steady(5), steady(5), {}, beside('denominator', constant('NaN'), constant('NaN')))],
    kayenta: UNREAD,
  },
  {
    name: 'denominators without a point',
    metrics: [metric('m', steady(5), steady(5), {}, beside('denominator', [], []))],
    kayenta: UNREAD,
  },
  {
    name: 'denominators below 0',
    metrics: [metric('m', steady(5), steady(5), {}, beside('denominator', steady(-1000), steady(-1000)))],
    kayenta: UNREAD,
  },
  {
    name: 'shares of requests that nobody had',
    metrics: [
      metric('m', constant(0), constant(0), { valuesAre: 'percent' }, beside('denominator', constant(0), constant(0))),
    ],
    kayenta: UNREAD,
  },
  {
    name: 'shares whose requests are not named',
    metrics: [metric('m', steady(5), steady(5, POINTS, 1), { valuesAre: 'percent' })],
    kayenta: UNREAD,
  },
  {
    name: 'shares that are percent',
    metrics: [
      metric(
        'm',
        steady(5),
        steady(5, POINTS, 1),
        { valuesAre: 'share' },
        beside('denominator', steady(1000), steady(1000)),
      ),
    ],
    kayenta: UNREAD,
  },
  {
    name: 'errors of a metric without data',
    metrics: [
      metric('m', steady(5), steady(5), { ratioOf: 'requests' }),
      metric('requests', gaps(), gaps(), { muted: true }),
    ],
    kayenta: UNREAD,
  },
  {
    name: 'errors of a metric that is not there',
    metrics: [metric('m', steady(5), steady(5, POINTS, 1), { ratioOf: 'nobody' })],
    kayenta: UNREAD,
  },
  {
    name: 'as many errors of a tenth of the requests',
    metrics: [metric('m', steady(50), steady(50, POINTS, 1), {}, beside('denominator', steady(1000), steady(100)))],
    kayenta: UNREAD,
  },
  {
    name: 'a percentile that is worse, of requests that nobody knows',
    metrics: [
      ...soundOnes(3),
      metric('m', steady(), steady(200, POINTS, 1), { percentile: 0.95 }, beside('traffic', gaps(), gaps())),
    ],
  },
  {
    name: 'a percentile that is worse, of a tenth of the requests',
    metrics: [
      ...soundOnes(3),
      metric('m', steady(), steady(200, POINTS, 1), { percentile: 0.95 }, beside('traffic', steady(500), steady(50))),
    ],
  },
  {
    name: 'a percentile that is worse, of few requests on both sides',
    metrics: [
      metric(
        'm',
        steady(),
        steady(200, POINTS, 1),
        { percentile: 0.95 },
        beside('traffic', steady(20), steady(20, POINTS, 1)),
      ),
    ],
  },
  {
    name: 'a percentile of too few requests, alone',
    metrics: [
      metric('m', steady(), steady(100, POINTS, 1), { percentile: 0.99 }, beside('traffic', steady(500), steady(20))),
    ],
    kayenta: UNREAD,
  },
];
