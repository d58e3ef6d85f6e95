import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import type { DrawnMetric } from '../../domain/query-preview.ts';
import type { Survey, SurveyProposal } from '../../domain/survey.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { choiceField, field } from '../field.ts';
import { renderPage } from '../layout.ts';
import { noAccount, unlistedAccounts } from './no-account.ts';
import { otherPacks, packList } from './pack-list.ts';
import { previews } from './previews.ts';
import { versionTable } from './version-table.ts';

export interface SurveyedAccount {
  readonly name: string;
  readonly type: string;
}

export interface DiscoverPage {
  /** those that can be looked through */
  readonly accounts: readonly SurveyedAccount[];
  readonly unlisted: readonly SurveyedAccount[];
  /** as submitted; `account` is the one that was looked at, or empty */
  readonly fields: Readonly<Record<string, string>>;
  /** absent: there is no account, or it could not be asked */
  readonly survey?: Survey | undefined;
  /** why it could not */
  readonly failure?: string | undefined;
  /** of the proposed config */
  readonly problems: readonly ConfigProblem[];
  /** the proposed config with the metrics of its packs */
  readonly expanded?: CanaryConfig | undefined;
  /** some of its metrics */
  readonly drawn: readonly DrawnMetric[];
}

/** `/discover`: what an account has to judge, and a config for it. */
export function renderDiscoverPage(page: DiscoverPage): string {
  return renderPage({
    title: 'What do I have?',
    description: 'Which ready-made metrics match a metrics account, and a config that is valid for it.',
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span></p>
<h1>What do I have?</h1>
<p class="lead">Looks through a metrics account, tells which ready-made metrics match and which versions run, and makes a config of it.</p>
!${page.accounts.length === 0 ? noAccount(page.unlisted) : looked(page)}`,
  });
}

function looked(page: DiscoverPage): string {
  const { survey, failure, unlisted } = page;
  return html`<form method="get" action="/discover" class="discover">
!${chooser(page)}
!${failure === undefined ? '' : html`<p class="notice" role="alert"><bdi>${failure}</bdi></p>`}
!${survey === undefined ? '' : found(page, survey)}
</form>
!${unlistedAccounts(unlisted)}`;
}

const LENGTHS = [
  { value: '5', text: 'the last 5 minutes' },
  { value: '15', text: 'the last 15 minutes' },
  { value: '30', text: 'the last 30 minutes' },
  { value: '60', text: 'the last hour' },
  { value: '180', text: 'the last 3 hours' },
];

function chooser({ accounts, fields }: DiscoverPage): string {
  const account = { id: 'account', name: 'account', label: 'Metrics account', value: fields.account ?? '' };
  const options = accounts.map(({ name }) => ({ value: name, text: name }));
  const last = { id: 'last', name: 'last', label: 'Look at', value: fields.last || '30' };
  return html`<div class="filters">!${choiceField(account, options)}!${choiceField(last, LENGTHS)}<span class="actions"><button>Look</button></span></div>`;
}

function found(page: DiscoverPage, survey: Survey): string {
  const { account, metrics, packs, others, proposal } = survey;
  const kept = html`<input type="hidden" name="of" value="${account}"><input type="hidden" name="ofLabel" value="${proposal?.label ?? ''}"><input type="hidden" name="ofLocation" value="${proposal?.location ?? ''}">`;
  if (proposal === undefined) return kept + nothingMatches(survey);
  return html`!${kept}
<p><strong><bdi>${account}</bdi></strong> has ${count(metrics, 'metric')}; ${count(packs.length, 'pack matches', 'packs match')}.</p>
<section aria-labelledby="versions"><h2 id="versions">Versions that run</h2>!${versionTable(survey, proposal)}</section>
!${warnings(proposal)}
<section aria-labelledby="previews"><h2 id="previews">What it looks like</h2>!${previews(page)}</section>
<section aria-labelledby="packs"><h2 id="packs">What can be judged</h2>!${packList(packs, proposal.packs)}<p class="actions"><button class="quiet">Look again with this choice</button></p>!${otherPacks(others)}</section>
<section class="try-box" aria-labelledby="config"><h2 id="config">The config</h2>!${configFields(page, proposal)}</section>`;
}

function nothingMatches({ account, metrics, others }: Survey): string {
  return html`<p class="notice"><bdi>${account}</bdi> has ${count(metrics, 'metric')}, and no pack of ready-made metrics matches them. <a href="/configs/new?blank=true">Write a config with queries of your own</a>, or see <a href="/configs/new">what the packs are for</a>.</p>!${otherPacks(others)}`;
}

function warnings({ warnings: told }: SurveyProposal): string {
  if (told.length === 0) return '';
  const items = told.map((one) => html`<li><bdi>${one}</bdi></li>`).join('');
  return html`<section class="notice" aria-labelledby="doubts"><h2 id="doubts">Before you judge</h2><ul>!${items}</ul></section>`;
}

function configFields({ problems, expanded }: DiscoverPage, { config, baseline, canary }: SurveyProposal): string {
  const prevents = problems.filter((problem) => problem.prevents !== 'nothing');
  const nameError = prevents.find(({ path }) => path === 'name')?.message;
  const name = { id: 'name', name: 'name', label: 'Name', value: config.name ?? '', error: nameError };
  const application = { id: 'application', name: 'application', label: 'Application' };
  const others = prevents.filter(({ path }) => path !== 'name');
  const list = others.map(({ path, message }) => html`<li><code>${path}</code> <bdi>${message}</bdi></li>`).join('');
  const metrics = count(expanded?.metrics?.length ?? 0, 'metric');
  const sides = baseline === undefined || canary === undefined ? '' : ` ${canary} against ${baseline}`;
  return html`<div class="fields">!${field(name)}!${field({ ...application, value: config.applications?.join(', ') ?? '', hint: 'what a deployment belongs to' })}</div>
!${list === '' ? '' : html`<ul class="error" role="alert">!${list}</ul>`}
<details class="more"><summary>Show the config: ${metrics}</summary><pre tabindex="0" aria-label="The config">${JSON.stringify(config, undefined, 2)}</pre></details>
<p class="actions"><button formmethod="post" formaction="/discover">Save this config</button><span class="faint">and go on to judge<bdi>${sides}</bdi></span></p>`;
}
