// @ts-check
// The settings of a judge, from its schemas, in sections.

import { element, fieldFor, isObject, valueAt } from './config-fields.js';

/** @typedef {import('./config-metrics.js').Editor} Editor */
/** @typedef {{ name: string, label: string, kind: string, about: string, rare: boolean, section?: string, names?: string, choices?: { value: string, text: string }[], default?: string }} SettingField */
/** @typedef {{ name: string, visible: boolean, settings: SettingField[], metricSettings: SettingField[], readsCompanions: boolean }} Judge */
/** @typedef {{ id: string, title: string, about: string }} Section */

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
  const picker = fieldFor(editor, {
    path: ['judge', 'name'],
    label: 'Judge',
    api: 'judge.name',
    kind: 'choice',
    choices,
  });
  picker.querySelector('select')?.addEventListener('change', () => editor.redraw('field-judge.name'));
  const settings = settingsPart(editor, ['judge', 'judgeConfigurations'], judgeOf(editor)?.settings ?? [], {}, []);
  return [element('div', { class: 'fields' }, picker), ...settings];
}

/**
 * Fields for all settings, section by section: the first is open, the others are where something is set. Settings the
 * judge does not know are shown too, so that nothing is hidden.
 *
 * @param {Editor} editor
 * @param {(string | number)[]} path
 * @param {readonly SettingField[]} known
 * @param {Readonly<Record<string, { parts: HTMLElement[], isSet: boolean }>>} [more] what else a section has, at its start
 * @param {readonly SettingField[]} [elsewhere] settings that are shown before: then the first section is not open either
 */
export function settingsPart(editor, path, known, more = {}, elsewhere) {
  const settings = valueAt(editor.config, path);
  const names = new Set([...known, ...(elsewhere ?? [])].map(({ name }) => name.split('.')[0]));
  /** @type {SettingField[]} */
  const strange = Object.keys(isObject(settings) && !Array.isArray(settings) ? settings : {})
    .filter((name) => !names.has(name))
    .map((name) => ({ name, label: name, kind: 'json', about: 'not known to this judge', rare: false }));
  const isSet = (/** @type {SettingField} */ { name }) => valueAt(settings, name.split('.')) !== undefined;
  const sections = editor.choices.sections.flatMap((/** @type {Section} */ section) => {
    const own = known.filter((field) => field.section === section.id);
    const { parts = [], isSet: hasMore = false } = more[section.id] ?? {};
    if (own.length + parts.length === 0) return [];
    return [{ section, parts: [...parts, ...drawFields(editor, path, own)], open: hasMore || own.some(isSet) }];
  });
  const others = [...known.filter(({ section }) => section === undefined), ...strange];
  return [
    ...sections.map(
      (
        /** @type {{ section: Section, parts: HTMLElement[], open: boolean }} */ { section, parts, open },
        /** @type {number} */ index,
      ) => sectionBox(section, parts, open || (index === 0 && elsewhere === undefined)),
    ),
    ...drawFields(editor, path, others),
  ];
}

/** A section that can be folded; what it is about stands beside its title. */
export function sectionBox(
  /** @type {Pick<Section, 'title' | 'about'>} */ { title, about },
  /** @type {HTMLElement[]} */ parts,
  /** @type {boolean} */ open,
) {
  const summary = element('summary', {}, element('strong', {}, title), ' ', element('span', { class: 'faint' }, about));
  return element('details', { class: 'settings', open }, summary, ...parts);
}

/** Fields for some settings, in one row. */
export function settingFields(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {SettingField[]} */ fields,
) {
  return element('div', { class: 'fields' }, ...fields.map((field) => settingField(editor, path, field)));
}

/** Flags are grouped below the rest. @returns {HTMLElement[]} */
function drawFields(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {SettingField[]} */ fields,
) {
  const make = (/** @type {SettingField} */ field) => settingField(editor, path, field);
  const flags = fields.filter(({ kind }) => kind === 'flag');
  const others = fields.filter(({ kind }) => kind !== 'flag');
  return [
    ...(others.length === 0 ? [] : [element('div', { class: 'fields' }, ...others.map(make))]),
    ...(flags.length === 0 ? [] : [element('div', { class: 'fields flags' }, ...flags.map(make))]),
  ];
}

function settingField(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {SettingField} */ { name, label, kind, about, choices, names, default: usual },
) {
  return fieldFor(editor, {
    path: [...path, ...name.split('.')],
    label,
    api: label === name ? undefined : name,
    kind: names === 'metric' ? 'choice' : kind,
    about,
    choices: names === 'metric' ? otherMetrics(editor, path) : choices,
    usual,
  });
}

/** The names of the metrics but that of the one at the path. */
function otherMetrics(/** @type {Editor} */ { config }, /** @type {(string | number)[]} */ [, own]) {
  const metrics = Array.isArray(config.metrics) ? config.metrics : [];
  const names = metrics.flatMap((/** @type {any} */ metric, /** @type {number} */ index) =>
    index === own || typeof metric?.name !== 'string' || metric.name === '' ? [] : [metric.name],
  );
  return [{ value: '', text: 'none' }, ...new Set(names)];
}
