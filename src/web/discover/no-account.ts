import { html } from 'ghtml';
import type { SurveyedAccount } from './discover-page.ts';

const SAMPLE = `accounts:
  - name: prom
    type: prometheus
    endpoint:
      baseUrl: http://prometheus.example.com:9090
    # with a token: bearerToken: "\${PROMETHEUS_TOKEN}"
    # with a password: username: haldane, and password: "\${PROMETHEUS_PASSWORD}"`;

/** What to do where no account can be looked through. */
export function noAccount(unlisted: readonly SurveyedAccount[]): string {
  return html`<section class="notice" aria-labelledby="none"><h2 id="none">No account can be looked through yet</h2>
<p>Add the address of a Prometheus, or of what has its API (VictoriaMetrics, Thanos, Mimir), to <code>haldane.yml</code>, and restart the service or send it SIGHUP:</p>
<pre tabindex="0" aria-label="A sample of haldane.yml">${SAMPLE}</pre>
<p>Secrets stay variables of the environment. <code>haldane init --prometheus http://…</code> writes this file for you; <a href="/help/reference/accounts.html">every setting of an account</a> is in the help.</p>
<p class="faint">An address cannot be entered on this page: whoever may open it could then have the service ask any address that it reaches. Only accounts of the configuration are asked.</p></section>
!${unlistedAccounts(unlisted)}`;
}

/** Accounts of stores that do not tell which series they have. */
export function unlistedAccounts(unlisted: readonly SurveyedAccount[]): string {
  const shown = unlisted.filter(({ type }) => type !== 'inline');
  if (shown.length === 0) return '';
  const items = shown.map(
    ({ name, type }) =>
      html`<li><strong><bdi>${name}</bdi></strong> <span class="faint">${type}</span>: <a href="/configs/new?search=${encodeURIComponent(type)}">packs for it</a></li>`,
  );
  return html`<section aria-labelledby="unlisted"><h2 id="unlisted">Accounts that cannot be looked through</h2><p class="faint">Their stores do not tell which series a metric has.</p><ul>!${items.join('')}</ul></section>`;
}
