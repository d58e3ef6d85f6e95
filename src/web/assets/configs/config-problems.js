// @ts-check
// What the service finds wrong with a config, at the fields it is about.

import { element } from './config-fields.js';

/** @typedef {{ path: string, message: string, prevents: 'saving' | 'running' | 'nothing' }} Problem */

/**
 * Shows a problem at its field or the enclosing one. @returns whether there is a place for it
 *
 * @param {HTMLElement} panel
 * @param {Set<number>} open metrics whose cards are open
 * @param {Problem} problem
 */
export function place(panel, open, { path, message, prevents }) {
  for (let at = path; at !== ''; at = at.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]+)$/, '')) {
    const control = panel.querySelector(`[data-path="${CSS.escape(at)}"]`);
    const slot = control === null ? panel.querySelector(`[data-error-of="${CSS.escape(at)}"]`) : errorOf(control);
    if (slot === null) continue;
    if (prevents !== 'nothing') {
      control?.setAttribute('aria-invalid', 'true');
      // What must be fixed is never folded away.
      for (let box = slot.closest('details'); box !== null; box = box.parentElement?.closest('details') ?? null) {
        if (!box.classList.contains('metric-edit')) box.open = true;
      }
    }
    slot.classList.toggle('advice', prevents === 'nothing');
    slot.textContent =
      slot.hasAttribute('hidden') || slot.textContent === '' ? message : `${slot.textContent} ${message}`;
    slot.removeAttribute('hidden');
    return true;
  }
  // A closed card shows their number.
  const index = /^metrics\[(\d+)\]/.exec(path)?.[1];
  return index !== undefined && !open.has(Number(index));
}

function errorOf(/** @type {Element} */ control) {
  return document.getElementById(`${control.id}-error`);
}

/** Problems without a field on the page. */
export function list(/** @type {Problem[]} */ shown) {
  const items = shown.map(({ path, message, prevents }) =>
    element(
      'li',
      { class: prevents },
      element('code', {}, path === '' ? 'config' : path),
      ' ',
      element('bdi', {}, message),
    ),
  );
  return element('ul', { class: 'problems' }, ...items);
}

/** Whether nobody has written at a path of what was begun here. */
export function isYetToCome(
  /** @type {string} */ path,
  /** @type {Set<string>} */ untouched,
  /** @type {Set<string>} */ touched,
) {
  const isWithin = (/** @type {string} */ outer, /** @type {string} */ inner) =>
    outer === '' || inner === outer || (inner.startsWith(outer) && '.['.includes(inner.charAt(outer.length)));
  // What is wrong with the whole, such as text that is no JSON, was written.
  if (path === '') return false;
  if (![...untouched].some((begun) => isWithin(begun, path))) return false;
  return ![...touched].some((written) => isWithin(path, written) || isWithin(written, path));
}

/** "name", "applications", "query of metric 2" */
export function partOf(/** @type {Problem} */ { path }) {
  const [, index, part] = /^metrics\[(\d+)\]\.?([^.[]*)/.exec(path) ?? [];
  if (index !== undefined) return `${part || 'what is measured'} of metric ${Number(index) + 1}`;
  return path === 'metrics' ? 'a metric' : path.split(/[.[]/)[0] || 'the config';
}
