import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import type { CanaryScopePair } from '../domain/canary-scope.ts';
import { COMPANIONS, type Companion } from '../domain/companion-series.ts';
import { MetricFetch } from '../domain/metric-fetch.ts';
import {
  type CompanionSeries,
  type MetricSetPair,
  MISSING,
  pairBeside,
  unpairedReason,
} from '../domain/metric-set-pair.ts';
import type { AskedQuery } from '../domain/metrics-provider.ts';
import { toInstant } from '../domain/values/instant.ts';
import { QueriesReport, queriesOf } from './query-report.ts';
import { SeriesReport, seriesOf } from './series-report.ts';

/** Series that a metric was judged beside. */
export const CompanionReport = z
  .object({
    companion: z.enum(COMPANIONS),
    title: z.string().describe('what it is, for people'),
    missing: z.string().optional().describe('why it could not be used'),
    series: SeriesReport.optional().describe('absent: not fetched, or none; a history has only the control'),
    queries: QueriesReport,
    fetches: z.array(MetricFetch),
  })
  .meta({ id: 'CompanionReport' });
export type CompanionReport = z.infer<typeof CompanionReport>;

const TITLES: Readonly<Record<Companion, string>> = {
  denominator: 'Denominator: what these are events of',
  traffic: 'Traffic: the requests behind each point',
  history: "History: the control's own before the canary",
};

export interface CompanionParts {
  readonly pair: MetricSetPair | undefined;
  readonly result: CanaryAnalysisResult | undefined;
  /** of all metrics, to look up those that a metric names */
  readonly pairs?: readonly MetricSetPair[] | undefined;
  /** of the run's metric, by stage: those of companions are picked */
  readonly fetches: readonly MetricFetch[];
  readonly scopes: CanaryScopePair | undefined;
  readonly linkTo?: ((asked: AskedQuery) => string | undefined) | undefined;
}

/** Those that were fetched, or are being fetched. */
export function reportCompanions({ fetches, scopes, linkTo, ...parts }: CompanionParts): CompanionReport[] {
  return COMPANIONS.flatMap((companion) => {
    const own = fetches.filter(({ stage }) => stage.toLowerCase().endsWith(companion));
    const { named, found } = companionOf(companion, parts);
    if (found === undefined && own.length === 0) return [];
    const window = companion === 'history' ? historyScopes(found, scopes) : scopes;
    const missing = found && (unpairedReason(found) ?? found.attributes?.control?.[MISSING]);
    return [
      {
        companion,
        title: named === undefined ? TITLES[companion] : `${TITLES[companion]}, as the metric ${named} has them`,
        ...(missing === undefined ? {} : { missing }),
        ...(found && missing === undefined ? { series: seriesOf(found) } : {}),
        queries: queriesOf({ pair: found, scopes: window, linkTo }),
        fetches: own,
      },
    ];
  });
}

/** The time before the control's window, so that a link leads there; undefined where the store had nothing. */
function historyScopes(found: CompanionSeries | undefined, scopes: CanaryScopePair | undefined) {
  const { startTimeMillis } = found?.scopes?.control ?? {};
  const { controlScope } = scopes ?? {};
  if (startTimeMillis === undefined || controlScope === undefined) return undefined;
  return { controlScope: { ...controlScope, start: toInstant(startTimeMillis), end: controlScope.start } };
}

/** Of its own query, or another metric that it names. */
function companionOf(companion: Companion, { pair, pairs = [], result }: Omit<CompanionParts, 'fetches' | 'scopes'>) {
  const own = pair?.[companion];
  const named = companion === 'history' ? undefined : result?.evidence?.beside?.[companion];
  if (own !== undefined || named === undefined || pair === undefined) return { found: own, named: undefined };
  return { found: pairBeside(pair, named, pairs), named };
}
