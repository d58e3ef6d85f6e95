// @ts-check
// The second queries of a metric: what its values are events of, and the requests behind them.

import { element, fieldFor, isObject, valueAt } from './config-fields.js';
import { withLanguage } from './query-field.js';

/** @typedef {import('./config-metrics.js').Editor} Editor */
/** @typedef {import('./config-metrics.js').QueryField} QueryField */

const COMPANIONS = [
  {
    name: 'denominator',
    title: 'Denominator, a query',
    about: 'asks the same store for the requests of which the values are events or shares',
  },
  {
    name: 'traffic',
    title: 'Traffic, a query',
    about: 'asks the same store for the requests behind each value: percentiles of few requests mislead',
  },
];

/**
 * The fields of both second queries, and whether one is set. Without any value a query is left out, not empty.
 *
 * @param {Editor} editor
 * @param {number} index
 * @param {readonly QueryField[]} fields those of the store's queries
 * @param {(name: string) => boolean} isMain whether a field usually is the query
 */
export function companionParts(editor, index, fields, isMain) {
  const query = editor.config.metrics[index]?.query;
  const parts = COMPANIONS.map((companion) => part(editor, [index, companion], fields, isMain));
  return { parts, isSet: COMPANIONS.some(({ name }) => isObject(query) && query[name] !== undefined) };
}

function part(
  /** @type {Editor} */ editor,
  /** @type {[number, typeof COMPANIONS[number]]} */ [index, { name, title, about }],
  /** @type {readonly QueryField[]} */ fields,
  /** @type {(name: string) => boolean} */ isMain,
) {
  const path = ['metrics', index, 'query', name];
  const known = fields.filter((field) => field.name !== 'accountName');
  const asked = valueAt(editor.config, path);
  const own = editor.config.metrics[index]?.query;
  const isLikeOwn = (/** @type {QueryField} */ field) => isMain(field.name) && valueAt(own, [field.name]) !== undefined;
  // A query that is not there yet is likely to be written as the metric's own is.
  const isLikely = known.some(isLikeOwn) ? isLikeOwn : (/** @type {QueryField} */ field) => isMain(field.name);
  const isShown = (/** @type {QueryField} */ field) =>
    asked === undefined ? isLikely(field) : valueAt(asked, [field.name]) !== undefined;
  const make = (/** @type {QueryField} */ { name: field, label, kind, about: hint, choices, default: usual }) =>
    withLanguage(
      editor,
      index,
      field,
      fieldFor(pruning(editor, path), {
        path: [...path, field],
        label,
        api: `${name}.${field}`,
        kind,
        about: hint,
        choices,
        usual,
        rows: kind === 'text' && isMain(field) ? 2 : 1,
      }),
    );
  const [shown, others] = [known.filter(isShown), known.filter((field) => !isShown(field))];
  const rest = element('details', { class: 'more' }, element('summary', {}, `${others.length} further fields`));
  rest.append(element('div', { class: 'fields' }, ...others.map(make)));
  const at = `metrics[${index}].query.${name}`;
  const legend = element('legend', {}, title, ' ', element('code', { class: 'api' }, `query.${name}`));
  return element(
    'fieldset',
    { class: 'companion' },
    legend,
    element('span', { class: 'hint' }, about),
    element('span', { class: 'error', 'data-error-of': at, hidden: true }),
    element('div', { class: 'fields wide' }, ...shown.map(make)),
    ...(others.length === 0 ? [] : [rest]),
  );
}

/** An editor that leaves out the object at a path once nothing is in it. @returns {Editor} */
function pruning(/** @type {Editor} */ editor, /** @type {(string | number)[]} */ path) {
  const [parent, last] = [path.slice(0, -1), String(path.at(-1))];
  return {
    ...editor,
    changed: (changed) => {
      const at = valueAt(editor.config, path);
      const holder = valueAt(editor.config, parent);
      if (isObject(at) && isObject(holder) && Object.keys(at).length === 0) delete holder[last];
      editor.changed(changed);
    },
  };
}
