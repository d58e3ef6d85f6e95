import { html } from 'ghtml';
import { count, formatDuration, formatTime } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { RunReport } from '../../reports/run-report.ts';

type Fetch = MetricReport['fetches'][number];
type Waiting = RunReport['waiting'][number];

/** Why there is no verdict, in the store's words, with the query beside it. */
export function failureNotice({ failure, metrics }: RunReport): string {
  if (failure === undefined) return '';
  const failed = metrics.find(({ reason }) => reason.includes(failure.message));
  const fetch = failed?.fetches.find(({ lastError }) => lastError?.includes(failure.message));
  const tried = fetch === undefined || fetch.attempts < 2 ? '' : `, after ${count(fetch.attempts, 'attempt')}`;
  return html`<div class="notice"><p class="message"><bdi>${failure.message}</bdi></p><p class="faint">${failure.code} in ${failure.operation}${tried}</p>!${failed === undefined ? '' : queryOf(failed, fetch)}</div>`;
}

/** What the queries of a run in progress wait for; a reader must not have to guess that the store is away. */
export function waitingNotices({ waiting, metrics }: RunReport, nowMillis: number | undefined): string {
  return waiting.map((wait) => waitingNotice(wait, metrics, nowMillis)).join('');
}

function waitingNotice(wait: Waiting, metrics: readonly MetricReport[], nowMillis: number | undefined): string {
  const { queries, attempts, reason } = wait;
  const isOwn = ({ lastError, waitingFor }: Fetch) => (waitingFor ?? lastError) === reason;
  const metric = metrics.find(({ fetches }) => fetches.some(isOwn));
  const who = `${count(queries, 'query', 'queries')}, ${count(attempts, 'attempt')}. ${whenNext(wait, nowMillis)}`;
  return html`<div class="notice"><p class="message"><bdi>${reason}</bdi></p><p class="faint">${who}</p>!${metric === undefined ? '' : queryOf(metric, metric.fetches.find(isOwn))}</div>`;
}

function whenNext({ nextAttemptMillis: next }: Waiting, nowMillis: number | undefined): string {
  if (next === undefined) return 'The next attempt is being made.';
  const away =
    nowMillis === undefined || next <= nowMillis ? '' : ` (in ${formatDuration(Math.max(1000, next - nowMillis))})`;
  return `Next attempt at ${formatTime(next)}${away}.`;
}

/** What was asked. */
function queryOf({ anchor, name, queries }: MetricReport, fetch: Fetch | undefined): string {
  const query = queries[fetch?.side ?? 'experiment'] ?? queries.control;
  if (query === undefined) return '';
  return html`<p class="asked">Asked for <a href="#${anchor}"><bdi>${name}</bdi></a>:</p><pre tabindex="0" role="group" aria-label="Query of ${name}"><code>${query.text}</code></pre>`;
}
