// @ts-check
// The config as YAML beside JSON: the service turns one into the other.

import { element } from './config-fields.js';

const PAUSE_MILLIS = 300;
const STILL_READ = 'The YAML is still being read; try again in a moment.';

const json = /** @type {HTMLTextAreaElement} */ (document.getElementById('json'));
const jsonField = /** @type {HTMLElement} */ (json.closest('.field'));
const yaml = /** @type {HTMLTextAreaElement} */ (
  element('textarea', { id: 'yaml', rows: String(json.rows), spellcheck: 'false', autocomplete: 'off' })
);
yaml.setAttribute('aria-describedby', 'problems');
const yamlField = element(
  'div',
  { class: 'field', hidden: true },
  element('label', { for: 'yaml' }, 'The config as YAML'),
  yaml,
);
const picker = /** @type {HTMLSelectElement} */ (
  element('select', { id: 'written-as' }, element('option', {}, 'JSON'), element('option', {}, 'YAML'))
);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let asking = new AbortController();

async function converted(/** @type {string} */ text, /** @type {'yaml' | 'json'} */ to) {
  asking.abort();
  asking = new AbortController();
  const body = new URLSearchParams({ text, to });
  const answer = await fetch('/configs/convert', { method: 'POST', body, signal: asking.signal });
  const said = await answer.json();
  return answer.ok ? { text: said.text, wrong: said.wrong } : { text: undefined, wrong: String(said.message) };
}

/** The JSON is what is saved; what is wrong with the YAML it comes from is said instead of what is wrong with it. */
function put(/** @type {string} */ text, /** @type {string | undefined} */ wrong) {
  json.value = text;
  if (wrong === undefined) delete json.dataset.wrong;
  else json.dataset.wrong = wrong;
  json.dispatchEvent(new Event('input', { bubbles: true }));
}

async function read() {
  try {
    const { text = '', wrong } = await converted(yaml.value, 'json');
    put(text, wrong);
  } catch (error) {
    if (/** @type {Error} */ (error).name !== 'AbortError')
      put('', 'The service did not answer; write on to try again.');
  }
}

/** Shows what the JSON says now; text that is no JSON stays JSON, so that it can be put right. */
async function showYaml() {
  const { text, wrong } = await converted(json.value, 'yaml');
  if (text === undefined || wrong !== undefined) picker.value = 'JSON';
  else yaml.value = text;
  switchFields();
}

function switchFields() {
  const isYaml = picker.value === 'YAML';
  yamlField.hidden = !isYaml;
  jsonField.hidden = isYaml;
}

yaml.addEventListener('input', () => {
  json.value = yaml.value;
  json.dataset.wrong = STILL_READ;
  clearTimeout(timer);
  timer = setTimeout(() => void read(), PAUSE_MILLIS);
});
picker.addEventListener('change', () => {
  if (picker.value === 'YAML') void showYaml().catch(() => undefined);
  else switchFields();
});
document.getElementById('tab-json')?.addEventListener('click', () => {
  if (picker.value === 'YAML') void showYaml().catch(() => undefined);
});
const choice = element('p', { class: 'actions' }, element('label', { for: 'written-as' }, 'Written as'), picker);
jsonField.before(choice, yamlField);
