// The results of ?q=, and of what is typed. Nothing leaves the page: the index is a file beside it.
import MiniSearch from './minisearch.js';

/** @type {import('minisearch').Options} */
const OPTIONS = {
  fields: ['heading', 'page', 'text'],
  storeFields: ['page', 'heading', 'begin'],
  searchOptions: { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
};
const MOST = 40;

const input = /** @type {HTMLInputElement} */ (document.getElementById('q'));
const found = /** @type {HTMLElement} */ (document.getElementById('found'));
const results = /** @type {HTMLElement} */ (document.getElementById('results'));

const index = fetch('search-index.json')
  .then((answer) => answer.text())
  .then((text) => MiniSearch.loadJSON(text, OPTIONS));

/** @param {string} words */
async function show(words) {
  const hits = words.trim() === '' ? [] : (await index).search(words);
  if (input.value !== words) return;
  found.textContent = words.trim() === '' ? '' : saidOf(hits.length);
  results.replaceChildren(...hits.slice(0, MOST).map(itemOf));
}

/** @param {number} count */
function saidOf(count) {
  if (count === 0) return 'Nothing found. Fewer or shorter words find more.';
  return count > MOST ? `${count} places; the first ${MOST}:` : `${count} ${count === 1 ? 'place' : 'places'}:`;
}

/** @param {import('minisearch').SearchResult} hit */
function itemOf({ id, page, heading, begin }) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = id;
  link.textContent = heading;
  const where = document.createElement('span');
  where.className = 'faint';
  where.textContent = page === heading ? '' : ` ${page}`;
  const text = document.createElement('p');
  text.textContent = begin;
  item.append(link, where, text);
  return item;
}

input.value = new URLSearchParams(location.search).get('q') ?? '';
input.addEventListener('input', () => {
  history.replaceState(null, '', `?q=${encodeURIComponent(input.value)}`);
  show(input.value);
});
input.form?.addEventListener('submit', (event) => event.preventDefault());
input.focus();
show(input.value);
