// @ts-check
// The settings of a judge, from its schemas.

import { element, fieldFor, isObject, valueAt } from './config-fields.js';

/** @typedef {import('./config-metrics.js').Editor} Editor */
/** @typedef {{ name: string, label: string, kind: string, about: string, rare: boolean, choices?: { value: string, text: string }[], default?: string }} SettingField */
/** @typedef {{ name: string, visible: boolean, settings: SettingField[], metricSettings: SettingField[] }} Judge */

/** The judge of the config, the first one when it names none. @returns {Judge | undefined} */
export function judgeOf(/** @type {Editor} */ { config, choices }) {
  const name = config.judge?.name;
  return name ? choices.judges.find((/** @type {Judge} */ judge) => judge.name === name) : choices.judges[0];
}

/** The judge picker, and below it the judge's settings for all metrics. */
export function judgeSection(/** @type {Editor} */ editor) {
  const known = editor.choices.judges.filter((/** @type {Judge} */ { visible }) => visible);
  const names = known.map((/** @type {Judge} */ { name }) => name);
  const choices = [{ value: '', text: 'the default of the service' }, ...names];
  const picker = fieldFor(editor, { path: ['judge', 'name'], label: 'Judge', kind: 'choice', choices });
  picker.querySelector('select')?.addEventListener('change', () => editor.redraw('field-judge.name'));
  const settings = settingsPart(editor, ['judge', 'judgeConfigurations'], judgeOf(editor)?.settings ?? []);
  return [element('div', { class: 'fields' }, picker), ...settings];
}

/**
 * Fields for all settings; rare ones that are not set are folded away. Settings the judge does not know are shown too,
 * so that nothing is hidden.
 *
 * @param {Editor} editor
 * @param {(string | number)[]} path
 * @param {readonly SettingField[]} known
 */
export function settingsPart(editor, path, known) {
  const settings = valueAt(editor.config, path);
  const names = new Set(known.map(({ name }) => name.split('.')[0]));
  /** @type {SettingField[]} */
  const strange = Object.keys(isObject(settings) && !Array.isArray(settings) ? settings : {})
    .filter((name) => !names.has(name))
    .map((name) => ({ name, label: name, kind: 'json', about: 'not known to this judge', rare: false }));
  const all = [...known, ...strange];
  const isFolded = (/** @type {SettingField} */ { name, rare }) =>
    rare && valueAt(settings, name.split('.')) === undefined;
  const shown = all.filter((field) => !isFolded(field));
  const folded = all.filter(isFolded);
  const draw = (/** @type {SettingField[]} */ fields) => drawFields(editor, path, fields);
  if (folded.length === 0) return draw(shown);
  const rest = element('details', { class: 'more' }, element('summary', {}, `${folded.length} further settings`));
  rest.append(...draw(folded));
  return [...draw(shown), rest];
}

/** Flags are grouped below the rest. */
function drawFields(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {SettingField[]} */ fields,
) {
  const make = (/** @type {SettingField} */ { name, label, kind, about, choices, default: usual }) =>
    fieldFor(editor, { path: [...path, ...name.split('.')], label, kind, about, choices, usual });
  const flags = fields.filter(({ kind }) => kind === 'flag');
  const others = fields.filter(({ kind }) => kind !== 'flag');
  return [
    ...(others.length === 0 ? [] : [element('div', { class: 'fields' }, ...others.map(make))]),
    ...(flags.length === 0 ? [] : [element('div', { class: 'fields flags' }, ...flags.map(make))]),
  ];
}
