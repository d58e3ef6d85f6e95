import { html } from 'ghtml';
import type { JudgedRun } from '../../reports/config-history.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { RunReport } from '../../reports/run-report.ts';
import { metricOverRuns } from '../history/metric-history.ts';
import { metricBadge } from '../verdict-badge.ts';
import { aboutReport } from './fact-list.ts';
import { metricDetails } from './metric-details.ts';
import { metricList } from './metric-list.ts';
import type { ReportContext } from './report-context.ts';
import { runHead } from './run-head.ts';

/** How many metrics have their details on the page; those of others are fetched when opened. */
const LIMITS = { page: { metrics: 40, points: 60_000 }, file: { metrics: 250, points: 60_000 } } as const;

export interface MainOptions {
  readonly medium: 'page' | 'file';
  /** absent: the report leads nowhere */
  readonly context?: ReportContext | undefined;
}

/** The report of a run. */
export async function runMain(report: RunReport, { medium, context }: MainOptions): Promise<string> {
  const inlined = new Set(firstOf(report.metrics, LIMITS[medium]).map(({ anchor }) => anchor));
  return html`!${runHead(report, context)}
!${await metricList(report, { medium, inlined, by: context?.by })}
!${aboutReport(report, medium)}`;
}

/** One metric alone: fetched by the list, and a page to link to. @param runs of the config up to this one, oldest first */
export function metricMain(report: RunReport, metric: MetricReport, runs: readonly JudgedRun[]): string {
  return html`<article class="report">
<div class="trail"><p><a href="/reports/${encodeURIComponent(report.id)}#${metric.anchor}">The whole report</a></p></div>
<h1><bdi>${metric.name}</bdi></h1>
<p class="label-line">!${metricBadge(metric)} <bdi>${metric.reason}</bdi></p>
<div class="body">!${metricDetails(metric, { medium: 'page', charts: true })}</div>
!${metricOverRuns(metric, runs, report.id)}
</article>`;
}

/** As many as the limits allow, most important first. */
function firstOf(metrics: readonly MetricReport[], limits: { metrics: number; points: number }): MetricReport[] {
  let points = 0;
  return metrics.slice(0, limits.metrics).filter(({ series }) => {
    points += (series?.control.length ?? 0) + (series?.experiment.length ?? 0);
    return points <= limits.points;
  });
}
