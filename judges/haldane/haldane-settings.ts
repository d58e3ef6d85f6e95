import { z } from 'zod';
import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { readMetricSettings, readSettings } from '../../src/domain/judge-settings.ts';
import { shortDurationMillis } from '../../src/domain/values/short-duration.ts';
import type { Limits } from '../steps/limit-fields.ts';
import { MetricFields } from '../steps/metric-settings.ts';
import type { Per } from '../steps/per-of-query.ts';
import { fields } from '../steps/setting-fields.ts';
import type { Direction } from './component.ts';
import { type Importance, OwnMetricFields, type ValuesAre } from './metric-fields.ts';
import { DEFAULT_TEST_SETTINGS, type TestSettings } from './test-settings.ts';

const { delta, tau, prior, scatterLimit } = DEFAULT_TEST_SETTINGS;

/** What an inconclusive metric makes of the canary. */
const INCONCLUSIVE = {
  pass: 'counts as a pass: the error budget is spent on harm',
  marginal: 'makes the canary Marginal at best',
  fail: 'fails the canary',
} as const;

export const InconclusivePolicy = z.enum(['pass', 'marginal', 'fail']).optional();

const HISTORY =
  'write a length of time of at most 30 days, such as "24h"; best is a day, at least 4 times the canary\'s';
const LONGEST_HISTORY_MILLIS = 30 * 86_400_000;

/** `judge.judgeConfigurations` of HaldaneJudge. */
export const HaldaneSettings = z.looseObject({
  errorBudget: z.number().gt(0).max(0.5).default(0.05).meta({
    'x-section': 'harm',
    title: 'Error budget',
    description: 'the chance that anything is flagged although nothing changed, for all metrics together',
  }),
  verdict: z
    .enum(['flaggedMetrics', 'weightedScore'])
    .default('flaggedMetrics')
    .meta({
      'x-section': 'harm',
      title: 'Verdict',
      description: 'what decides about the canary',
      'x-meanings': {
        flaggedMetrics: 'any flagged metric fails it, advisory ones aside',
        weightedScore: 'the weighted score alone, as with Kayenta: one bad metric among many passes',
      },
    }),
  inconclusive: InconclusivePolicy.meta({
    'x-section': 'doubt',
    title: 'Inconclusive metrics',
    description:
      'data that exclude neither "no harm" nor too much of it; absent: pass, critical ones marginal unless they count rare events',
    'x-meanings': INCONCLUSIVE,
  }),
  recovered: z
    .enum(['inconclusive', 'pass', 'fail'])
    .default('inconclusive')
    .meta({
      'x-section': 'doubt',
      title: 'Recovered metrics',
      description: 'worse than allowed at first, and provably not any more',
      'x-meanings': {
        inconclusive: 'make the canary Marginal at best: users had the harm',
        pass: 'pass',
        fail: 'fail as if they had not recovered',
      },
    }),
  marginal: z
    .enum(['note', 'inconclusive', 'fail'])
    .default('note')
    .meta({
      'x-section': 'doubt',
      title: 'All a little worse',
      description: 'no metric is flagged, but all of them together are worse than chance explains',
      'x-meanings': {
        note: 'is only said',
        inconclusive: 'makes the canary Marginal at best',
        fail: 'fails the canary; of unchanged canaries up to 7 % too',
      },
    }),
  arms: z
    .looseObject({
      traffic: z
        .enum(['unknown', 'equal'])
        .default('unknown')
        .meta({
          'x-section': 'arms',
          title: 'Traffic of the arms',
          description:
            'equal only if control and canary have as many instances and the same share of requests; said wrongly, unchanged canaries fail',
          'x-meanings': {
            unknown: 'not known to be equal: more scatter is a note',
            equal: 'the same instances and share: more scatter is harm',
          },
        }),
    })
    .prefault({})
    .describe('what is known of both sides'),
  windows: z
    .looseObject({
      late: z.boolean().default(true).meta({
        'x-section': 'looks',
        title: 'Look at the end by itself',
        description: 'finds what begins in the last quarter',
      }),
    })
    .prefault({})
    .describe('parts of the window that are judged by themselves'),
  history: z.string(HISTORY).refine(isHistory, HISTORY).optional().meta({
    'x-section': 'arms',
    title: "The control's history",
    description:
      'also fetch the control of so long before the canary, such as "24h"; hold spikes against it, and learn from it how much neighbouring points have in common; only if control and canary have as many instances and the same share of requests',
  }),
  passEarly: z.boolean().default(false).meta({
    'x-section': 'looks',
    title: 'Pass early',
    description:
      'a standalone analysis ends with a pass as soon as more harm than allowed is ruled out for every metric',
  }),
  delta: z.number().min(0).lt(1).default(delta).meta({
    'x-section': 'harm',
    title: 'No difference below',
    description: 'a relative change up to here is none; 0.02 is 2 %',
  }),
  tau: z.number().min(0).lt(1).default(tau).meta({
    'x-section': 'tuning',
    title: 'Harmless machine differences',
    description: 'their standard deviation as a share; larger finds less and alarms less',
    'x-rare': true,
  }),
  prior: z.number().min(0).max(0.9).default(prior).meta({
    'x-section': 'tuning',
    title: 'Expected correlation of neighbours',
    description: 'of points next to each other, before any is seen',
    'x-rare': true,
  }),
  scatterLimit: z.number().min(1).default(scatterLimit).meta({
    'x-section': 'tuning',
    title: 'Scatter that is no difference',
    description: 'so many times as much as the control; only with known traffic',
    'x-rare': true,
  }),
});

function isHistory(text: string): boolean {
  const millis = shortDurationMillis(text) ?? 0;
  return millis > 0 && millis <= LONGEST_HISTORY_MILLIS;
}

/** In the order in which people think of them, which is that of forms. */
function metricFields() {
  const { direction, critical, effectSize, muted, mustHaveData, nanStrategy, outliers, limits } = MetricFields.shape;
  const { importance, minimumEffect, absoluteFloor, noData, warmUpMinutes, inconclusive, tau, ...requests } =
    OwnMetricFields;
  return {
    ...{ direction, importance, effectSize, minimumEffect, absoluteFloor, critical, muted, limits },
    ...requests,
    ...{ noData, mustHaveData, nanStrategy, warmUpMinutes },
    ...{ inconclusive, tau, outliers },
  };
}

/** `analysisConfigurations.canary` of HaldaneJudge: Kayenta's fields, and its own. */
export const HaldaneMetricSettings = fields(
  z.looseObject(metricFields()).check(({ value, issues }) => {
    const { importance, critical, effectSize } = value;
    if (critical && importance !== undefined && importance !== 'critical') {
      const message = 'leave it out, or leave critical out: the metric cannot be both';
      issues.push({ code: 'custom', path: ['importance'], input: importance, message });
    }
    if (effectSize.measure === 'cles') {
      const message = 'leave it out: HaldaneJudge reads limits as ratios, such as 1.1 for 10 % more';
      issues.push({ code: 'custom', path: ['effectSize', 'measure'], input: 'cles', message });
    }
  }),
);

export type HaldaneSettings = z.output<typeof HaldaneSettings>;

/** Settings of one metric, with those for all metrics filled in. */
export interface MetricRules {
  readonly direction: Direction;
  readonly importance: Importance;
  readonly muted: boolean;
  /** Flagged metrics lower the score, and nothing else fails the canary but critical ones. */
  readonly scoreDecides: boolean;
  /** Relative changes that are allowed and those that make a critical metric fail the canary: 0.1 is 10 %. */
  readonly allowed: AllowedChange;
  readonly critical: AllowedChange;
  /** What the canary must keep to beside the comparison; undefined: nothing. */
  readonly limits: Limits | undefined;
  /** The smallest change that counts, in the unit of the metric. */
  readonly absoluteFloor: number;
  /** What a side without any value means. */
  readonly noData: 'ignore' | 'inconclusive' | 'fail' | 'zero';
  /** Missing values count as 0. */
  readonly missingIsZero: boolean;
  readonly inconclusive: 'pass' | 'marginal' | 'fail';
  /** Events so rare that nobody can tell pass although they are inconclusive: the config does not say otherwise. */
  readonly rareEventsPass: boolean;
  readonly recovered: HaldaneSettings['recovered'];
  readonly warmUpMinutes: number;
  /** Other metrics of the config, which count requests. */
  readonly traffic: string | undefined;
  readonly percentile: number | undefined;
  readonly ratioOf: string | undefined;
  /** Whether the metric's query asks for these itself. */
  readonly asks: { readonly denominator: boolean; readonly traffic: boolean };
  /** Beside requests: counts of events, or what share of the requests they are. */
  readonly valuesAre: ValuesAre;
  /** Undefined: as each query says. */
  readonly requestsPer: Per | undefined;
  readonly removesOutliers: boolean;
  readonly test: Partial<TestSettings>;
}

/** To each side; undefined where the config sets none. */
export interface AllowedChange {
  readonly increase: number | undefined;
  readonly decrease: number | undefined;
}

/** @throws CanaryError JUDGEMENT_FAILED naming field, value and remedy */
export function readHaldaneSettings(config: CanaryConfig): HaldaneSettings {
  return readSettings(HaldaneSettings, config);
}

/** @throws CanaryError JUDGEMENT_FAILED naming metric, field, value and remedy */
export function readMetricRules(metric: CanaryMetricConfig, common: HaldaneSettings): MetricRules {
  const own = readMetricSettings(HaldaneMetricSettings, metric);
  const { effectSize, nanStrategy } = own;
  const importance = own.importance ?? (own.critical ? 'critical' : 'normal');
  const noData = own.noData ?? noDataOf({ ...own, importance });
  return {
    direction: own.direction,
    importance,
    muted: own.muted,
    scoreDecides: common.verdict === 'weightedScore',
    allowed: changes(effectSize.allowedIncrease, effectSize.allowedDecrease),
    critical: changes(effectSize.criticalIncrease, effectSize.criticalDecrease),
    limits: own.limits,
    absoluteFloor: own.absoluteFloor,
    noData,
    missingIsZero: noData === 'zero' || nanStrategy === 'replace',
    inconclusive: own.inconclusive ?? common.inconclusive ?? (importance === 'critical' ? 'marginal' : 'pass'),
    rareEventsPass: (own.inconclusive ?? common.inconclusive) === undefined,
    recovered: common.recovered,
    warmUpMinutes: own.warmUpMinutes,
    traffic: own.traffic,
    percentile: own.percentile,
    ratioOf: own.ratioOf,
    asks: { denominator: metric.query?.denominator !== undefined, traffic: metric.query?.traffic !== undefined },
    valuesAre: own.valuesAre,
    requestsPer: own.requestsPer,
    removesOutliers: own.outliers.strategy === 'remove',
    test: {
      delta: own.minimumEffect ?? common.delta,
      tau: own.tau ?? common.tau,
      prior: common.prior,
      lateWindows: common.windows.late,
      scatterLimit: common.scatterLimit,
    },
  };
}

interface DataPolicies {
  readonly mustHaveData: boolean;
  readonly nanStrategy: 'remove' | 'replace';
  readonly importance: Importance;
}

/** Kayenta's fields read as a policy: what must have data, and what is critical, fails without. */
function noDataOf({ mustHaveData, nanStrategy, importance }: DataPolicies): MetricRules['noData'] {
  if (mustHaveData) return 'fail';
  if (nanStrategy === 'replace') return 'zero';
  return importance === 'critical' ? 'fail' : 'ignore';
}

/** Ratios as relative changes; a limit of 1 or on the other side of it allows nothing. */
function changes(increase: number | undefined, decrease: number | undefined): AllowedChange {
  return {
    increase: increase !== undefined && increase > 1 ? increase - 1 : undefined,
    decrease: decrease !== undefined && decrease < 1 ? Math.min(1, 1 - decrease) : undefined,
  };
}
