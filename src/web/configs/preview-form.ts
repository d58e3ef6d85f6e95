import { html } from 'ghtml';
import { choiceField, type Field, field } from '../field.ts';
import { type FieldErrors, HISTORIES, type PreviewScope, type PreviewValues, placeName } from './preview-values.ts';

/** The fields for trying a config: where, when, which step. @param accounts names of the metrics accounts */
export function previewFields(values: PreviewValues, errors: FieldErrors, accounts: readonly string[]): string {
  const one = (name: keyof PreviewValues & string, label: string, more: Partial<Field> = {}) =>
    field({ id: `try-${name}`, name, label, value: String(values[name]), error: errors.get(name), ...more });
  const general = errors.get('');
  return html`!${general === undefined ? '' : html`<p class="notice" role="alert">${general}</p>`}
!${values.scopes.map((scope, index) => scopeFields(scope, index, values.scopes.length > 1)).join('')}
<div class="fields">!${one('start', 'Start', { hint: 'in UTC' })}!${one('end', 'End', { hint: 'in UTC, exclusive' })}!${one('step', 'Step in seconds', { inputMode: 'numeric' })}!${accountField(values.account, accounts)}</div>
<details class="more"!${values.params === '' && !errors.has('params') ? '' : ' open'}><summary>Further variables</summary>!${one('params', 'Variables of query templates', { rows: 3, hint: 'name=value, a line each; ${name} in a query becomes the value' })}</details>`;
}

/** What a run does about a window that has not ended. */
export function openWindowField({ partial: value }: PreviewValues): string {
  return choiceField({ id: 'try-partial', name: 'partial', label: 'If the window has not ended', value }, [
    { value: '', text: 'wait for its end' },
    { value: 'true', text: 'judge at once what there is' },
  ]);
}

/** Whether the baseline runs beside the canary. */
export function historyField({ history: value }: PreviewValues): string {
  const past = Object.entries(HISTORIES).map(([name, { text }]) => ({ value: name, text }));
  const choices = [{ value: '', text: 'beside the canary' }, ...past];
  return choiceField({ id: 'try-history', name: 'history', label: 'The baseline is', value }, choices);
}

/** The scores at which a run is marginal and passes. */
export function thresholdFields(values: PreviewValues, errors: FieldErrors): string {
  const one = (name: 'marginal' | 'pass', label: string) =>
    field({ id: `try-${name}`, name, label, value: values[name], error: errors.get(name), inputMode: 'decimal' });
  return html`<div class="fields">!${one('marginal', 'Marginal from')}!${one('pass', 'Pass from')}</div>`;
}

function scopeFields(scope: PreviewScope, index: number, many: boolean): string {
  const place = (name: Parameters<typeof placeName>[0], label: string, hint?: string) => {
    const own = placeName(name, scope, index);
    return field({ id: `try-${name}-${index}`, name: own, label, value: scope[name], hint });
  };
  return html`<fieldset><legend>${many ? `Scope ${scope.name}` : 'What is compared'}</legend><div class="fields">!${place('control', 'Baseline', 'what ${scope} becomes')}!${place('controlLocation', 'Location of baseline')}!${place('experiment', 'Canary')}!${place('experimentLocation', 'Location of canary')}</div></fieldset>`;
}

function accountField(value: string, accounts: readonly string[]): string {
  const choices = [{ value: '', text: 'the default' }, ...accounts.map((name) => ({ value: name, text: name }))];
  return choiceField({ id: 'try-account', name: 'account', label: 'Metrics account', value }, choices);
}
