// @ts-check
// Labelled fields, each for one path of the config, such as metrics[2].query.expr.

/** @typedef {string | number} Key */
/** @typedef {{ path: Key[], label: string, kind?: string, about?: string, api?: string | undefined, required?: boolean, choices?: readonly (string | { value: string, text: string })[] | undefined, usual?: string | undefined, rows?: number }} FieldOptions */

/**
 * Creates an element; texts are never parsed as markup.
 *
 * @param {string} tag
 * @param {Record<string, string | boolean | undefined>} attributes
 * @param {...(Node | string)} children
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** `metrics[2].query.expr` */
export function pathText(/** @type {readonly Key[]} */ path) {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** @returns {unknown} */
export function valueAt(/** @type {unknown} */ whole, /** @type {readonly Key[]} */ path) {
  return path.reduce((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), whole);
}

/**
 * Sets a value at its path; `undefined` removes the field, and empty parents stay.
 *
 * @param {unknown} whole
 * @param {readonly Key[]} path
 * @param {unknown} value
 */
export function putAt(whole, path, value) {
  const last = /** @type {Key} */ (path.at(-1));
  let at = /** @type {Record<Key, unknown>} */ (whole);
  for (const [index, key] of path.slice(0, -1).entries()) {
    if (!isObject(Object.hasOwn(at, key) ? at[key] : undefined)) {
      if (value === undefined) return;
      define(at, key, typeof path[index + 1] === 'number' ? [] : {});
    }
    at = /** @type {Record<Key, unknown>} */ (at[key]);
  }
  if (value === undefined) delete at[last];
  else define(at, last, value);
}

/** As in JSON: `__proto__` is an ordinary key. */
function define(/** @type {object} */ target, /** @type {Key} */ key, /** @type {unknown} */ value) {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** @returns {value is Record<Key, unknown>} */
export function isObject(/** @type {unknown} */ value) {
  return typeof value === 'object' && value !== null;
}

/**
 * A field that shows and changes the value at its path.
 *
 * @param {{ config: unknown, changed: (path: Key[]) => void }} editor
 * @param {FieldOptions} options
 */
export function fieldFor(editor, options) {
  const { path, label, about, api, required, rows = 1 } = options;
  const at = pathText(path);
  const id = `field-${at}`;
  const control = controlFor(options, valueAt(editor.config, path));
  control.id = id;
  control.dataset.path = at;
  control.setAttribute('aria-describedby', about ? `${id}-error ${id}-hint` : `${id}-error`);
  if (required) control.setAttribute('aria-required', 'true');
  const change = () => {
    putAt(editor.config, path, readControl(control, options.kind));
    editor.changed(path);
  };
  control.addEventListener(
    control instanceof HTMLSelectElement || options.kind === 'flag' ? 'change' : 'input',
    change,
  );
  const error = element('span', { class: 'error', id: `${id}-error`, hidden: true });
  const hint = about ? [element('span', { class: 'hint', id: `${id}-hint` }, about)] : [];
  const name = api === undefined ? [] : [' ', element('code', { class: 'api' }, api)];
  const text = element('label', { for: id }, label, ...name);
  if (options.kind === 'flag') return element('div', { class: 'field flag' }, control, text, ...hint, error);
  return element('div', { class: rows > 1 ? 'field long' : 'field' }, text, control, ...hint, error);
}

/** The approximate line length of a text area. */
const LINE_LENGTH = 120;

/** @returns {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */
function controlFor(
  /** @type {FieldOptions} */ { kind = 'text', choices = [], usual, rows = 1 },
  /** @type {unknown} */ value,
) {
  if (kind === 'choice') return choiceControl(choices, value, usual);
  if (kind === 'flag') {
    const box = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox' }));
    box.checked = value === true || (value === undefined && usual === 'true');
    return box;
  }
  const text = textOf(kind, value);
  const isArea = kind === 'json' || kind === 'list' || rows > 1 || text.includes('\n');
  const shared = { placeholder: usual, autocomplete: 'off', spellcheck: 'false' };
  const written = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / LINE_LENGTH), 0);
  const lines = String(Math.max(rows, Math.min(12, written)));
  const control = isArea
    ? element('textarea', { ...shared, rows: lines, class: kind === 'json' ? 'code' : undefined })
    : element('input', { ...shared, inputmode: kind === 'number' ? 'decimal' : undefined });
  const typed = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (control);
  typed.value = text;
  return typed;
}

/** @returns {HTMLSelectElement} */
function choiceControl(
  /** @type {readonly (string | { value: string, text: string })[]} */ choices,
  /** @type {unknown} */ value,
  /** @type {string | undefined} */ usual,
) {
  const chosen = typeof value === 'string' ? value : '';
  const all = choices.map((choice) => (typeof choice === 'string' ? { value: choice, text: choice } : choice));
  if (!all.some((choice) => choice.value === '')) {
    all.unshift({ value: '', text: usual === undefined ? 'not set' : `${usual} (the default)` });
  }
  if (!all.some((choice) => choice.value === chosen)) all.push({ value: chosen, text: chosen });
  const options = all.map(({ value: own, text }) => element('option', { value: own, selected: own === chosen }, text));
  return /** @type {HTMLSelectElement} */ (element('select', {}, ...options));
}

function textOf(/** @type {string} */ kind, /** @type {unknown} */ value) {
  if (value === undefined || value === null) return '';
  if (kind === 'list' && Array.isArray(value)) return value.join('\n');
  if (kind === 'names' && Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
}

/** The input as a config value; invalid text is kept, so that validation can report it. */
function readControl(
  /** @type {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */ control,
  /** @type {string | undefined} */ kind,
) {
  if (kind === 'flag') return /** @type {HTMLInputElement} */ (control).checked;
  const text = control.value;
  if (kind === 'list') return partsOf(text, '\n');
  if (kind === 'names') return partsOf(text, ',');
  if (text.trim() === '') return undefined;
  if (kind === 'number') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function partsOf(/** @type {string} */ text, /** @type {string} */ separator) {
  const parts = text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 && separator === '\n' ? undefined : parts;
}
