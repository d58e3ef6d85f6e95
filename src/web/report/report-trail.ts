import { html } from 'ghtml';
import type { Report } from '../../reports/report.ts';
import { isWebAddress } from './fact-list.ts';
import type { ReportContext } from './report-context.ts';

const FILES = { html: 'HTML file', md: 'Markdown', 'junit.xml': 'JUnit', json: 'JSON' } as const;

/** Where the report belongs, what can be done with it, and the report as files once it is final. */
export function reportTrail(report: Report, context: ReportContext | undefined): string {
  return html`<div class="trail"><p>!${crumbs(report, context)}</p><div class="ways">!${ownLinks(report)}!${actions(report, context)}!${files(report)}</div></div>`;
}

function crumbs({ id, application, config }: Report, context: ReportContext | undefined): string {
  const separator = '<span aria-hidden="true"> / </span>';
  const name = config.name === undefined || config.name === '' ? 'its config' : config.name;
  const stored = context?.config;
  const judged = html`/reports/${encodeURIComponent(id)}/config`;
  const changed =
    stored?.changed === true
      ? html` <span class="faint">(changed since: <a href="${judged}">as it was</a>, <a href="/configs/${encodeURIComponent(stored.id)}/versions">all versions</a>)</span>`
      : '';
  return [
    '<a href="/">Runs</a>',
    html`<a href="/?application=${encodeURIComponent(application.toWellFormed())}"><bdi>${application}</bdi></a>`,
    ...(stored === undefined
      ? [html`<a href="${judged}"><bdi>${name}</bdi></a>`]
      : [html`<a href="/configs/${encodeURIComponent(stored.id)}"><bdi>${name}</bdi></a>!${changed}`]),
  ].join(separator);
}

/** The caller's own addresses, such as those of the CI job and the commit. */
function ownLinks(report: Report): string {
  const given = report.kind === 'run' ? report.metadata.filter(({ value }) => isWebAddress(value)) : [];
  const links = given.map(
    ({ name, value }) => html`<a href="${value}" rel="noreferrer nofollow"><bdi>${name}</bdi></a>`,
  );
  return links.length === 0
    ? ''
    : html`<nav class="own-links" aria-label="Given with the run">!${links.join('')}</nav>`;
}

function actions({ id, kind, complete }: Report, context: ReportContext | undefined): string {
  if (context === undefined) return '';
  const { earlier, may } = context;
  const own = encodeURIComponent(id);
  const before = earlier.at(-1);
  const button = (what: string, text: string) =>
    html`<form method="post" action="/reports/${own}/${what}"><button class="link">${text}</button></form>`;
  const shown = [
    ...(before === undefined || !complete
      ? []
      : [html`<a href="/compare?a=${encodeURIComponent(before.id)}&amp;b=${own}">Compare with the run before</a>`]),
    ...(kind === 'run' && complete ? [html`<a href="/compare?a=${own}">Judge again</a>`] : []),
    ...(may.rerun ? [button('rerun', 'Run again')] : []),
    ...(may.cancel ? [button('cancel', 'Cancel')] : []),
    ...(may.delete ? [html`<a href="/reports/${own}/delete">Delete…</a>`] : []),
  ];
  return shown.length === 0 ? '' : html`<nav class="actions" aria-label="What can be done">!${shown.join('')}</nav>`;
}

function files({ id, complete }: Report): string {
  if (!complete) return '';
  const address = `/reports/${encodeURIComponent(id)}`;
  const links = Object.entries(FILES).map(
    ([kind, text]) => html`<a href="${address}.${kind}" download="canary-${id}.${kind}">${text}</a>`,
  );
  return html`<nav class="files" aria-label="This report as a file">!${links.join('')}</nav>`;
}
