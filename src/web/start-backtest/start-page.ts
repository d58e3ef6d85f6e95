import { html } from 'ghtml';
import type { BACKTEST_ARMS } from '../../domain/backtest.ts';
import { KNOWN_CHANGES } from '../../domain/backtest-report.ts';
import { visibleJson } from '../../reports/visible-text.ts';
import { PAGE_STYLES } from '../assets.ts';
import { JUDGE_FIELD } from '../backtest/form-address.ts';
import { previewFields, thresholdFields } from '../configs/preview-form.ts';
import type { FieldErrors } from '../configs/preview-values.ts';
import { choiceField, field } from '../field.ts';
import { renderPage } from '../layout.ts';
import type { BacktestValues } from './backtest-values.ts';

export interface StartBacktestPage {
  /** of a stored config; absent: it is not stored */
  readonly id?: string | undefined;
  readonly name: string;
  /** a config that is not saved, as JSON; absent: the stored one is tried */
  readonly text?: string | undefined;
  readonly values: BacktestValues;
  readonly errors: FieldErrors;
  /** names of the metrics accounts */
  readonly accounts: readonly string[];
  /** the judge of the config, or the default */
  readonly judge: string;
  /** others that may be had beside it */
  readonly others: readonly string[];
}

const ARMS_TEXT: Record<keyof typeof BACKTEST_ARMS, string> = {
  scopes: 'two instances of the same version',
  before: 'the baseline against itself, one window earlier',
  releases: 'the last releases that passed',
};

/** `/configs/{id}/backtest` and `/configs/backtest`: the form that tries a config on the past. */
export function renderStartBacktestPage(page: StartBacktestPage): string {
  const { id, name, text } = page;
  const config = id === undefined ? undefined : `/configs/${encodeURIComponent(id)}`;
  const action = text === undefined && config !== undefined ? `${config}/backtest` : '/configs/backtest';
  const unsaved =
    text === undefined
      ? ''
      : html`<p class="notice" role="status">This tries the config as it stands in the editor; nothing is saved.</p><textarea name="json" hidden aria-label="The config as JSON">
${visibleJson(text)}</textarea>!${id === undefined ? '' : html`<input type="hidden" name="id" value="${id}">`}`;
  return renderPage({
    title: `Try ${name} on the past`,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<p class="crumbs"><a href="/configs">Configs</a> <span aria-hidden="true">/</span>!${config === undefined ? '' : html` <a href="${config}"><bdi>${name}</bdi></a> <span aria-hidden="true">/</span>`}</p>
<h1>Try <bdi>${name}</bdi> on the past</h1>
<p class="lead">It judges many past windows in which nothing changed: every alarm there is false. Then it makes the canary worse by a known change, and counts what is found. <a href="/help/backtest.html">More</a></p>
<form class="start-backtest" method="post" action="${action}" novalidate>!${unsaved}!${fields(page)}
<p class="actions"><button name="begin" value="true">Start the backtest</button><span class="faint">it queries the metrics store, and takes some minutes</span></p></form>`,
  });
}

function fields({ values, errors, accounts, judge, others }: StartBacktestPage): string {
  const arms = Object.entries(ARMS_TEXT).map(([value, text]) => ({ value, text }));
  const window = field({
    ...{ id: 'window', name: 'window', label: 'Length of a window', value: values.window, error: errors.get('window') },
    hint: 'as a canary would be judged: 30m or 1h',
  });
  const releases = field({
    ...{ id: 'releases', name: 'releases', label: 'How many releases', value: values.releases },
    ...{ error: errors.get('releases'), hint: 'each with its own scopes and time', inputMode: 'numeric' },
  });
  const changes = choiceField({ id: 'changes', name: 'changes', label: 'Known changes', value: values.changes }, [
    { value: '', text: `all: ${Object.keys(KNOWN_CHANGES).join(', ')}` },
    { value: 'none', text: 'none: false alarms only' },
  ]);
  return html`<div class="fields wide">!${choiceField({ id: 'arms', name: 'arms', label: 'Which past', value: values.arms }, arms)}!${changes}</div>
<div class="fields">!${window}<div class="of-releases">!${releases}</div></div>
<div class="of-time"><p class="hint">Start and end are those of the whole time, in which nothing changed: a week has 168 windows of an hour.</p></div>
!${previewFields(values, errors, accounts)}
!${judgeFields(values, judge, others)}
<fieldset><legend>Scores</legend>!${thresholdFields(values, errors)}</fieldset>`;
}

function judgeFields({ judges }: BacktestValues, judge: string, others: readonly string[]): string {
  const boxes = others.map((name) => {
    const ticked = judges.includes(name) ? ' checked' : '';
    const id = `judge-${name}`;
    return html`<div class="field flag"><input type="checkbox" id="${id}" name="${JUDGE_FIELD}${name}" value="true"!${ticked}><label for="${id}">${name}</label></div>`;
  });
  return html`<fieldset><legend>Judges beside ${judge}</legend><div class="fields flags">!${boxes.join('')}</div></fieldset>`;
}
