// @ts-check
// Follows a backtest until it has ended. Without the script, the page has a link to look again.

const LOOK_MILLIS = 2000;

for (const link of document.querySelectorAll('a.without-script')) if (link instanceof HTMLElement) link.hidden = true;
setTimeout(follow, LOOK_MILLIS);

async function follow() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
  // A service that restarts answers again soon.
  if (answer?.status === 404) return location.reload();
  if (!answer?.ok) return void setTimeout(follow, 2 * LOOK_MILLIS);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (page.querySelector('progress') === null) return location.reload();
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = page.querySelector(`[data-live="${CSS.escape(part.getAttribute('data-live') ?? '')}"]`);
    if (!(fresh instanceof HTMLElement)) continue;
    for (const link of fresh.querySelectorAll('a.without-script')) if (link instanceof HTMLElement) link.hidden = true;
    keepOpen(part, fresh);
    part.replaceWith(document.adoptNode(fresh));
  }
  setTimeout(follow, LOOK_MILLIS);
}

/** What the reader has opened or closed stays so. @param {Element} part @param {Element} fresh */
function keepOpen(part, fresh) {
  const folded = part.querySelectorAll('details');
  const anew = fresh.querySelectorAll('details');
  if (folded.length !== anew.length) return;
  for (const [index, details] of [...anew].entries()) details.open = folded[index]?.open ?? details.open;
}
