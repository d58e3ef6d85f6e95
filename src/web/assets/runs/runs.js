// @ts-check
// Keeps the list of runs up to date by replacing it with the server's current one.

const RUNNING_MILLIS = 2000;
const QUIET_MILLIS = 15000;

const list = /** @type {HTMLElement} */ (document.getElementById('list'));
const news = /** @type {HTMLElement} */ (document.getElementById('news'));

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

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('list');
  if (fresh === null) return;
  const [before, after] = [rowsIn(list), rowsIn(fresh)];
  const same = before.size === after.size && [...after].every(([id, row]) => before.get(id) === row);
  if (!same) show(fresh);
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

list.addEventListener('change', offerComparison);
offerComparison();
again();
