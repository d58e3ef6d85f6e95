import { html } from 'ghtml';
import { SIDES } from '../../domain/canary-scope.ts';
import { count, formatDuration } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';

/** A file links nowhere. */
export type Medium = 'page' | 'file';

const NAMES = { control: 'Baseline', experiment: 'Canary' } as const;

/** What each side was asked, and how that went; empty when that is not known. */
export function queryBlocks({ queries, fetches }: Pick<MetricReport, 'queries' | 'fetches'>, medium: Medium): string {
  const blocks = SIDES.flatMap((side) => {
    const query = queries[side];
    const fetch = fetches.find((candidate) => candidate.side === side);
    if (query === undefined && fetch === undefined) return [];
    const link =
      query?.link === undefined || medium === 'file'
        ? ''
        : html`<a href="${query.link}" rel="noreferrer">open in the store</a>`;
    const text =
      query === undefined
        ? ''
        : html`<pre tabindex="0" role="group" aria-label="Query of the ${NAMES[side].toLowerCase()}"><code>${query.text}</code></pre>`;
    const copy = query === undefined ? '' : '<button type="button" class="copy" hidden>Copy</button>';
    return html`<div class="query"><p class="query-head"><strong>${NAMES[side]}</strong>!${copy}!${link}<span class="faint">${howItWent(fetch)}</span></p>!${text}</div>`;
  });
  return blocks.join('');
}

function howItWent(fetch: MetricReport['fetches'][number] | undefined): string {
  if (fetch === undefined) return '';
  const { attempts, waitedMillis, millis, cached, shared, lastError } = fetch;
  const parts = [
    ...(cached ? ['answered from the cache'] : []),
    ...(shared ? ['one request shared by several'] : []),
    ...(attempts > 0 ? [count(attempts, 'attempt')] : []),
    ...(waitedMillis > 0 ? [`${formatDuration(waitedMillis)} of waiting`] : []),
    ...(millis === undefined ? ['not finished'] : [`${formatDuration(millis)} in all`]),
  ];
  return `${parts.join(', ')}${lastError === undefined ? '' : `; last failure: ${lastError}`}`;
}
