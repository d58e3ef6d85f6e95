import { html } from 'ghtml';
import type { Report } from '../../reports/report.ts';
import { visibleText } from '../../reports/visible-text.ts';
import { analysisMain } from './analysis-page.ts';
import { runMain } from './run-page.ts';

/** The report's HTML without the page around it, in as many turns as it takes. A page follows a running run; a file has no links. */
export async function reportMain(report: Report, medium: 'page' | 'file'): Promise<string> {
  const main = report.kind === 'run' ? await runMain(report, medium) : analysisMain(report, medium);
  const resource = report.kind === 'run' ? 'canary' : 'standalone_canary_analysis';
  const events = html` data-events="/${resource}/${encodeURIComponent(report.id)}/events"`;
  const follows = medium === 'page' && !report.complete;
  return visibleText(html`<article class="report"!${follows ? events : ''}>
!${medium === 'page' ? trail(report) : ''}
!${main}
</article>`);
}

const FILES = { html: 'HTML file', md: 'Markdown', 'junit.xml': 'JUnit', json: 'JSON' } as const;

/** The back link, and the report as files once it is final. */
function trail({ id, application, complete }: Report): string {
  const address = `/reports/${encodeURIComponent(id)}`;
  const links = Object.entries(FILES).map(
    ([kind, text]) => html`<a href="${address}.${kind}" download="canary-${id}.${kind}">${text}</a>`,
  );
  const files = complete ? html`<nav class="files" aria-label="This report as a file">!${links.join('')}</nav>` : '';
  return html`<div class="trail"><p><a href="/">Runs</a><span aria-hidden="true"> / </span><bdi>${application}</bdi></p>!${files}</div>`;
}
