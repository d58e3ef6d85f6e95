import { html } from 'ghtml';
import { VERDICTS } from '../../domain/canary-judge-result.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { verdictOf } from '../../reports/verdict.ts';

/** The list's filters, as in the URL; empty: none. */
export interface RunFilters {
  readonly show: 'runs' | 'analyses';
  readonly application: string;
  readonly verdict: string;
  readonly status: string;
  readonly config: string;
  /** days, in UTC: `2026-01-31`; `to` is inclusive */
  readonly from: string;
  readonly to: string;
}

/** The filters' choices. */
export interface RunChoices {
  readonly applications: readonly string[];
  readonly configs: readonly { readonly id: string; readonly name: string }[];
}

/** The URL of the page with these filters. */
export function runsAddress(filters: Partial<RunFilters>, cursor?: string): string {
  const parameters = Object.entries({ ...filters, cursor }).filter(
    ([name, value]) => value !== undefined && value !== '' && !(name === 'show' && value === 'runs'),
  );
  const query = new URLSearchParams(parameters as [string, string][]).toString();
  return query === '' ? '/' : `/?${query}`;
}

/** Whether any filter is set. */
export function isNarrowed({ show: _, ...filters }: RunFilters): boolean {
  return Object.values(filters).some((value) => value !== '');
}

/** The form above the list; it works without scripts. */
export function renderFilters(filters: RunFilters, { applications, configs }: RunChoices): string {
  const analyses = filters.show === 'analyses';
  const verdict = select(
    'verdict',
    'Verdict',
    filters.verdict,
    VERDICTS.map((word) => [word, word]),
  );
  const names = configs.map(({ id, name }): [string, string] => [id, name]);
  const config = select('config', 'Config', filters.config, [...names, ['ad-hoc', 'of the request (ad-hoc)']]);
  const statuses = Object.keys(EXECUTION_STATUS).map((status): [string, string] => [status, statusWord(status)]);
  return html`<form class="filters" id="filters" method="get" action="/" aria-label="Filter the list">
!${analyses ? '<input type="hidden" name="show" value="analyses">' : ''}
<label>Application<input name="application" list="applications" value="${filters.application}" autocomplete="off" maxlength="300"></label>
<datalist id="applications">!${applications.map((name) => html`<option value="${name}"></option>`).join('')}</datalist>
!${analyses ? '' : verdict}
!${select('status', 'Status', filters.status, statuses)}
!${analyses ? '' : config}
<label>From day<input type="date" name="from" value="${filters.from}"></label>
<label>To day (UTC)<input type="date" name="to" value="${filters.to}"></label>
<span class="actions"><button>Filter</button><a id="clear" href="${runsAddress({ show: filters.show })}" !${isNarrowed(filters) ? '' : 'hidden'}>Clear</a></span>
</form>`;
}

function statusWord(status: string): string {
  return status === 'succeeded' ? 'Judged' : verdictOf(undefined, status).text;
}

function select(name: string, label: string, chosen: string, choices: readonly (readonly [string, string])[]): string {
  const known = choices.some(([value]) => value === chosen) || chosen === '';
  const all = known ? choices : [...choices, [chosen, chosen] as const];
  const options = all.map(([value, text]) =>
    value === chosen
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`,
  );
  return html`<label>${label}<select name="${name}"><option value="">any</option>!${options.join('')}</select></label>`;
}
