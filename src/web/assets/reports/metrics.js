// @ts-check
// Finding a metric among many: what is shown, its order, and the keys.

/** Places of the values in `data-by`. @type {Readonly<Record<string, number>>} */
const PLACES = { cost: 0, change: 1, weight: 2 };

const list = document.querySelector('.metrics');
const search = list?.querySelector('.filter input');
const order = list?.querySelector('select.order');
const chips = [...(list?.querySelectorAll('.chips a') ?? [])];
const sections = [...(list?.querySelectorAll('details.standing') ?? [])].filter(
  (one) => one instanceof HTMLDetailsElement,
);
/** As the page has them. */
const ranks = new Map([...(list?.querySelectorAll('details.metric') ?? [])].map((metric, rank) => [metric, rank]));

/** Sections that the reader has folded, while something is searched. @type {Set<HTMLDetailsElement> | undefined} */
let folded;

search?.addEventListener('input', narrow);
order?.addEventListener('change', sort);
for (const chip of chips) {
  chip.setAttribute('role', 'button');
  chip.setAttribute('aria-pressed', 'false');
  chip.addEventListener('click', (event) => press(chip, event));
}
document.addEventListener('keydown', byKey);

/** Shows only what is pressed and has the text. */
function narrow() {
  const wanted = search instanceof HTMLInputElement ? search.value.trim().toLowerCase() : '';
  const pressed = chips.filter((chip) => chip.getAttribute('aria-pressed') === 'true');
  const chosen = new Set(pressed.map((chip) => chip.getAttribute('href')?.slice(1)));
  const isNarrowed = wanted !== '' || chosen.size > 0;
  if (isNarrowed) folded ??= new Set(sections.filter((section) => !section.open));
  for (const section of sections) {
    let found = 0;
    for (const metric of section.querySelectorAll('details.metric')) {
      const text = metric.querySelector('.what')?.textContent?.toLowerCase() ?? '';
      if (metric instanceof HTMLElement) metric.hidden = !text.includes(wanted);
      if (text.includes(wanted)) found++;
    }
    section.hidden = found === 0 || (chosen.size > 0 && !chosen.has(section.id));
    if (isNarrowed && !section.hidden) section.open = true;
    else if (folded?.has(section)) section.open = false;
  }
  if (!isNarrowed) folded = undefined;
}

/** @param {Element} chip @param {Event} event */
function press(chip, event) {
  event.preventDefault();
  chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
  narrow();
}

function sort() {
  const by = order instanceof HTMLSelectElement ? order.value : '';
  for (const section of sections) {
    const metrics = [...section.querySelectorAll('details.metric')];
    section.append(...metrics.sort((one, other) => compare(by, one, other)));
  }
}

/** @param {string} by @param {Element} one @param {Element} other */
function compare(by, one, other) {
  const ranked = (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0);
  if (by === 'name') return nameOf(one).localeCompare(nameOf(other)) || ranked;
  const place = PLACES[by];
  return place === undefined ? ranked : sortKey(other, place) - sortKey(one, place) || ranked;
}

/** @param {Element} metric */
function nameOf(metric) {
  return metric.querySelector('.name')?.textContent ?? '';
}

/** @param {Element} metric @param {number} place */
function sortKey(metric, place) {
  return Number(metric.getAttribute('data-by')?.split(' ')[place] ?? 0);
}

/** j and k move, o opens, / searches, Escape shows everything again. @param {KeyboardEvent} event */
function byKey(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || list === null) return;
  const isTyping = target instanceof HTMLElement && target.matches('input, select, textarea');
  if (isTyping) {
    if (key === 'Escape' && target === search && target instanceof HTMLInputElement) {
      target.value = '';
      narrow();
      target.blur();
    }
    return;
  }
  if (key === '/' && search instanceof HTMLElement) {
    event.preventDefault();
    search.focus();
  }
  if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1);
  const metric = document.activeElement?.closest('details.metric');
  if (key === 'o' && metric instanceof HTMLDetailsElement) metric.open = !metric.open;
}

/** To the next metric that is shown. @param {1 | -1} step */
function move(step) {
  const shown = [...(list?.querySelectorAll('details.standing[open] > details.metric > summary') ?? [])].filter(
    (summary) => summary instanceof HTMLElement && summary.offsetParent !== null,
  );
  const at = shown.findIndex((summary) => summary.parentElement?.contains(document.activeElement));
  const next = shown[at === -1 ? (step === 1 ? 0 : shown.length - 1) : at + step];
  if (!(next instanceof HTMLElement)) return;
  next.focus();
  next.scrollIntoView({ block: 'center' });
}
