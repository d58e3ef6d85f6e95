import { html } from 'ghtml';
import { formatDuration } from '../../reports/format.ts';
import { icon } from '../icons.ts';

/** Whether a metrics account answers. */
export interface AccountStanding {
  readonly status: 'UP' | 'DOWN';
  /** of its store */
  readonly type: string;
  /** why not, without secrets */
  readonly error?: string;
}

export interface CheckedAccounts {
  /** by name; empty until they were checked */
  readonly accounts: Readonly<Record<string, AccountStanding>>;
  /** how long ago they were */
  readonly checkedAgoMillis?: number | undefined;
}

/** The metrics accounts, those that do not answer first; nothing before they were checked. */
export function accountList({ accounts, checkedAgoMillis }: CheckedAccounts): string {
  const found = Object.entries(accounts).toSorted(([, one], [, other]) => one.status.localeCompare(other.status));
  if (found.length === 0) return '';
  const down = found.filter(([, { status }]) => status === 'DOWN').length;
  const summary =
    down === 0 ? 'Metrics accounts: all answer' : `Metrics accounts: ${down} of ${found.length} not usable`;
  const checked =
    checkedAgoMillis === undefined ? '' : html`<span class="faint">, ${agoWords(checkedAgoMillis)}</span>`;
  return html`<details class="accounts" id="accounts" !${down === 0 ? '' : 'open'}><summary class="${down === 0 ? 'pass' : 'fail'}">!${icon(down === 0 ? 'check' : 'cross')}${summary}!${checked}</summary><ul>!${found.map(item).join('')}</ul></details>`;
}

/** To the second: a list that is looked at again must not change with every millisecond. */
function agoWords(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  return seconds === 0 ? 'checked just now' : `checked ${formatDuration(seconds * 1000)} ago`;
}

function item([name, { status, type, error }]: [string, AccountStanding]): string {
  const up = status === 'UP';
  return html`<li class="${up ? 'pass' : 'fail'}">!${icon(up ? 'check' : 'cross')}<span><strong><bdi>${name}</bdi></strong> <span class="faint">${type}</span> ${up ? 'answers' : ''}<bdi>${error ?? ''}</bdi></span></li>`;
}
