// @ts-check
// Interaction of a report. Everything here also works without the script, in another way.

const FRESH_MILLIS = 1000;

for (const button of document.querySelectorAll('button.copy')) show(button);
for (const tools of document.querySelectorAll('.metrics .tools')) show(tools);
for (const place of document.querySelectorAll('.local')) showLocal(place);
document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button.copy') : null;
  if (button !== null) void copy(button);
});
document.addEventListener('toggle', ({ target }) => void fetchBody(target), true);
addEventListener('hashchange', openNamed);
openNamed();
follow();

/** @param {Element} element that is of no use without a script */
function show(element) {
  if (element instanceof HTMLElement) element.hidden = false;
}

/** The window in the reader's zone, where that is another. @param {Element} place */
function showLocal(place) {
  const [from, until] = ['data-from', 'data-until'].map((name) => new Date(Number(place.getAttribute(name))));
  if (!from || !until || Number.isNaN(from.getTime()) || Number.isNaN(until.getTime())) return;
  if (from.getTimezoneOffset() === 0) return;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const text = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).formatRange(from, until);
  place.textContent = `, ${text} in ${timeZone.replaceAll('_', ' ')}`;
  show(place);
}

/** @param {Element} button in the block of a query */
async function copy(button) {
  const code = button.closest('.query')?.querySelector('code');
  if (!code) return;
  const text = button.textContent;
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    // Without https there is no clipboard API: select the text, so that one key copies it.
    getSelection()?.selectAllChildren(code);
    button.textContent = 'Selected';
  }
  setTimeout(() => {
    button.textContent = text;
  }, 2000);
}

/** The details of a metric that the page does not hold. @param {EventTarget | null} details */
async function fetchBody(details) {
  if (!(details instanceof HTMLDetailsElement) || !details.open || !details.matches('.metric')) return;
  const body = details.querySelector('.body[data-from]');
  const address = body?.getAttribute('data-from');
  if (!body || !address) return;
  body.removeAttribute('data-from');
  const answer = await fetch(`${address}?only=body`, { headers: { accept: 'text/html' } }).catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
  const found = page?.querySelector('.body');
  // If loading fails, the link to the metric's own page stays.
  if (!found) return body.setAttribute('data-from', address);
  body.replaceWith(document.adoptNode(found));
  for (const button of details.querySelectorAll('button.copy')) show(button);
  details.dispatchEvent(new Event('charts', { bubbles: true }));
}

function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (!(named instanceof HTMLDetailsElement)) return;
  named.open = true;
  for (const folded of named.querySelectorAll('details.evidence')) folded.setAttribute('open', '');
  const section = named.closest('details.standing');
  if (section instanceof HTMLDetailsElement && !section.open) {
    section.open = true;
    named.scrollIntoView();
  }
}

/** Follows a running run or analysis until it ends. */
function follow() {
  const article = document.querySelector('[data-events]');
  const address = article?.getAttribute('data-events');
  if (!article || !address) return;
  for (const hint of article.querySelectorAll('.following')) show(hint);
  const events = new EventSource(address);
  let due = false;
  events.addEventListener('status', () => {
    if (due) return;
    due = true;
    setTimeout(async () => {
      due = false;
      await refresh();
    }, FRESH_MILLIS);
  });
  events.addEventListener('end', () => {
    events.close();
    location.reload();
  });
}

/** Replaces the changing parts with those of the current page. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const name = CSS.escape(part.getAttribute('data-live') ?? '');
    const fresh = page.querySelector(`[data-live="${name}"]`);
    if (!fresh) continue;
    part.replaceWith(document.adoptNode(fresh));
    for (const hint of fresh.querySelectorAll('.following')) show(hint);
  }
}
