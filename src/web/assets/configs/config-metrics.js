// @ts-check
// The metrics of a config, each a card that is filled when opened.

import { companionParts } from './config-companions.js';
import { element, fieldFor, isObject, pathText, valueAt } from './config-fields.js';
import { judgeOf, settingFields, settingsPart } from './config-settings.js';
import { previewSlot } from './live-preview.js';
import { withLanguage } from './query-field.js';

/** @typedef {{ config: any, choices: any, changed: (path: (string | number)[]) => void, redraw: (focus?: string) => void, isNew: (path: string) => void, open: Set<number> }} Editor */

const LONG = /template|expr|query|search|select|program|promql|^q$|body|dql|nrql|flux/i;
const HIDDEN = new Set(['type', 'serviceType', 'accountName', 'denominator', 'traffic']);
/** Settings that say what is bad and how much of it is too much, in the order in which people think of them. */
const FIRST_SETTINGS = [
  'direction',
  'effectSize.allowedIncrease',
  'effectSize.allowedDecrease',
  'minimumEffect',
  'tolerance',
  'importance',
];
/** Of a judge that compares with limits alone. */
const FIRST_LIMITS = ['limits.max', 'limits.min', 'importance'];

/** @param {Editor} editor */
export function metricsSection(editor) {
  const metrics = Array.isArray(editor.config.metrics) ? editor.config.metrics : [];
  const cards = metrics.map((/** @type {unknown} */ _, /** @type {number} */ index) => card(editor, index));
  const add = element('button', { type: 'button', class: 'quiet', id: 'add-metric' }, 'Add a metric');
  add.addEventListener('click', () => {
    const { type, groups } = likeThe(editor, metrics.at(-1));
    editor.config.metrics = [...metrics, { name: '', query: { type }, groups, scopeName: 'default' }];
    editor.open.add(metrics.length);
    editor.isNew(`metrics[${metrics.length}]`);
    editor.redraw(`field-metrics[${metrics.length}].name`);
  });
  const hint = metrics.length > 0 ? [] : [element('p', { class: 'empty' }, NO_METRIC)];
  const title = element('h2', {}, `Metrics (${metrics.length})`);
  return element('section', { class: 'edit-section' }, title, ...hint, ...cards, add);
}

const NO_METRIC = 'A metric is one query, asked for the baseline and for the canary: errors, latency, throughput.';

/** A new metric is asked of the store and counted in the group of the one before it; the first, of the default account. */
function likeThe(/** @type {Editor} */ { choices }, /** @type {any} */ last) {
  const groups = Array.isArray(last?.groups) && last.groups.length > 0 ? [...last.groups] : ['all'];
  return { type: last?.query?.type ?? choices.accounts[0]?.type ?? choices.providers[0]?.type ?? '', groups };
}

function card(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const metric = editor.config.metrics[index];
  const name = element('bdi', { 'data-name-of': String(index) }, metric?.name || 'new metric');
  const marks = element('span', { class: 'marks', 'data-marks-of': `metrics[${index}]` });
  const type = element('span', { class: 'faint' }, String(metric?.query?.type ?? ''));
  const summary = element('summary', {}, name, ' ', type, marks);
  const box = /** @type {HTMLDetailsElement} */ (
    element('details', { class: 'metric-edit', open: editor.open.has(index) }, summary)
  );
  const fill = () => {
    if (box.open && box.childElementCount === 1) box.append(...body(editor, index));
  };
  fill();
  box.addEventListener('toggle', () => {
    fill();
    if (box.open) editor.open.add(index);
    else editor.open.delete(index);
    editor.changed([]);
  });
  return box;
}

function body(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const at = ['metrics', index];
  const judged = [...at, 'analysisConfigurations', 'canary'];
  const known = judgeOf(editor)?.metricSettings ?? [];
  const first = firstSettings(editor, judged, known);
  const others = known.filter((setting) => !first.includes(setting));
  return [
    element(
      'div',
      { class: 'fields' },
      fieldFor(editor, { path: [...at, 'name'], label: 'Name', api: 'name', required: true }),
      typeField(editor, index),
      ...accountField(editor, index),
    ),
    queryPart(editor, index),
    ...(first.length === 0 ? [] : withHeading('How much is too much', [limitFields(editor, judged, first)])),
    element(
      'div',
      { class: 'fields' },
      fieldFor(editor, {
        path: [...at, 'groups'],
        label: 'Groups',
        api: 'groups',
        kind: 'names',
        about: 'separated by commas; each group has a weight in the score',
      }),
      fieldFor(editor, {
        path: [...at, 'scopeName'],
        label: 'Scope',
        api: 'scopeName',
        about: 'default, unless a run compares several',
      }),
    ),
    ...withHeading('Further settings', settingsPart(editor, judged, others, besides(editor, index), first)),
    actions(editor, index),
  ];
}

/** @typedef {import('./config-settings.js').SettingField} SettingField */

/** Those of the direction that counts, in their order. @returns {SettingField[]} */
function firstSettings(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {readonly SettingField[]} */ known,
) {
  const hasDirection = known.some(({ name }) => name === 'direction');
  const direction = valueAt(editor.config, [...path, 'direction']);
  const unasked = { increase: 'effectSize.allowedDecrease', decrease: 'effectSize.allowedIncrease' };
  const left = unasked[/** @type {'increase' | 'decrease'} */ (direction)];
  const isSet = (/** @type {string} */ name) => valueAt(editor.config, [...path, ...name.split('.')]) !== undefined;
  const names = (hasDirection ? FIRST_SETTINGS : FIRST_LIMITS).filter((name) => name !== left || isSet(name));
  return names.flatMap((name) => known.find((setting) => setting.name === name) ?? []);
}

function limitFields(
  /** @type {Editor} */ editor,
  /** @type {(string | number)[]} */ path,
  /** @type {SettingField[]} */ settings,
) {
  const made = settingFields(editor, path, settings);
  const direction = made.querySelector(`[data-path="${CSS.escape(pathText([...path, 'direction']))}"]`);
  direction?.addEventListener('change', () => editor.redraw(direction.id));
  return made;
}

/** The second queries, where the judge reads them or the config has them. */
function besides(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const query = editor.config.metrics[index]?.query;
  const fields = fieldsOf(editor, isObject(query) ? String(query.type) : '');
  const requests = companionParts(editor, index, fields, isMain);
  return judgeOf(editor)?.readsCompanions || requests.isSet ? { requests } : {};
}

/** Whether a field usually is the query itself. */
function isMain(/** @type {string} */ name) {
  return LONG.test(name) || name === 'metricName';
}

function withHeading(/** @type {string} */ text, /** @type {HTMLElement[]} */ parts) {
  return parts.length === 0 ? [] : [element('h4', {}, text), ...parts];
}

function typeField(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const path = ['metrics', index, 'query', 'type'];
  const choices = storeChoices(editor);
  const made = fieldFor(editor, {
    path,
    label: 'Metrics store',
    api: 'query.type',
    kind: 'choice',
    choices,
    required: true,
  });
  made.querySelector('select')?.addEventListener('change', () => {
    const { query } = editor.config.metrics[index];
    const known = new Set(fieldsOf(editor, query.type).map(({ name }) => name));
    for (const name of Object.keys(query)) if (name !== 'type' && !known.has(name)) delete query[name];
    editor.redraw(`field-metrics[${index}].query.type`);
  });
  return made;
}

/** Stores with an account come first; the others cannot be asked yet. */
function storeChoices(/** @type {Editor} */ { choices: { providers, accounts } }) {
  const used = new Set(accounts.map((/** @type {{ type: string }} */ { type }) => type));
  const types = providers.map((/** @type {{ type: string }} */ { type }) => type);
  return [
    ...[...used].map((type) => ({ value: String(type), text: String(type) })),
    ...types
      .filter((/** @type {string} */ type) => !used.has(type))
      .map((/** @type {string} */ type) => ({ value: type, text: `${type} (no account yet)` })),
  ];
}

/** Only where there is a choice. */
function accountField(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const path = ['metrics', index, 'query', 'accountName'];
  const names = editor.choices.accounts.map((/** @type {{ name: string }} */ { name }) => name);
  if (names.length < 2 && valueAt(editor.config, path) === undefined) return [];
  const choices = [{ value: '', text: 'of the run' }, ...names];
  return [fieldFor(editor, { path, label: 'Account', api: 'query.accountName', kind: 'choice', choices })];
}

/** @typedef {{ name: string, label: string, kind: string, about: string, required: boolean, choices?: string[], default?: string }} QueryField */

/** @returns {QueryField[]} */
function fieldsOf(/** @type {Editor} */ editor, /** @type {string} */ type) {
  return (
    editor.choices.providers.find((/** @type {{ type: string }} */ provider) => provider.type === type)?.fields ?? []
  );
}

/** Set or required fields come first; unknown fields are shown too, so that nothing is hidden. */
function queryPart(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const query = editor.config.metrics[index]?.query;
  const known = fieldsOf(editor, isObject(query) ? String(query.type) : '');
  const strange = Object.keys(isObject(query) ? query : {})
    .filter((name) => !HIDDEN.has(name) && !known.some((field) => field.name === name))
    .map((name) => ({ name, label: name, kind: 'json', about: 'not known to this metrics store', required: false }));
  /** @type {QueryField[]} */
  const all = [...known, ...strange].filter(({ name }) => !HIDDEN.has(name));
  const isSet = (/** @type {QueryField} */ { name, required }) => required || valueAt(query, [name]) !== undefined;
  const first = all.some(isSet) ? all.filter(isSet) : usualFields(all);
  const others = all.filter((field) => !first.includes(field));
  const make = (/** @type {QueryField} */ { name, label, kind, about, required, choices, default: usual }) =>
    withLanguage(
      editor,
      index,
      name,
      fieldFor(editor, {
        path: ['metrics', index, 'query', name],
        label,
        api: `query.${name}`,
        kind,
        about,
        required,
        choices,
        usual,
        rows: kind === 'text' && LONG.test(name) ? 2 : 1,
      }),
    );
  const rest = element(
    'details',
    { class: 'more' },
    element('summary', {}, `${others.length} further fields of the query`),
  );
  rest.append(element('div', { class: 'fields' }, ...others.map(make)));
  return element(
    'div',
    { class: 'query-part' },
    element('h4', {}, 'Query'),
    element('div', { class: 'fields wide' }, ...first.map(make)),
    previewSlot(editor, index),
    ...(others.length === 0 ? [] : [rest]),
  );
}

/** The one field for a whole query where a store has one, else all that usually are the query. */
function usualFields(/** @type {QueryField[]} */ all) {
  const whole = all.find(({ name }) => name === 'expr') ?? all.find(({ name }) => name === 'query');
  return whole === undefined ? all.filter(({ name }) => isMain(name)) : [whole];
}

function actions(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const metrics = editor.config.metrics;
  const name = metrics[index]?.name || 'the new metric';
  const button = (/** @type {string} */ text, /** @type {() => string} */ act) => {
    const made = element('button', { type: 'button', class: 'quiet', 'aria-label': `${text} ${name}` }, text);
    made.addEventListener('click', () => editor.redraw(act()));
    return made;
  };
  const duplicate = button('Duplicate', () => {
    metrics.splice(index + 1, 0, { ...structuredClone(metrics[index]), name: `${metrics[index].name}-copy` });
    editor.open = new Set([index + 1]);
    return `field-metrics[${index + 1}].name`;
  });
  const remove = button('Remove', () => {
    metrics.splice(index, 1);
    editor.open = new Set();
    return 'add-metric';
  });
  return element('p', { class: 'actions' }, duplicate, remove);
}
