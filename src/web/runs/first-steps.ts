import { html } from 'ghtml';

/** A request that needs no metrics store: it contains its series. */
const FIRST_REQUEST = {
  canaryConfig: {
    name: 'first-canary',
    metrics: [
      {
        name: 'latency in ms',
        query: {
          type: 'inline',
          control: [101, 99, 104, 98, 102, 100, 103, 97, 101, 99],
          experiment: [118, 123, 117, 121, 119, 122, 116, 120, 118, 124],
        },
        groups: ['latency'],
        analysisConfigurations: { canary: { direction: 'increase' } },
        scopeName: 'default',
      },
    ],
    classifier: { groupWeights: { latency: 100 } },
  },
  executionRequest: {
    scopes: {
      default: {
        controlScope: { scope: 'v1', start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:10:00Z', step: 60 },
        experimentScope: { scope: 'v2', start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:10:00Z', step: 60 },
      },
    },
    thresholds: { pass: 95, marginal: 75 },
  },
};

/** First steps, shown while there is no run. @param baseUrl of this service */
export function firstSteps(baseUrl: string): string {
  const body = JSON.stringify(FIRST_REQUEST, undefined, 1).replace(/\n\s+(?=[\d\]])/g, ' ');
  const command = `curl -s '${baseUrl}/canary?wait=30s' \\\n  -H 'content-type: application/json' -d '${body}'`;
  return html`<section class="first">
<p class="lead">No canary has been judged here yet.</p>
<ol>
<li><h2>Judge one now</h2><p>This request brings its own series, so it needs no metrics store. Run it in a terminal, and its report shows up here.</p><pre tabindex="0" aria-label="A first request">${command}</pre></li>
<li><h2>Say what to measure</h2><p><a href="/configs/new">Create a config</a> from a template pack for your product, or from nothing. Its page tries its queries before anything is judged, and judges a window, past or not yet over.</p></li>
<li><h2>Call it from your pipeline</h2><p><code>POST /canary/{id of the config}</code> judges once, <code>POST /standalone_canary_analysis/{id}</code> again and again; the <a href="/docs">API</a> has all of it.</p></li>
</ol>
</section>`;
}
