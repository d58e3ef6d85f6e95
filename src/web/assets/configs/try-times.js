// @ts-check
// The window to try: picked, or in one press.

/** @typedef {{ readonly text: string, readonly minutes: number }} Length */

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
/** @type {readonly Length[]} */
const LENGTHS = [
  { text: 'Last 30 min', minutes: 30 },
  { text: 'Last 1 h', minutes: 60 },
  { text: 'Last 6 h', minutes: 360 },
];

/** Adds the pickers to the fields of a window, which are texts without scripts. */
export function offerTimes() {
  const start = inputOf('start');
  const end = inputOf('end');
  const fields = start?.closest('.fields');
  if (start === null || end === null || !fields || document.getElementById('try-lengths') !== null) return;
  for (const input of [start, end]) addPicker(input);
  const group = document.createElement('p');
  group.id = 'try-lengths';
  group.className = 'actions';
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Window');
  const told = document.createElement('span');
  told.className = 'faint';
  told.setAttribute('role', 'status');
  for (const { text, minutes } of LENGTHS) group.append(button(text, () => choose(lastMinutes(minutes))));
  group.append(
    button('Since deployment', () => void sinceDeployment(told)),
    told,
  );
  fields.before(group);
}

function inputOf(/** @type {string} */ name) {
  return /** @type {HTMLInputElement | null} */ (document.getElementById(`try-${name}`));
}

function button(/** @type {string} */ text, /** @type {() => void} */ act) {
  const made = document.createElement('button');
  Object.assign(made, { type: 'button', className: 'quiet', textContent: text });
  made.addEventListener('click', act);
  return made;
}

/** Of the browser, in UTC as all times here. */
function addPicker(/** @type {HTMLInputElement} */ input) {
  const picker = document.createElement('input');
  const label = input.closest('.field')?.querySelector('label')?.textContent ?? '';
  Object.assign(picker, { type: 'datetime-local', className: 'picker' });
  picker.setAttribute('aria-label', `Pick ${label.toLowerCase()}, in UTC`);
  const follow = () => {
    const at = Date.parse(input.value);
    picker.value = Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 16);
  };
  follow();
  input.addEventListener('input', follow);
  picker.addEventListener('input', () => {
    if (picker.value !== '') write(input, `${picker.value}:00Z`);
  });
  input.after(picker);
}

function write(/** @type {HTMLInputElement | null} */ input, /** @type {string} */ value) {
  if (input === null) return;
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/** @typedef {{ start: number, end: number }} Window milliseconds since 1970 */

/** @returns {Window} */
function lastMinutes(/** @type {number} */ minutes) {
  const end = Math.floor(Date.now() / MINUTE) * MINUTE;
  return { start: end - minutes * MINUTE, end };
}

function choose(/** @type {Window} */ { start, end }) {
  write(inputOf('start'), instant(start));
  write(inputOf('end'), instant(end));
}

function instant(/** @type {number} */ millis) {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

/** From the canary's first value of the last day, of the first metric. */
async function sinceDeployment(/** @type {HTMLElement} */ told) {
  told.textContent = 'Looking for the first value of the canary…';
  const day = lastMinutes(DAY_MINUTES);
  try {
    const first = await firstValueAt(day);
    if (typeof first === 'string') told.textContent = first;
    else if (first === day.start) told.textContent = 'The canary has been there for more than a day; pick the start.';
    else {
      choose({ start: first, end: day.end });
      told.textContent = `The first metric has values of the canary since ${instant(first).slice(11, 16)} UTC.`;
    }
  } catch {
    told.textContent = 'The service did not answer; try again.';
  }
}

/** @returns {Promise<number | string>} the time, or why it is not known */
async function firstValueAt(/** @type {Window} */ { start, end }) {
  const scope = value('control');
  const canary = value('experiment');
  if (canary === '') return 'Fill in the canary first.';
  const config = await configHere();
  if (!config?.metrics?.length) return 'Write the first metric first.';
  const window = { start: instant(start), end: instant(end), step: 60 };
  const names = config.metrics.map((/** @type {any} */ metric) => metric.scopeName || 'default');
  const side = (/** @type {string} */ name, /** @type {string} */ place) => ({
    ...window,
    scope: name,
    ...(value(place) === '' ? {} : { location: value(place) }),
  });
  const sides = {
    controlScope: side(scope || canary, 'controlLocation'),
    experimentScope: side(canary, 'experimentLocation'),
  };
  const account = value('account');
  const answer = await fetch(
    `/canaryConfig/series?metric=0${account === '' ? '' : `&metricsAccountName=${encodeURIComponent(account)}`}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        canaryConfig: config,
        executionRequest: {
          scopes: Object.fromEntries(names.map((/** @type {string} */ name) => [name, sides])),
          thresholds: { pass: 95, marginal: 75 },
        },
      }),
    },
  );
  const said = await answer.json();
  if (!answer.ok) return said.message;
  const firsts = said.map((/** @type {any} */ pair) => firstOf(pair, window)).filter(Number.isFinite);
  return firsts.length === 0 ? 'The canary has no value of the first metric in the last day.' : Math.min(...firsts);
}

function firstOf(/** @type {any} */ { values, scopes }, /** @type {{ start: string, step: number }} */ window) {
  const at = values.experiment.findIndex((/** @type {unknown} */ one) => typeof one === 'number');
  const start = scopes?.experiment?.startTimeMillis ?? Date.parse(window.start);
  const step = scopes?.experiment?.stepMillis ?? window.step * 1000;
  return at < 0 ? Number.NaN : start + at * step;
}

function value(/** @type {string} */ name) {
  const field = document.querySelector(`#try-fields [name="${name}"]`);
  return /** @type {HTMLInputElement | null} */ (field)?.value.trim() ?? '';
}

/** What is edited, or the stored config of this page. @returns {Promise<any>} */
export async function configHere() {
  const json = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('json'));
  if (json !== null) return JSON.parse(json.value);
  const id = location.pathname.split('/')[2] ?? '';
  const answer = await fetch(`/canaryConfig/${id}`);
  return answer.ok ? answer.json() : undefined;
}
