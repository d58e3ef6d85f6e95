// @ts-check
// Tries a config without leaving the page: the server's response replaces the fields and the results.

import { offerScopeValues } from './scope-values.js';
import { offerTimes } from './try-times.js';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-try]'));

/** @type {AbortController | undefined} */
let asking;

/** The URL of a GET form, without the pressed button. */
function addressOf(/** @type {URLSearchParams} */ fields) {
  const kept = [...fields].filter(([name, value]) => value !== '' && name !== 'try' && name !== 'draw');
  const query = new URLSearchParams(kept).toString();
  return query === '' ? location.pathname : `${location.pathname}?${query}`;
}

function swap(/** @type {Document} */ answer, /** @type {string} */ id) {
  const [shown, fresh] = [document.getElementById(id), answer.getElementById(id)];
  if (shown !== null && fresh !== null) shown.replaceWith(fresh);
}

/** Where to move the focus: a wrong field, the drawn series, or the results. */
function goOn(/** @type {string | undefined} */ drawn) {
  const wrong = /** @type {HTMLElement | null} */ (document.querySelector('#try-fields [aria-invalid]'));
  if (wrong !== null) return wrong.focus();
  const item = drawn === undefined ? null : document.getElementById(`tried-${drawn}`);
  const target = item?.querySelector('button') ?? document.querySelector('#tried h3');
  /** @type {HTMLElement | null} */ (target)?.focus({ preventScroll: item !== null });
  if (item === null) document.getElementById('tried')?.scrollIntoView({ block: 'nearest' });
}

async function ask(/** @type {HTMLButtonElement} */ button) {
  asking?.abort();
  asking = new AbortController();
  const isGet = (button.getAttribute('formmethod') ?? form.method) === 'get';
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
  const address = button.getAttribute('formaction') ?? form.action;
  const results = document.getElementById('tried');
  results?.setAttribute('aria-busy', 'true');
  button.disabled = true;
  try {
    const headers = { accept: 'text/html' };
    const { signal } = asking;
    const answer = isGet
      ? await fetch(`${address}?${fields}`, { headers, signal })
      : await fetch(address, { method: 'POST', headers, body: fields, signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of ['try-fields', 'tried']) swap(page, id);
    offerTimes();
    if (isGet) history.replaceState(null, '', addressOf(fields));
    document.getElementById('tried')?.dispatchEvent(new Event('charts', { bubbles: true }));
    goOn(button.name === 'draw' ? button.value : undefined);
  } catch (error) {
    if (/** @type {Error} */ (error).name !== 'AbortError')
      results?.replaceChildren('The service did not answer; try again.');
  } finally {
    results?.removeAttribute('aria-busy');
    button.disabled = false;
  }
}

form.addEventListener('submit', (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (button === null || !('try' in button.dataset)) return;
  event.preventDefault();
  void ask(button);
});
offerTimes();
offerScopeValues();
