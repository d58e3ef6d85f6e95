import type { AskedQuery } from '../../src/domain/metrics-provider.ts';
import { pageAddress } from '../shared/http/page-address.ts';
import type { DatadogAccount } from './account.ts';

/** One metric, its scope and grouping: the explorer has no URL for formulas. */
const QUERY = /^(?<agg>avg|sum|min|max):(?<metric>[\w.]+)\{(?<scope>[^{}]*)\}(?: by \{(?<group>[^{}]*)\})?$/;

/** The metrics explorer. */
export function linkTo({ site }: DatadogAccount, { query, startMillis, endMillis }: AskedQuery): string | undefined {
  const { agg, metric, scope, group } = QUERY.exec(query.trim())?.groups ?? {};
  if (metric === undefined) return undefined;
  // Sites such as datadoghq.eu have their pages at `app.<site>`.
  const host = site.split('.').length === 2 ? `app.${site}` : site;
  return pageAddress(`https://${host}`, 'metric/explorer', {
    exp_metric: metric,
    exp_scope: scope === '*' ? '' : (scope ?? ''),
    exp_agg: agg ?? '',
    ...(group === undefined ? {} : { exp_group: group }),
    start: String(startMillis),
    end: String(endMillis),
    paused: 'true',
  });
}
