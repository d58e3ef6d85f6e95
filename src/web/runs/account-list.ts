import { html } from 'ghtml';
import { icon } from '../icons.ts';

/** Whether a metrics account answers. */
export interface AccountStanding {
  readonly status: 'UP' | 'DOWN';
  /** of its store */
  readonly type: string;
  /** why not, without secrets */
  readonly error?: string;
}

/** The metrics accounts, those that do not answer first; nothing before they were checked. */
export function accountList(accounts: Readonly<Record<string, AccountStanding>>): string {
  const found = Object.entries(accounts).toSorted(([, one], [, other]) => one.status.localeCompare(other.status));
  if (found.length === 0) return '';
  const down = found.filter(([, { status }]) => status === 'DOWN').length;
  const summary =
    down === 0 ? 'Metrics accounts: all answer' : `Metrics accounts: ${down} of ${found.length} not usable`;
  return html`<details class="accounts" !${down === 0 ? '' : 'open'}><summary>${summary}</summary><ul>!${found.map(item).join('')}</ul></details>`;
}

function item([name, { status, type, error }]: [string, AccountStanding]): string {
  const up = status === 'UP';
  return html`<li class="${up ? 'pass' : 'fail'}">!${icon(up ? 'check' : 'cross')}<span><strong><bdi>${name}</bdi></strong> <span class="faint">${type}</span> ${up ? 'answers' : ''}<bdi>${error ?? ''}</bdi></span></li>`;
}
