import { html } from 'ghtml';
import { FIRST_REQUEST } from '../first-request.ts';

/** First steps, shown while there is no run. @param baseUrl of this service */
export function firstSteps(baseUrl: string): string {
  const body = JSON.stringify(FIRST_REQUEST, undefined, 1).replace(/\n\s+(?=[\d\]])/g, ' ');
  const command = `curl -s '${baseUrl}/canary?wait=30s' \\\n  -H 'content-type: application/json' -d '${body}'`;
  return html`<section class="first">
<p class="lead">No canary has been judged here yet. <a href="/help/start.html">Ten minutes with your own Prometheus</a>, or begin here:</p>
<ol>
<li><h2>Judge one now</h2><p>This request brings its own series, so it needs no metrics store. Run it in a terminal, and its report shows up here.</p><pre tabindex="0" aria-label="A first request">${command}</pre></li>
<li><h2>Say what to measure</h2><p><a href="/configs/new">Create a config</a> from <a href="/discover">what your metrics account has</a>, from a template pack for your product, or from nothing. Its page tries its queries before anything is judged, and judges a window, past or not yet over.</p></li>
<li><h2>Call it from your pipeline</h2><p><code>POST /canary/{id of the config}</code> judges once, <code>POST /standalone_canary_analysis/{id}</code> again and again; the <a href="/docs">API</a> has all of it.</p></li>
</ol>
</section>`;
}
