// @ts-check
// What a query field offers while one types: functions, and names that the metrics account has.

/** @typedef {typeof import('../../query-editor/library.js')} Library */

const KEPT_MILLIS = 60_000;
/** @type {Map<string, { until: number, answer: Promise<any> }>} */
const kept = new Map();

/** An answer of the service; kept for a minute, so that every key does not ask the store again. */
function ask(/** @type {string} */ address) {
  const known = kept.get(address);
  if (known !== undefined && known.until > Date.now()) return known.answer;
  const answer = fetch(address).then(async (said) => (said.ok ? said.json() : undefined));
  kept.set(address, { until: Date.now() + KEPT_MILLIS, answer });
  answer.catch(() => kept.delete(address));
  return answer;
}

/** The labels of a metric. @returns {Promise<{ name: string, values: string[] }[]>} */
export async function labelsOf(/** @type {string} */ accountName, /** @type {string} */ metric) {
  if (metric === '' || accountName === '') return [];
  const query = new URLSearchParams({ metric });
  const found = await ask(`/metricsServices/${encodeURIComponent(accountName)}/labels?${query}`);
  return found?.labels ?? [];
}

async function namesOf(/** @type {string} */ metricsAccountName, /** @type {string} */ filter) {
  const query = new URLSearchParams({ metricsAccountName, filter });
  return /** @type {{ name: string, type?: string, help?: string }[]} */ (
    (await ask(`/metadata/metricsService?${query}`)) ?? []
  );
}

/** What codemirror-promql asks of a Prometheus, asked of the account through this service. */
function clientOf(/** @type {() => string} */ accountName) {
  return {
    metricNames: async (/** @type {string} */ prefix = '') =>
      (await namesOf(accountName(), prefix)).map(({ name }) => name),
    metricMetadata: async () => ({}),
    labelNames: async (/** @type {string} */ metric = '') =>
      (await labelsOf(accountName(), metric)).map(({ name }) => name),
    labelValues: async (/** @type {string} */ label, /** @type {string} */ metric = '') =>
      (await labelsOf(accountName(), metric)).find(({ name }) => name === label)?.values ?? [],
    series: async () => [],
    flags: async () => ({}),
  };
}

/** In a text the variables of a run come first: they are what makes a query one of either side. */
const VARIABLES = [
  { label: '${scope}', detail: 'the baseline or the canary' },
  { label: '${location}', detail: 'its location' },
];

/** @returns {(context: any) => Promise<any>} */
export function completionSource(/** @type {Library} */ { HybridComplete }, /** @type {() => string} */ accountName) {
  const promql = new HybridComplete(/** @type {any} */ (clientOf(accountName)));
  return async (context) => {
    const text = context.matchBefore(/"(?:[^"\\]|\\.)*$/);
    const isText = text !== null && /=~?\s*$|!~?\s*$/.test(context.state.sliceDoc(0, text.from));
    const found = await Promise.resolve(promql.promQL(context)).catch(() => null);
    if (!isText) return found;
    const from = text.from + 1;
    const values = (found?.options ?? []).filter((/** @type {{ type?: string }} */ { type }) => type === 'text');
    const variables = VARIABLES.map((one, index) => ({ ...one, type: 'variable', boost: 99 - index }));
    return { from, options: [...variables, ...values], validFor: /^[^"]*$/ };
  };
}
