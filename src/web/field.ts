import { html } from 'ghtml';

export interface Field {
  /** unique in the page */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly required?: boolean;
  /** more than one: a text area */
  readonly rows?: number;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric' | 'decimal';
}

/** A labelled field; screen readers read its error and hint with it. */
export function field({ id, name, label, value, hint, error, required = false, rows = 1, ...more }: Field): string {
  const described = [...(error === undefined ? [] : [`${id}-error`]), ...(hint === undefined ? [] : [`${id}-hint`])];
  const attributes = [
    html` id="${id}" name="${name}" placeholder="${more.placeholder ?? ''}" autocomplete="off"`,
    described.length === 0 ? '' : html` aria-describedby="${described.join(' ')}"`,
    error === undefined ? '' : ' aria-invalid="true"',
    required ? ' required' : '',
    more.inputMode === undefined ? '' : html` inputmode="${more.inputMode}"`,
  ].join('');
  const control =
    rows > 1
      ? html`<textarea!${attributes} rows="${rows}" spellcheck="false">
${value}</textarea>`
      : html`<input!${attributes} value="${value}">`;
  return html`<div class="field"><label for="${id}">${label}</label>!${control}!${hint === undefined ? '' : html`<span class="hint" id="${id}-hint">${hint}</span>`}!${error === undefined ? '' : html`<span class="error" id="${id}-error">${error}</span>`}</div>`;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A labelled select field. */
export function choiceField(
  { id, name, label, value }: Pick<Field, 'id' | 'name' | 'label' | 'value'>,
  choices: readonly Choice[],
): string {
  const options = choices.map((choice) =>
    choice.value === value
      ? html`<option value="${choice.value}" selected>${choice.text}</option>`
      : html`<option value="${choice.value}">${choice.text}</option>`,
  );
  return html`<div class="field"><label for="${id}">${label}</label><select id="${id}" name="${name}">!${options.join('')}</select></div>`;
}
