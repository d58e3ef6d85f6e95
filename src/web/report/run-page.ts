import { html } from 'ghtml';
import { metricList } from './metric-list.ts';
import type { MetricReport } from './metric-report.ts';
import { runHead } from './run-head.ts';
import type { RunReport } from './run-report.ts';

/** How many details a page holds from the beginning; those of the others are fetched when they are opened. */
const LIMITS = { page: { metrics: 40, points: 60_000 }, file: { metrics: 250, points: 60_000 } } as const;

/** The page of a run, without what is around every page. */
export function runMain(report: RunReport, medium: 'page' | 'file'): string {
  const inlined = new Set(firstOf(report.metrics, LIMITS[medium]).map(({ anchor }) => anchor));
  return html`<article class="report"!${events(report, medium)}>
!${medium === 'page' ? trail(report) : ''}
!${runHead(report)}
!${metricList(report, { medium, inlined })}
</article>`;
}

/** Where a script hears how a run goes on. */
function events({ id, complete }: RunReport, medium: 'page' | 'file'): string {
  if (complete || medium === 'file') return '';
  return html` data-events="/canary/${encodeURIComponent(id)}/events"`;
}

/** As many as the limits allow: what matters comes first. */
function firstOf(metrics: readonly MetricReport[], limits: { metrics: number; points: number }): MetricReport[] {
  let points = 0;
  return metrics.slice(0, limits.metrics).filter(({ series }) => {
    points += (series?.control.length ?? 0) + (series?.experiment.length ?? 0);
    return points <= limits.points;
  });
}

function trail({ id, application, complete }: RunReport): string {
  const address = `/reports/${encodeURIComponent(id)}`;
  const files = ['html', 'md', 'junit.xml', 'json'].map(
    (kind) => html`<a href="${address}.${kind}">${FILE_NAMES[kind as keyof typeof FILE_NAMES]}</a>`,
  );
  const offered = complete ? html`<nav class="files" aria-label="This report as a file">!${files.join('')}</nav>` : '';
  return html`<div class="trail"><p><a href="/">Runs</a><span aria-hidden="true"> / </span><bdi>${application}</bdi></p>!${offered}</div>`;
}

const FILE_NAMES = { html: 'HTML file', md: 'Markdown', 'junit.xml': 'JUnit', json: 'JSON' };
