import { html } from 'ghtml';
import { type Report, titleOf } from '../../reports/report.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';

/** Asks before a report is deleted. */
export function renderDeletePage(report: Report): string {
  const address = `/reports/${encodeURIComponent(report.id)}`;
  const what = report.kind === 'run' ? 'run' : 'analysis';
  return renderPage({
    title: `Delete a ${what}`,
    section: 'runs',
    styles: PAGE_STYLES,
    main: html`<h1>Delete this ${what}?</h1>
<p class="lead"><bdi>${titleOf(report)}</bdi></p>
<p>${report.headline}</p>
<p>Its report will be gone, for everybody. Its series stay until they are old.</p>
<form class="actions" method="post" action="${address}/delete"><button>Delete it</button> <a href="${address}">Keep it</a></form>`,
  });
}
