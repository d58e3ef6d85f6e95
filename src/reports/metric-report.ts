import { z } from 'zod';
import type { CanaryMetricConfig } from '../domain/canary-config.ts';
import { CanaryAnalysisResult, CLASSIFICATIONS } from '../domain/canary-judge-result.ts';
import type { CanaryScopePair, Side } from '../domain/canary-scope.ts';
import { MetricFetch } from '../domain/metric-fetch.ts';
import { type MetricSetPair, SAME_QUERY, unpairedReason } from '../domain/metric-set-pair.ts';
import type { AskedQuery } from '../domain/metrics-provider.ts';
import { unitOf } from '../domain/value-scale.ts';
import { valueAt } from '../domain/values/field-path.ts';
import { AveragesReport, reportAverages } from './averages-report.ts';
import { CompanionReport, reportCompanions } from './companion-report.ts';
import { reportDistribution, Spread } from './distribution-report.ts';
import { EffectReport, reportEffect } from './effect-report.ts';
import { qualityNotes, weightyNotes } from './quality-notes.ts';
import { QueriesReport, queriesOf } from './query-report.ts';
import { SeriesReport, seriesOf } from './series-report.ts';

/** A metric's position in the list: the first ones matter most. */
export const STANDINGS = [
  'critical failure',
  'failure',
  'inconclusive',
  'error',
  'no data',
  'pass',
  'muted',
  'not judged',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** What the values of a metric beside a denominator may be, other than events. */
const SHARES = ['share', 'percent'] as const;

/** One metric of a report. */
export const MetricReport = z
  .object({
    anchor: z.string().describe('identifies the metric within the report: `m1`, `m2`, … in the order of the list'),
    name: z.string(),
    tags: z.record(z.string(), z.string()),
    groups: z.array(z.string()),
    classification: z.enum(CLASSIFICATIONS).optional().describe('absent when the metric was not judged'),
    outcome: z
      .string()
      .optional()
      .describe("the judge's own word where the classification has none: Inconclusive, Recovered"),
    standing: z.enum(STANDINGS),
    muted: z.boolean(),
    critical: z.boolean(),
    reason: z.string().describe('in a sentence, for people'),
    averages: AveragesReport.optional().describe('absent: neither side has data'),
    effect: EffectReport.optional(),
    cost: z
      .number()
      .optional()
      .describe('points of 100 that its failure took from the score; a critical one takes all'),
    result: CanaryAnalysisResult.optional(),
    whatIf: z.array(z.string()).describe("what would have changed the metric's verdict, one sentence each"),
    notes: z.array(z.string()).describe('what else the judge says, one sentence each'),
    quality: z.array(z.string()).describe("what weakens the metric's data, one sentence each"),
    weighty: z.array(z.string()).describe('those of `quality` that every form of the report tells'),
    unpaired: z.string().optional().describe('why its series pairs with none of the other side'),
    sameQuery: z.boolean().describe('whether baseline and canary were asked the same question'),
    unit: z.string().optional(),
    valuesAre: z.enum(SHARES).optional().describe('of what the denominator counts; absent: events'),
    series: SeriesReport.optional(),
    distribution: z
      .object({ control: Spread.optional(), experiment: Spread.optional() })
      .optional()
      .describe('distribution of the compared values'),
    queries: QueriesReport,
    fetches: z.array(MetricFetch),
    companions: z.array(CompanionReport).optional().describe('what else it was judged beside; absent: nothing'),
  })
  .meta({ id: 'MetricReport' });
export type MetricReport = z.infer<typeof MetricReport>;

export interface MetricParts {
  readonly metric: CanaryMetricConfig;
  readonly result: CanaryAnalysisResult | undefined;
  readonly pair: MetricSetPair | undefined;
  /** of all metrics, to look up those that a metric names; absent: none are known */
  readonly pairs?: readonly MetricSetPair[] | undefined;
  readonly fetches: readonly MetricFetch[];
  /** the query that would be sent, when no series says what was sent */
  readonly planned?: Readonly<Partial<Record<Side, string>>>;
  readonly scopes: CanaryScopePair | undefined;
  /** the store's own page for the query */
  readonly linkTo?: ((asked: AskedQuery) => string | undefined) | undefined;
}

export function reportMetric(parts: MetricParts): Omit<MetricReport, 'anchor' | 'cost'> {
  const { metric, result, pair, fetches } = parts;
  const series = pair && seriesOf(pair);
  const companions = reportCompanions(parts);
  const unit = unitOf(metric.query);
  const shares = sharesOf(metric);
  return {
    name: result?.name ?? pair?.name ?? metric.name ?? '',
    tags: result?.tags ?? pair?.tags ?? {},
    groups: result?.groups ?? metric.groups ?? [],
    classification: result?.classification,
    outcome: result?.evidence?.outcome,
    standing: standingOf(parts),
    muted: result?.muted ?? valueAt(metric.analysisConfigurations, 'canary.muted') === true,
    critical: result?.critical ?? false,
    reason: reasonOf(parts),
    averages: reportAverages({ result, series, companions, unit, valuesAre: shares.valuesAre }),
    effect: result && reportEffect(result),
    result,
    whatIf: result?.evidence?.wouldPass ?? [],
    notes: result?.evidence?.notes ?? [],
    quality: pair === undefined ? [] : qualityNotes(pair, { step: parts.scopes?.experimentScope?.step, result }),
    weighty: weightyNotes(pair, result),
    unpaired: result?.evidence?.unpaired ?? (pair && unpairedReason(pair)),
    sameQuery: pair?.attributes?.experiment?.[SAME_QUERY] !== undefined,
    unit,
    ...shares,
    series,
    distribution: series && reportDistribution(series, result?.evidence?.outlierFences),
    queries: queriesOf(parts),
    fetches: fetches.filter(isOwnFetch),
    ...(companions.length === 0 ? {} : { companions }),
  };
}

function sharesOf({ analysisConfigurations }: CanaryMetricConfig): Pick<MetricReport, 'valuesAre'> {
  const said = valueAt(analysisConfigurations, 'canary.valuesAre');
  const valuesAre = SHARES.find((share) => share === said);
  return valuesAre === undefined ? {} : { valuesAre };
}

/** Not of a companion: `fetchControl0`, not `fetchControl0Traffic`. */
function isOwnFetch({ stage }: MetricFetch): boolean {
  return /\d$/.test(stage);
}

/** What a metric was found to be, in one word; the same in every form of the report. */
export function wordOf({ outcome, classification, standing }: Omit<MetricReport, 'anchor' | 'cost'>): string {
  if (outcome === undefined) return classification ?? standing;
  return classification === 'Pass' ? `${outcome}, passes` : outcome;
}

function standingOf({ result, ...parts }: MetricParts): Standing {
  if (result === undefined) return failureOf(parts) === undefined ? 'not judged' : 'error';
  if (result.muted) return 'muted';
  if (result.classification === 'Pass') return 'pass';
  if (result.critical) return 'critical failure';
  const isFailure = ['High', 'Low', 'NodataFailMetric'].includes(result.classification);
  if (result.evidence?.outcome !== undefined && !isFailure) return 'inconclusive';
  if (result.classification === 'Nodata') return 'no data';
  return result.classification === 'Error' ? 'error' : 'failure';
}

function reasonOf({ result, ...parts }: MetricParts): string {
  if (result === undefined) return failureOf(parts) ?? '';
  return result.evidence?.sentence ?? result.classificationReason ?? '';
}

/** Why there is no answer; a query that was canceled because another failed did not fail itself. */
function failureOf({ fetches, pair }: Pick<MetricParts, 'fetches' | 'pair'>): string | undefined {
  const failed = fetches.filter(({ lastError = 'EXECUTION_CANCELED' }) => !lastError.startsWith('EXECUTION_CANCELED'));
  return pair === undefined ? failed.find(({ millis }) => millis !== undefined)?.lastError : undefined;
}
