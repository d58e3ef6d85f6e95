import { html } from 'ghtml';
import type { BacktestLine } from '../../domain/backtest.ts';
import { backtestTable } from './backtest-list.ts';

export interface ConfigBacktests {
  /** of the config */
  readonly id: string;
  /** its last ones */
  readonly backtests: readonly BacktestLine[];
  readonly nowMillis: number;
}

/** The section of a config's page about its backtests. */
export function configBacktests({ id, backtests, nowMillis }: ConfigBacktests): string {
  const start = `/configs/${encodeURIComponent(id)}/backtest`;
  const told =
    backtests.length === 0
      ? '<p class="faint">Nobody has tried it yet: how often it alarms without a reason, and what it can find, is not known.</p>'
      : html`!${backtestTable(backtests, nowMillis)}<p><a href="/backtests.html?config=${encodeURIComponent(id)}">All its backtests</a></p>`;
  return html`<section aria-labelledby="backtests"><div class="page-head"><h2 id="backtests">Backtests</h2><a class="button" href="${start}">Try it on the past</a></div>!${told}</section>`;
}

/** The button of the editor: tries the config as it stands there, in a tab of its own, since it is not saved. */
export function tryOnThePast(id: string | undefined): string {
  const address = id === undefined ? '/configs/backtest' : `/configs/backtest?id=${encodeURIComponent(id)}`;
  return html`<button class="quiet" formaction="${address}" formtarget="_blank" name="from" value="editor">Try it on the past</button>`;
}
