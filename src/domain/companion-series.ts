import type { CanaryConfig, CanaryMetricConfig, CanaryMetricQuery } from './canary-config.ts';
import type { QueriedMetric } from './metric-query.ts';

/** The companions of a metric that its query may ask for itself: `query.denominator`, `query.traffic`. */
export const QUERY_COMPANIONS = ['denominator', 'traffic'] as const;
export type QueryCompanion = (typeof QUERY_COMPANIONS)[number];

/** Further series of a metric that its judge may read; `history` is the control's own, of the time before its window. */
export const COMPANIONS = [...QUERY_COMPANIONS, 'history'] as const;
export type Companion = (typeof COMPANIONS)[number];

/** What of these a judge reads of a metric. */
export interface CompanionUse {
  readonly denominator: boolean;
  readonly traffic: boolean;
  /** how long the time before the window is; 0: it is not asked for */
  readonly historyMillis: number;
}

export const NO_COMPANIONS: CompanionUse = { denominator: false, traffic: false, historyMillis: 0 };

/** A companion that a run fetches. */
export interface PlannedCompanion {
  readonly metricIndex: number;
  readonly companion: Companion;
  /** of a history */
  readonly historyMillis?: number;
}

/** Those of all metrics that the config asks for and the judge reads, in the order of the metrics. */
export function plannedCompanions(
  config: CanaryConfig,
  use: (metric: CanaryMetricConfig) => CompanionUse,
): PlannedCompanion[] {
  return (config.metrics ?? []).flatMap((metric, metricIndex) => {
    const { historyMillis, ...read } = use(metric);
    const asked = QUERY_COMPANIONS.filter((companion) => read[companion] && metric.query?.[companion] !== undefined);
    return [
      ...asked.map((companion) => ({ metricIndex, companion })),
      ...(historyMillis > 0 ? [{ metricIndex, companion: 'history' as const, historyMillis }] : []),
    ];
  });
}

/** What a series, a message or a fetch of a companion is called: `errors (denominator)`. */
export function companionName({ name = '' }: CanaryMetricConfig, companion: Companion): string {
  return `${name} (${companion})`;
}

/** The query of a metric without its companions: what its store is asked. */
export function ownQuery({ denominator: _, traffic: _other, ...query }: CanaryMetricQuery): CanaryMetricQuery {
  return query;
}

/** The metric that asks for a companion alone, in the same store; undefined where the query names none. */
export function companionMetric(metric: CanaryMetricConfig, companion: QueryCompanion): QueriedMetric | undefined {
  const query = metric.query?.[companion];
  if (metric.query === undefined || query === undefined) return undefined;
  const { type, serviceType, accountName } = metric.query;
  const store = accountName === undefined ? { type, serviceType } : { type, serviceType, accountName };
  return { ...metric, name: companionName(metric, companion), query: { ...query, ...store } };
}

/** Why the query of a companion could not be of the same store; undefined when it is. */
export function otherStore(
  { query = { type: '', serviceType: '' } }: CanaryMetricConfig,
  companion: QueryCompanion,
): { readonly field: 'type' | 'accountName'; readonly message: string } | undefined {
  const own = query[companion] ?? {};
  for (const field of ['type', 'accountName'] as const) {
    if (own[field] === undefined || own[field] === query[field]) continue;
    const metrics = query[field] === undefined ? 'names none' : `says '${query[field]}'`;
    return {
      field,
      message: `It is '${own[field]}', but the metric's own query ${metrics}: both must be of one store; leave it out.`,
    };
  }
  return undefined;
}
