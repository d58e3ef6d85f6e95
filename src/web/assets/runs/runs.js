// @ts-check
// Keeps the list of runs, the trends and the accounts up to date by replacing them with the server's current ones, and
// applies the filters as one types.

const RUNNING_MILLIS = 2000;
const QUIET_MILLIS = 15000;
const TYPING_MILLIS = 300;

const list = /** @type {HTMLElement} */ (document.getElementById('list'));
const news = /** @type {HTMLElement} */ (document.getElementById('news'));
const filters = /** @type {HTMLFormElement | null} */ (document.getElementById('filters'));

/** @returns {HTMLInputElement[]} */
const boxes = () => [...list.querySelectorAll('input[name="run"]')].map((box) => /** @type {HTMLInputElement} */ (box));

/** Two runs are compared, no more and no fewer. */
function offerComparison() {
  const chosen = boxes().filter(({ checked }) => checked);
  for (const box of boxes()) box.disabled = chosen.length >= 2 && !box.checked;
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('#compare button'));
  const hint = document.getElementById('compare-hint');
  if (button === null || hint === null) return;
  button.disabled = chosen.length !== 2;
  hint.textContent =
    ['Tick two runs to see which metrics changed.', 'Tick one more.', 'See which metrics changed.'][chosen.length] ??
    '';
}

/** @returns {Map<string, string>} what is said of each run, by its id */
function rowsIn(/** @type {ParentNode} */ part) {
  return new Map(
    [...part.querySelectorAll('tr[data-id]')].map((row) => [row.getAttribute('data-id') ?? '', row.outerHTML]),
  );
}

/** Announces ended runs to screen readers. */
function tell(/** @type {ParentNode} */ fresh) {
  for (const row of list.querySelectorAll('tr[data-complete="false"]')) {
    const now = fresh.querySelector(
      `tr[data-id="${CSS.escape(row.getAttribute('data-id') ?? '')}"][data-complete="true"]`,
    );
    if (now === null) continue;
    const [name, verdict] = ['.name', '.verdict-cell .badge'].map((part) =>
      now.querySelector(part)?.textContent?.trim(),
    );
    news.textContent = `${name} has ended: ${verdict}.`;
  }
}

function show(/** @type {HTMLElement} */ fresh) {
  const ticked = new Set(boxes().flatMap(({ checked, value }) => (checked ? [value] : [])));
  const focused = document.activeElement?.closest('tr[data-id]')?.getAttribute('data-id');
  const focusedTag = document.activeElement?.tagName;
  tell(fresh);
  list.replaceChildren(...fresh.childNodes);
  list.dataset.live = fresh.dataset.live ?? 'quiet';
  for (const box of boxes()) box.checked = ticked.has(box.value);
  offerComparison();
  if (focused == null) return;
  const row = list.querySelector(`tr[data-id="${CSS.escape(focused)}"]`);
  /** @type {HTMLElement | null | undefined} */ (row?.querySelector(focusedTag ?? 'a'))?.focus();
}

/** What is above the list; a list of accounts stays as open as it was. */
function showAround(/** @type {Document} */ fresh) {
  const trends = fresh.getElementById('trends');
  const shown = document.getElementById('trends');
  if (trends !== null && shown !== null && shown.innerHTML !== trends.innerHTML) shown.replaceWith(trends);
  const accounts = fresh.querySelector('#accounts summary');
  const old = document.querySelector('#accounts summary');
  if (accounts !== null && old !== null && old.innerHTML !== accounts.innerHTML) {
    old.replaceChildren(...accounts.childNodes);
    old.className = accounts.className;
  }
  const list = fresh.querySelector('#accounts ul');
  if (list !== null) document.querySelector('#accounts ul')?.replaceWith(list);
}

/** The newest answer counts: an older one that arrives late is dropped. */
let asked = 0;

async function refresh() {
  const turn = ++asked;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (turn !== asked) return;
  // What is wrong with a filter is said by a page of its own.
  if (!answer.ok && answer.status < 500) location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.getElementById('list');
  if (fresh === null || turn !== asked) return;
  showAround(page);
  const [before, after] = [rowsIn(list), rowsIn(fresh)];
  const same = before.size === after.size && [...after].every(([id, row]) => before.get(id) === row);
  if (!same || after.size === 0) show(fresh);
}

/** The address of the list as the form says, without what is empty. */
function filteredAddress(/** @type {HTMLFormElement} */ form) {
  const told = [...new FormData(form)]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [name, String(value)]);
  return told.length === 0 ? '/' : `/?${new URLSearchParams(told)}`;
}

function applyFilters(/** @type {HTMLFormElement} */ form) {
  history.replaceState(null, '', filteredAddress(form));
  const clear = document.getElementById('clear');
  if (clear !== null) clear.hidden = ![...new FormData(form)].some(([name, value]) => name !== 'show' && value !== '');
  list.setAttribute('aria-busy', 'true');
  return refresh().finally(() => list.removeAttribute('aria-busy'));
}

/** A choice applies at once, a text when it has been typed. */
function filterAsTyped(/** @type {HTMLFormElement} */ form) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  const apply = (/** @type {number} */ millis) => {
    clearTimeout(typing);
    typing = setTimeout(() => applyFilters(form).catch(() => form.submit()), millis);
  };
  form.addEventListener('input', (event) =>
    apply(/** @type {HTMLElement} */ (event.target).tagName === 'INPUT' ? TYPING_MILLIS : 0),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply(0);
  });
  const button = form.querySelector('button');
  if (button !== null) button.hidden = true;
}

function again() {
  setTimeout(
    async () => {
      // A service that is restarting will be back soon.
      if (document.visibilityState === 'visible') await refresh().catch(() => {});
      again();
    },
    list.dataset.live === 'running' ? RUNNING_MILLIS : QUIET_MILLIS,
  );
}

if (filters !== null) filterAsTyped(filters);
list.addEventListener('change', offerComparison);
offerComparison();
again();
