import { html } from 'ghtml';
import { renderPage } from '../layout.ts';

const DOCUMENTS = [
  ['docs/README.md', 'where to begin'],
  ['docs/start.md', 'from your Prometheus to a verdict in ten minutes'],
  ['docs/concepts.md', 'what the words mean, with pictures'],
  ['docs/reference/', 'every key of configs, queries, judges, accounts and haldane.yml'],
  ['docs/integrations/', 'Argo Rollouts, Flagger, Spinnaker, CI and others'],
  ['docs/operations/', 'running it'],
] as const;

/** Shown at `/help` where the help has not been built: in a clone of the repository. */
export function renderHelpAbsentPage(): string {
  const rows = DOCUMENTS.map(([path, about]) => html`<li><code>${path}</code>: ${about}</li>`);
  return renderPage({
    title: 'Help',
    main: html`<h1>The help has not been built here</h1>
<p>The package and the image contain it. In a clone of the repository, build it once and load this page again:</p>
<pre tabindex="0"><code>npm run docs:site</code></pre>
<p>It is made of these documents, which are there to read as they are:</p>
<ul>!${rows.join('')}</ul>
<p><a href="/docs">The API</a> has a page of its own.</p>`,
  });
}
