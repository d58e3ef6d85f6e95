// @ts-check
// Both sides of the metric that somebody is writing, drawn as they write.

import { element, pathText, valueAt } from './config-fields.js';

/** @typedef {import('./config-metrics.js').Editor} Editor */

/** Fair to the store: it is asked when somebody stops to look, for one metric at a time. */
const PAUSE_MILLIS = 800;
const NEEDS_SIDES = 'Fill in baseline and canary under "Try it": both are then drawn here while you write.';

const form = /** @type {HTMLFormElement} */ (document.getElementById('editor'));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let asking = new AbortController();
/** @type {{ editor: Editor, index: number } | undefined} the one that was last opened or written */
let shown;

/** Where the chart of a metric goes. */
export function previewSlot(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const slot = element('div', { class: 'live', 'data-live': String(index), role: 'status' });
  soon(editor, index, 0);
  return slot;
}

/** Something was written: draws again if that can change what is drawn. */
export function previewChange(/** @type {Editor} */ editor, /** @type {(string | number)[]} */ path) {
  if (path[0] === 'metrics' && path[2] === 'query') soon(editor, Number(path[1]), PAUSE_MILLIS);
}

form.addEventListener('input', ({ target }) => {
  if (shown === undefined || /** @type {HTMLElement} */ (target).closest('#try-fields') === null) return;
  soon(shown.editor, shown.index, PAUSE_MILLIS);
});

function soon(/** @type {Editor} */ editor, /** @type {number} */ index, /** @type {number} */ pause) {
  shown = { editor, index };
  clearTimeout(timer);
  timer = setTimeout(() => void draw(editor, index), pause);
}

async function draw(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const slot = form.querySelector(`[data-live="${index}"]`);
  if (slot === null) return;
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  fields.set('draw', String(index));
  const asked = keyOf(editor, index, fields);
  if (asked === slot.getAttribute('data-asked')) return;
  asking.abort();
  if (!hasQuery(editor, index)) return slot.replaceChildren();
  if (!fields.get('control') || !fields.get('experiment')) {
    return slot.replaceChildren(element('p', { class: 'faint' }, NEEDS_SIDES));
  }
  asking = new AbortController();
  slot.setAttribute('aria-busy', 'true');
  try {
    const drawn = await answerOf(fields, asking.signal);
    slot.setAttribute('data-asked', asked);
    show(slot, drawn, index);
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') return;
    slot.replaceChildren(
      element('p', { class: 'error' }, 'The service did not answer; it is asked again when you write.'),
    );
  }
  slot.removeAttribute('aria-busy');
}

async function answerOf(/** @type {URLSearchParams} */ fields, /** @type {AbortSignal} */ signal) {
  const headers = { accept: 'text/html' };
  const address = `${form.getAttribute('action')}?try=series`;
  const answer = await fetch(address, { method: 'POST', headers, body: fields, signal });
  // It is the page again, whose parts have the ids of those on this page.
  const text = (await answer.text()).replaceAll(/(?<=["#\s])tried-(?=\d)/g, 'live-');
  return new DOMParser().parseFromString(text, 'text/html');
}

/** The chart, or in the words of the store and the service why there is none. */
function show(/** @type {Element} */ slot, /** @type {Document} */ answer, /** @type {number} */ index) {
  const item = answer.getElementById(`live-${index}`);
  const parts = [...(item?.querySelectorAll(':scope > .metric-charts, :scope > .notice, :scope > .error') ?? [])];
  const wrong = answer.querySelector('#try-fields .error, #try-fields .notice');
  const why = wrong?.textContent || answer.querySelector('main .notice, main .lead')?.textContent;
  if (parts.length > 0) slot.replaceChildren(...parts);
  else slot.replaceChildren(element('p', { class: 'faint' }, why || 'Not drawn yet: something above is still to fix.'));
  for (const part of slot.querySelectorAll('[role="alert"]')) part.removeAttribute('role');
  slot.dispatchEvent(new Event('charts', { bubbles: true }));
}

function hasQuery(/** @type {Editor} */ editor, /** @type {number} */ index) {
  const query = Object.entries(Object(valueAt(editor.config, ['metrics', index, 'query'])));
  return query.some(([name, value]) => !['type', 'serviceType', 'accountName'].includes(name) && value !== '');
}

/** All that the answer depends on. */
function keyOf(/** @type {Editor} */ editor, /** @type {number} */ index, /** @type {URLSearchParams} */ fields) {
  const tried = [...fields].filter(([name]) => name !== 'json');
  const { judge, templates } = editor.config;
  return JSON.stringify([pathText(['metrics', index]), editor.config.metrics[index]?.query, judge, templates, tried]);
}
