import type { AskedQuery } from '../../src/domain/metrics-provider.ts';
import { pageAddress } from '../shared/http/page-address.ts';
import type { GraphiteAccount } from './account.ts';

/** Graphite's own picture of the target. */
export function linkTo({ endpoint }: GraphiteAccount, { query, startMillis, endMillis }: AskedQuery) {
  const [from, until] = [startMillis, endMillis].map((millis) => String(Math.round(millis / 1000)));
  return pageAddress(endpoint.baseUrl, 'render', {
    target: query,
    from: `${from}`,
    until: `${until}`,
    width: '1200',
    height: '500',
  });
}
