// @ts-check
// Offers what the metrics store has where a query says ${scope} or ${location}.

import { labelsOf } from './query-completion.js';
import { configHere } from './try-times.js';

/** Fields of a form by the variable that they fill. */
const FIELDS = { scope: /^(control|experiment)(\.|$)/, location: /^(control|experiment)Location(\.|$)/ };

/** Fills the list of a field's values when somebody comes to it. */
export function offerScopeValues() {
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.closest('#try-fields') === null) return;
    for (const [variable, names] of Object.entries(FIELDS)) {
      if (names.test(target.name)) void offer(target, variable).catch(() => undefined);
    }
  });
}

async function offer(/** @type {HTMLInputElement} */ input, /** @type {string} */ variable) {
  const places = placesOf(await configHere(), variable);
  const account = await accountHere();
  for (const { metric, label } of places.slice(0, 3)) {
    const found = (await labelsOf(account, metric)).find(({ name }) => name === label);
    if (found === undefined || found.values.length === 0) continue;
    listFor(input, variable).replaceChildren(...found.values.map((value) => optionOf(value)));
    input.setAttribute('list', `values-of-${variable}`);
    return;
  }
}

/** The metrics and labels of queries that say `label="${variable}"`. */
function placesOf(/** @type {any} */ config, /** @type {string} */ variable) {
  const pattern = new RegExp(`([a-zA-Z_:][\\w:]*)\\s*\\{[^{}]*?([a-zA-Z_]\\w*)\\s*=~?\\s*"\\$\\{${variable}\\}`, 'g');
  const queries = (config?.metrics ?? []).map((/** @type {any} */ metric) =>
    Object.values(metric?.query ?? {}).join(' '),
  );
  return [...queries.join('\n').matchAll(pattern)].map(([, metric = '', label = '']) => ({ metric, label }));
}

async function accountHere() {
  const chosen = /** @type {HTMLSelectElement | null} */ (document.getElementById('try-account'))?.value;
  if (chosen) return chosen;
  const answer = await fetch('/metricsServices');
  return answer.ok ? ((await answer.json())[0]?.name ?? '') : '';
}

function listFor(/** @type {HTMLInputElement} */ input, /** @type {string} */ variable) {
  const known = document.getElementById(`values-of-${variable}`);
  if (known !== null) return known;
  const list = document.createElement('datalist');
  list.id = `values-of-${variable}`;
  input.form?.append(list);
  return list;
}

function optionOf(/** @type {string} */ value) {
  const option = document.createElement('option');
  option.value = value;
  return option;
}
