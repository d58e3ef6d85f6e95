import { z } from 'zod';

export const IMPORTANCES = ['critical', 'normal', 'advisory'] as const;
export type Importance = (typeof IMPORTANCES)[number];

const VALUES = ['events', 'share', 'percent'] as const;
/** What the values of a metric beside requests are. */
export type ValuesAre = (typeof VALUES)[number];

const OTHER_METRIC = 'write the name of another metric of the config, in quotes';
const OtherMetric = z.string(OTHER_METRIC).min(1, OTHER_METRIC).optional();

/** What HaldaneJudge reads of `analysisConfigurations.canary` besides Kayenta's fields. */
export const OwnMetricFields = {
  importance: z
    .enum(IMPORTANCES)
    .optional()
    .meta({
      'x-section': 'harm',
      title: 'Importance',
      description: 'what it means when the metric is flagged; absent: critical if `critical` is true, else normal',
      'x-meanings': {
        critical: 'the canary fails with a score of 0',
        normal: 'the canary fails',
        advisory: 'the score is lowered by the weight of the metric',
      },
    }),
  minimumEffect: z.number().min(0).lt(10).optional().meta({
    'x-section': 'harm',
    title: 'No difference below',
    description: 'a change must provably be larger than this share; 0.05 is 5 %; absent: as for all metrics',
  }),
  absoluteFloor: z.number().min(0).default(0).meta({
    'x-section': 'harm',
    title: 'Smallest change that counts',
    description: 'in the unit of the metric, such as 0.001 for a share of errors',
    'x-rare': true,
  }),
  noData: z
    .enum(['ignore', 'inconclusive', 'fail', 'zero'])
    .optional()
    .meta({
      'x-section': 'data',
      title: 'Without data',
      description: 'a side without any value; absent: as mustHaveData, nanStrategy and critical say',
      'x-meanings': {
        ignore: 'the metric does not count',
        inconclusive: 'the metric is inconclusive',
        fail: 'the metric fails',
        zero: 'missing values count as 0',
      },
    }),
  inconclusive: z
    .enum(['pass', 'marginal', 'fail'])
    .optional()
    .meta({
      'x-section': 'doubt',
      title: 'If inconclusive',
      description: 'absent: as for all metrics',
      'x-meanings': { pass: 'counts as a pass', marginal: 'Marginal at best', fail: 'fails the canary' },
      'x-rare': true,
    }),
  warmUpMinutes: z.number().min(0).default(0).meta({
    'x-section': 'data',
    title: 'Warm-up, minutes',
    description: 'so much at the start is left out, of both sides',
    'x-rare': true,
  }),
  tau: z.number().min(0).lt(1).optional().meta({
    'x-section': 'tuning',
    title: 'Harmless machine differences',
    description: 'their standard deviation as a share; absent: as for all metrics',
    'x-rare': true,
  }),
  ratioOf: OtherMetric.meta({
    'x-names': 'metric',
    'x-section': 'requests',
    title: 'Denominator, a metric',
    description: 'a metric of this config that counts the requests of which this one gives the failures',
    'x-rare': true,
  }),
  valuesAre: z
    .enum(VALUES)
    .default('events')
    .meta({
      'x-section': 'requests',
      title: 'Values are',
      description: 'what the metric itself gives, where it counts events of requests (query.denominator or ratioOf)',
      'x-meanings': {
        events: 'counts of events, such as errors',
        share: 'shares of the requests, from 0 to 1',
        percent: 'percent of the requests',
      },
      'x-rare': true,
    }),
  requestsPer: z
    .enum(['point', 'second', 'minute'])
    .optional()
    .meta({
      'x-section': 'requests',
      title: 'Requests are per',
      description:
        'what the requests beside the metric count, and the events with them; absent: read from each query, a second for rate()',
      'x-meanings': {
        point: 'all of a point',
        second: 'a second, as rate() gives',
        minute: 'a minute',
      },
      'x-rare': true,
    }),
  traffic: OtherMetric.meta({
    'x-names': 'metric',
    'x-section': 'requests',
    title: 'Traffic, a metric',
    description: 'a metric of this config that counts the requests behind each value',
    'x-rare': true,
  }),
  percentile: z.number().gt(0).lt(1).optional().meta({
    'x-section': 'requests',
    title: 'Percentile',
    description: '0.99 for a p99; absent: read from the query. With traffic, too few requests make it inconclusive',
    'x-rare': true,
  }),
} as const;
