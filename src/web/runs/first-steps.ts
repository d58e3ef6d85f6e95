import { html } from 'ghtml';
import { FIRST_REQUEST } from '../first-request.ts';

interface FirstSteps {
  /** of this service */
  readonly baseUrl: string;
  /** said where there is no metrics account */
  readonly message?: string | undefined;
}

/** First steps, shown while there is no run: to a first verdict by hand, then with one's own metrics, then by itself. */
export function firstSteps({ baseUrl, message }: FirstSteps): string {
  const body = JSON.stringify(FIRST_REQUEST, undefined, 1).replace(/\n\s+(?=[\d\]])/g, ' ');
  const command = `curl -s '${baseUrl}/canary?wait=30s' \\\n  -H 'content-type: application/json' -d '${body}'`;
  return html`<section class="first">
<p class="lead">No canary has been judged here yet. Three steps to a release gate:</p>
<ol>
<li><h2>See a verdict</h2><p>A sample that brings its own series: ten minutes of latency of a version and of its canary. Nothing is asked of a metrics store.</p>
<form method="post" action="/first-verdict"><button>Judge the sample</button></form>
<details class="more"><summary>The same from a terminal</summary><pre tabindex="0" aria-label="A first request">${command}</pre></details></li>
<li><h2>Judge your own metrics</h2>!${message === undefined ? HAS_ACCOUNT : NO_ACCOUNT}</li>
<li><h2>Let your pipeline ask</h2><p><code>POST /canary/{id of the config}</code> judges once, <code>POST /standalone_canary_analysis/{id}</code> again and again while a rollout goes on. <a href="/help/integrations/argo-rollouts.html">Argo Rollouts</a>, <a href="/help/integrations/flagger.html">Flagger</a>, <a href="/help/integrations/spinnaker.html">Spinnaker</a> and <a href="/help/integrations/ci.html">CI</a> have pages of their own, and so has the <a href="/docs">API</a>.</p></li>
</ol>
</section>`;
}

const HAS_ACCOUNT =
  '<p>See what your metrics account has to judge, and get a config for it that is tried before it is saved.</p><p><a class="button" href="/discover">What do I have?</a></p><p>Or <a href="/configs/new">create a config</a> from a template pack or from nothing. <a href="/help/start.html">Ten minutes, step by step</a>.</p>';

const NO_ACCOUNT =
  '<p>Point Haldane at your Prometheus: in <code>haldane.yml</code>,</p><pre tabindex="0" aria-label="A metrics account">accounts:\n  - name: prom\n    type: prometheus\n    endpoint: { baseUrl: http://prometheus:9090 }</pre><p>Start again, and see at <a href="/discover">What do I have?</a> what there is to judge. <a href="/help/start.html">Ten minutes, step by step</a>; other stores are in <a href="/help/reference/accounts.html">the reference</a>.</p>';
