import { html } from 'ghtml';
import { assetNamed } from '../assets.ts';
import { renderPage } from '../layout.ts';
import { firstVerdict } from './first-verdict.ts';

const STYLES = [assetNamed('docs.css')];
const SCRIPTS = [assetNamed('docs.js')];
/** Where the service has the files of Swagger UI. */
const LIBRARY = { style: '/docs/ui/static/swagger-ui.css', script: '/docs/ui/static/swagger-ui-bundle.js' };

/** The API: how to begin, then every operation, to try. @param baseUrl of this service */
export function renderDocsPage(baseUrl: string): string {
  const steps = firstVerdict(baseUrl).map(
    ({ title, text, command }) =>
      html`<li><h3>${title}</h3><p>${text}</p><pre tabindex="0" aria-label="${title}">${command}</pre></li>`,
  );
  return renderPage({
    title: 'API',
    styles: STYLES,
    scripts: SCRIPTS,
    library: LIBRARY,
    main: html`<h1>Haldane API</h1>
<p>The API is Kayenta’s, so Kayenta’s clients only need this address. <a href="/">The runs</a> and <a href="/configs">the configs</a> have pages of their own; generators of clients read <a href="/docs/json">the OpenAPI document</a>.</p>
<section class="steps" aria-labelledby="first-verdict"><h2 id="first-verdict">First verdict in five requests</h2>
<p>Paste them into one terminal, one after the other. They bring their own series, so they need no metrics store.</p>
<ol>!${steps.join('\n')}</ol>
<p>With a metrics store of your own, write its query where <code>"type": "inline"</code> is, and a window that it has data for.</p></section>
<section aria-labelledby="reference-title"><h2 id="reference-title">Every operation</h2>
<p>Open one, then Execute: it is sent to this service. The examples name the series of the demo, <code>npm run demo -- --serve</code>.</p>
<div id="reference"><noscript>The list needs JavaScript; <a href="/docs/json">the OpenAPI document</a> has all of it.</noscript></div></section>`,
  });
}
