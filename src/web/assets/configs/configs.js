// @ts-check
// The config editor: a form and the JSON of one object, validated by the service while typing.

import { element, fieldFor, isObject, pathText } from './config-fields.js';
import { metricsSection } from './config-metrics.js';
import { isYetToCome, list, partOf, place } from './config-problems.js';
import { judgeSection } from './config-settings.js';
import { previewChange } from './live-preview.js';

const CHECK_MILLIS = 300;
/** @typedef {import('./config-problems.js').Problem} Problem */

const form = /** @type {HTMLFormElement} */ (document.getElementById('editor'));
const json = /** @type {HTMLTextAreaElement} */ (document.getElementById('json'));
const state = /** @type {HTMLElement} */ (document.getElementById('state'));
const problemBox = /** @type {HTMLElement} */ (document.getElementById('problems'));
const panels = {
  form: /** @type {HTMLElement} */ (document.getElementById('panel-form')),
  json: /** @type {HTMLElement} */ (document.getElementById('panel-json')),
};
const tabs = {
  form: /** @type {HTMLElement} */ (document.getElementById('tab-form')),
  json: /** @type {HTMLElement} */ (document.getElementById('tab-json')),
};
/** What queries are tried with: in the form it comes before the metrics, which show what it gives. */
const tryBox = /** @type {HTMLElement} */ (form.querySelector('.try-box'));
const id = form.dataset.id ?? '';

const editor = {
  config: /** @type {any} */ ({}),
  choices: JSON.parse(document.getElementById('choices')?.textContent ?? '{}'),
  /** @type {Set<number>} metrics whose cards are open */
  open: new Set(),
  changed,
  redraw,
  isNew: (/** @type {string} */ path) => void untouched.add(path),
};

/** Paths of what was begun here, until somebody asks whether it is right: what is still missing there is no mistake. */
const untouched = new Set(id === '' && form.dataset.begun === undefined ? [''] : []);
/** Paths of what was written here. */
const touched = new Set();
/** @type {Problem[]} */
let problems = [];
let isDirty = false;
let checking = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function changed(/** @type {(string | number)[]} */ path) {
  if (path.length === 0) return show();
  touched.add(pathText(path));
  json.value = JSON.stringify(editor.config, undefined, 2);
  isDirty = true;
  const [list, index, name] = path;
  if (list === 'metrics' && name === 'name') {
    const title = document.querySelector(`[data-name-of="${index}"]`);
    if (title !== null) title.textContent = editor.config.metrics[Number(index)].name || 'new metric';
  }
  previewChange(editor, path);
  if (name === 'groups' || list === 'classifier') drawWeights();
  soon();
}

function redraw(/** @type {string | undefined} */ focus) {
  draw();
  json.value = JSON.stringify(editor.config, undefined, 2);
  isDirty = true;
  soon();
  if (focus !== undefined) document.getElementById(focus)?.focus();
}

function draw() {
  const about = element(
    'section',
    { class: 'edit-section' },
    element('h2', {}, 'What it is'),
    element(
      'div',
      { class: 'fields' },
      fieldFor(editor, { path: ['name'], label: 'Name', required: true, about: 'letters, digits, - and _' }),
      fieldFor(editor, {
        path: ['applications'],
        label: 'Applications',
        kind: 'names',
        required: true,
        about: 'separated by commas',
      }),
    ),
    fieldFor(editor, { path: ['description'], label: 'Description', rows: 2 }),
    ...judgeSection(editor),
  );
  const weights = element('section', { class: 'edit-section', id: 'weights' });
  panels.form.replaceChildren(about, tryBox, metricsSection(editor), weights);
  drawWeights();
  show();
}

/** Groups come from the metrics; here they get their weights. */
function drawWeights() {
  const section = document.getElementById('weights');
  if (section === null || section.contains(document.activeElement)) return showSum();
  const metrics = Array.isArray(editor.config.metrics) ? editor.config.metrics : [];
  const used = metrics.flatMap((/** @type {any} */ metric) => (Array.isArray(metric?.groups) ? metric.groups : []));
  const groups = [...new Set([...used, ...Object.keys(editor.config.classifier?.groupWeights ?? {})])].map(String);
  const fields = groups.map((group) =>
    fieldFor(editor, {
      path: ['classifier', 'groupWeights', group],
      label: group,
      kind: 'number',
      usual: 'a share of the rest',
    }),
  );
  const slot = element('span', { class: 'error', 'data-error-of': 'classifier.groupWeights', hidden: true });
  const none = fields.length === 0 ? [element('p', { class: 'empty' }, 'Put the metrics into groups first.')] : [];
  const sum = element('p', { class: 'faint', id: 'sum', role: 'status' });
  section.replaceChildren(
    element('h2', {}, 'Weights of the groups'),
    ...none,
    element('div', { class: 'fields narrow' }, ...fields),
    sum,
    slot,
  );
  showSum();
}

function showSum() {
  const weights = Object.values(editor.config.classifier?.groupWeights ?? {});
  const sum = weights.reduce((/** @type {number} */ total, weight) => total + (Number(weight) || 0), 0);
  const shown = document.getElementById('sum');
  if (shown !== null) shown.textContent = weights.length === 0 ? '' : `Together ${sum} of 100.`;
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => void check(), CHECK_MILLIS);
}

/** Validates with the service. @returns {Promise<Problem[]>} */
async function check() {
  checking.abort();
  checking = new AbortController();
  const body = JSON.stringify(id === '' ? editor.config : { ...editor.config, id });
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/canaryConfig/validate', { method: 'POST', headers, body, signal: checking.signal });
    const said = await answer.json();
    problems = answer.ok ? said.problems : [{ path: '', message: said.message, prevents: 'saving' }];
    show();
  } catch (error) {
    if (/** @type {Error} */ (error).name !== 'AbortError') state.textContent = 'The service does not answer.';
  }
  return problems;
}

/** Shows every problem at its field or the enclosing one; problems without a field on the page are listed above. */
function show() {
  for (const slot of form.querySelectorAll('.error')) {
    if (slot.closest('#try-fields') === null) /** @type {HTMLElement} */ (slot).hidden = true;
  }
  for (const control of form.querySelectorAll('[data-path][aria-invalid]')) control.removeAttribute('aria-invalid');
  const told = problems.filter(({ path }) => !isYetToCome(path, untouched, touched));
  const unplaced = told.filter((problem) => panels.form.hidden || !place(panels.form, editor.open, problem));
  problemBox.replaceChildren(...(unplaced.length === 0 ? [] : [list(unplaced)]));
  for (const marks of form.querySelectorAll('[data-marks-of]')) {
    const path = `${marks.getAttribute('data-marks-of')}.`;
    const own = told.filter((problem) => problem.path.startsWith(path) && problem.prevents !== 'nothing').length;
    marks.textContent = own === 0 ? '' : `${own} to fix`;
  }
  const bad = told.filter(({ prevents }) => prevents !== 'nothing').length;
  const missing = problems.filter(
    ({ path, prevents }) => prevents !== 'nothing' && isYetToCome(path, untouched, touched),
  );
  const rest = missing.length === 0 ? '' : `Still needed: ${[...new Set(missing.map(partOf))].join(', ')}.`;
  const fixes = bad === 0 ? '' : `${bad} to fix. `;
  state.textContent = fixes + rest === '' ? 'No problems found.' : fixes + rest;
}

/** Somebody asked whether it is right. */
function tellAll() {
  untouched.clear();
  show();
}

/** @returns whether the JSON is an object, which is then the config */
function readJson() {
  try {
    const read = JSON.parse(json.value);
    if (json.dataset.wrong !== undefined || !isObject(read) || Array.isArray(read))
      throw new Error('write an object in braces');
    editor.config = read;
    return true;
  } catch (error) {
    const message = json.dataset.wrong ?? `Not JSON: ${/** @type {Error} */ (error).message}`;
    problems = [{ path: '', message, prevents: 'saving' }];
    show();
    return false;
  }
}

function choose(/** @type {'form' | 'json'} */ tab) {
  if (tab === 'form' && !readJson()) return;
  for (const name of /** @type {const} */ (['form', 'json'])) {
    panels[name].hidden = name !== tab;
    tabs[name].setAttribute('aria-selected', String(name === tab));
    tabs[name].tabIndex = name === tab ? 0 : -1;
  }
  if (tab === 'form') return draw();
  panels.json.append(tryBox);
  show();
}

function goToFirstProblem() {
  const [first] = problems.filter(({ prevents }) => prevents === 'saving');
  const index = /^metrics\[(\d+)\]/.exec(first?.path ?? '')?.[1];
  if (index !== undefined && !panels.form.hidden) {
    editor.open.add(Number(index));
    draw();
  }
  const wrong = /** @type {HTMLElement | null} */ (panels.form.querySelector('[aria-invalid]'));
  if (wrong !== null && !panels.form.hidden) wrong.focus();
  else if (!panels.json.hidden) json.focus();
}

async function save() {
  clearTimeout(timer);
  tellAll();
  if (!panels.json.hidden && !readJson()) return json.focus();
  state.textContent = 'Saving…';
  if ((await check()).some(({ prevents }) => prevents === 'saving')) return goToFirstProblem();
  const answer = await fetch(id === '' ? '/canaryConfig' : `/canaryConfig/${encodeURIComponent(id)}`, {
    method: id === '' ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(id === '' ? editor.config : { ...editor.config, id }),
  });
  const said = await answer.json();
  if (answer.ok) {
    isDirty = false;
    return location.assign(`/configs/${encodeURIComponent(said.canaryConfigId)}${triedHere()}`);
  }
  problems = [{ path: '', message: said.message, prevents: 'saving' }];
  show();
}

/** What was tried, for the page of the config to judge. */
function triedHere() {
  const names = [...tryBox.querySelectorAll('[name]')].map((field) => field.getAttribute('name') ?? '');
  const fields = new FormData(form);
  const tried = names.map((name) => [name, String(fields.get(name) ?? '')]).filter(([, value]) => value !== '');
  const query = new URLSearchParams(tried);
  return query.has('control') || query.has('experiment') ? `?${query}#try-title` : '';
}

form.addEventListener('submit', (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (button !== null && ('try' in button.dataset || button.formTarget === '_blank')) return;
  event.preventDefault();
  if (button === null || button.name === 'save') void save();
  else {
    tellAll();
    void check().then(goToFirstProblem);
  }
});
json.addEventListener('input', (event) => {
  // Written by hand, it no longer comes from YAML.
  if (event.isTrusted) delete json.dataset.wrong;
  isDirty = true;
  if (readJson()) soon();
});
for (const name of /** @type {const} */ (['form', 'json'])) {
  tabs[name].addEventListener('click', () => choose(name));
  tabs[name].addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    const other = name === 'form' ? 'json' : 'form';
    choose(other);
    if (!panels[other].hidden) tabs[other].focus();
  });
}
addEventListener('beforeunload', (event) => {
  if (isDirty) event.preventDefault();
});
/** @type {HTMLElement} */ (document.querySelector('label[for="json"]')).textContent = 'The config as JSON';
/** @type {HTMLElement} */ (document.querySelector('[role="tablist"]')).hidden = false;
choose('form');
if (!panels.form.hidden) void check();
