import { html } from 'ghtml';

const FILES = { html: 'HTML file', md: 'Markdown', 'junit.xml': 'JUnit', json: 'JSON' } as const;

interface Reported {
  readonly id: string;
  readonly application: string;
  readonly complete: boolean;
}

/** The way back, and the report as files once it changes no more. */
export function reportTrail({ id, application, complete }: Reported): string {
  const address = `/reports/${encodeURIComponent(id)}`;
  const links = Object.entries(FILES).map(
    ([kind, text]) => html`<a href="${address}.${kind}" download="canary-${id}.${kind}">${text}</a>`,
  );
  const files = complete ? html`<nav class="files" aria-label="This report as a file">!${links.join('')}</nav>` : '';
  return html`<div class="trail"><p><a href="/">Runs</a><span aria-hidden="true"> / </span><bdi>${application}</bdi></p>!${files}</div>`;
}
