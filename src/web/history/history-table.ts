import { html } from 'ghtml';
import type { ConfigHistory, MetricHistory } from '../../reports/config-history.ts';
import { shortRange } from '../../reports/effect-words.ts';
import { count, formatChange } from '../../reports/format.ts';
import { effectHistory, historyReach } from '../charts/effect-history.ts';
import { scoreStrip } from '../charts/score-strip.ts';

interface TableOptions {
  /** so many metrics are drawn */
  readonly most: number;
  /** the id of the run whose page this is */
  readonly own?: string | undefined;
}

/** Scores over the runs, and below each the change of every metric in that run. */
export function historyTable({ runs, metrics }: ConfigHistory, { most, own }: TableOptions): string {
  const shown = metrics.slice(0, most);
  const reach = historyReach(shown);
  const rows = shown.map((metric) => row(metric, reach));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Scores and metrics over the runs"><table class="history"><thead><tr><th scope="col">Over the runs</th><th scope="col">From ${formatChange(-Math.min(1, reach))} to ${formatChange(reach)}</th><th scope="col" class="number">Last change</th><th scope="col" class="number">Failed</th></tr></thead><tbody><tr><th scope="row">Score</th><td>!${scoreStrip(runs, own)}</td><td></td><td class="number" data-label="failed">${runs.filter(({ verdict }) => verdict === 'Fail').length} of ${runs.length}</td></tr>!${rows.join('')}</tbody></table></div>`;
}

function row(metric: MetricHistory, reach: number): string {
  const known = metric.points.filter((point) => point !== undefined);
  const last = known.at(-1)?.effect;
  const change =
    last === undefined
      ? ''
      : html`<strong>${formatChange(last.change)}</strong> <span class="faint">${shortRange(last)}</span>`;
  return html`<tr><th scope="row"><bdi>${metric.name}</bdi></th><td>!${effectHistory(metric, reach)}</td><td class="number">!${change}</td><td class="number" data-label="failed">${metric.failures} of ${known.length}</td></tr>`;
}

/** For the page of something larger: the scores, the metrics that failed most often, and where the rest is. */
export function historySection(history: ConfigHistory, address: string): string {
  const { runs, metrics } = history;
  if (runs.length === 0) return '';
  const others = metrics.length - MOST_METRICS;
  const rest = others > 0 ? html` and ${count(others, 'other metric')}` : '';
  return html`<section aria-labelledby="history"><h2 id="history">The last ${count(runs.length, 'judged run')}</h2>!${historyTable(history, { most: MOST_METRICS })}<p><a href="${address}">The whole history!${rest}</a></p></section>`;
}

const MOST_METRICS = 5;
