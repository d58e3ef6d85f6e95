import { html } from 'ghtml';
import type { Report } from '../../reports/report.ts';
import { visibleText } from '../../reports/visible-text.ts';
import { analysisMain } from './analysis-page.ts';
import type { ReportContext } from './report-context.ts';
import { reportTrail } from './report-trail.ts';
import { runMain } from './run-page.ts';

/**
 * The report's HTML without the page around it, in as many turns as it takes. A page follows a running run; a file has
 * no links.
 *
 * @param context what the page leads to; absent: nothing, as in a file that is kept
 */
export async function reportMain(report: Report, medium: 'page' | 'file', context?: ReportContext): Promise<string> {
  const main =
    report.kind === 'run' ? await runMain(report, { medium, context }) : analysisMain(report, { medium, context });
  const resource = report.kind === 'run' ? 'canary' : 'standalone_canary_analysis';
  const events = html` data-events="/${resource}/${encodeURIComponent(report.id)}/events"`;
  const follows = medium === 'page' && !report.complete;
  return visibleText(html`<article class="report"!${follows ? events : ''}>
!${medium === 'page' ? reportTrail(report, context) : ''}
!${main}
</article>`);
}
