// @ts-check
// The metrics of a config, each a card that is filled when opened.

import { companionParts } from './config-companions.js';
import { element, fieldFor, isObject, valueAt } from './config-fields.js';
import { judgeOf, settingsPart } from './config-settings.js';

/** @typedef {{ config: any, choices: any, changed: (path: (string | number)[]) => void, redraw: (focus?: string) => void, open: Set<number> }} Editor */

const LONG = /template|expr|query|search|select|program|promql|^q$|body|dql|nrql|flux/i;
const HIDDEN = new Set(['type', 'serviceType', 'accountName', 'denominator', 'traffic']);

/** @param {Editor} editor */
export function metricsSection(editor) {
  const metrics = Array.isArray(editor.config.metrics) ? editor.config.metrics : [];
  const cards = metrics.map((/** @type {unknown} */ _, /** @type {number} */ index) => card(editor, index));
  const add = element('button', { type: 'button', class: 'quiet', id: 'add-metric' }, 'Add a metric');
  add.addEventListener('click', () => {
    const type = metrics.at(-1)?.query?.type ?? editor.choices.providers[0]?.type ?? '';
    editor.config.metrics = [...metrics, { name: '', query: { type }, groups: [], scopeName: 'default' }];
    editor.open.add(metrics.length);
    editor.redraw(`field-metrics[${metrics.length}].name`);
  });
  return element('section', { class: 'edit-section' }, element('h2', {}, `Metrics (${metrics.length})`), ...cards, add);
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
  return [
    element(
      'div',
      { class: 'fields' },
      fieldFor(editor, { path: [...at, 'name'], label: 'Name', api: 'name', required: true }),
      fieldFor(editor, {
        path: [...at, 'groups'],
        label: 'Groups',
        api: 'groups',
        kind: 'names',
        about: 'separated by commas',
      }),
      fieldFor(editor, {
        path: [...at, 'scopeName'],
        label: 'Scope',
        api: 'scopeName',
        about: 'default, unless a run compares several',
      }),
      typeField(editor, index),
      accountField(editor, index),
    ),
    queryPart(editor, index),
    ...withHeading(
      'How it is judged',
      settingsPart(editor, judged, judgeOf(editor)?.metricSettings ?? [], besides(editor, index)),
    ),
    actions(editor, index),
  ];
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
  const choices = editor.choices.providers.map((/** @type {{ type: string }} */ { type }) => type);
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

function accountField(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const path = ['metrics', index, 'query', 'accountName'];
  const choices = [{ value: '', text: 'of the run' }, ...editor.choices.accounts];
  return fieldFor(editor, { path, label: 'Account', api: 'query.accountName', kind: 'choice', choices });
}

/** @typedef {{ name: string, kind: string, about: string, required: boolean, choices?: string[], default?: string }} QueryField */

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
    .map((name) => ({ name, kind: 'json', about: 'not known to this metrics store', required: false }));
  /** @type {QueryField[]} */
  const all = [...known, ...strange].filter(({ name }) => !HIDDEN.has(name));
  const isSet = (/** @type {QueryField} */ { name, required }) => required || valueAt(query, [name]) !== undefined;
  const first = all.some(isSet) ? all.filter(isSet) : all.filter(({ name }) => isMain(name));
  const others = all.filter((field) => !first.includes(field));
  const make = (/** @type {QueryField} */ { name, kind, about, required, choices, default: usual }) =>
    fieldFor(editor, {
      path: ['metrics', index, 'query', name],
      label: name,
      kind,
      about,
      required,
      choices,
      usual,
      rows: kind === 'text' && LONG.test(name) ? 2 : 1,
    });
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
    ...(others.length === 0 ? [] : [rest]),
  );
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
