import type { AskedQuery } from '../../src/domain/metrics-provider.ts';
import { pageAddress } from '../shared/http/page-address.ts';
import type { PrometheusAccount } from './account.ts';

/**
 * Prometheus' graph page; VictoriaMetrics, Thanos and Mimir redirect from it. Amazon's and Google's services have none.
 */
export function linkTo({ endpoint }: PrometheusAccount, asked: AskedQuery): string | undefined {
  const { query, startMillis, endMillis, stepSeconds } = asked;
  if (/\.(amazonaws\.com|googleapis\.com)$/.test(URL.parse(endpoint.baseUrl)?.hostname ?? '')) return undefined;
  return pageAddress(endpoint.baseUrl, 'graph', {
    'g0.expr': query,
    'g0.tab': '0',
    'g0.range_input': `${Math.max(1, Math.round((endMillis - startMillis) / 1000))}s`,
    'g0.end_input': new Date(endMillis).toISOString().slice(0, 19).replace('T', ' '),
    'g0.step_input': String(stepSeconds),
  });
}
