/** The two sides of a comparison, by the values of a label, and how they were told apart. */
export interface Arms {
  readonly baseline: string;
  readonly canary: string;
  /** a phrase: `by their names` */
  readonly told: string;
}

const CANARY_WORDS = /(^|[^a-z])(canary|candidate|experiment|preview|next|new|green)([^a-z]|$)/i;
const BASELINE_WORDS = /(^|[^a-z])(stable|baseline|primary|control|current|old|blue|prod|production)([^a-z]|$)/i;

/**
 * Which of two values is the canary: by its name, else the later version, else that of which there is less. With more
 * values than two those with telling names, else the two latest versions. Pure.
 *
 * @param counts how many targets have each value
 */
export function armsOf(counts: ReadonlyMap<string, number>): Arms | undefined {
  const values = [...counts.keys()];
  if (values.length < 2) return undefined;
  return byName(values) ?? byVersion(values) ?? byCount(counts);
}

function byName(values: readonly string[]): Arms | undefined {
  const canaries = values.filter((value) => CANARY_WORDS.test(value));
  const baselines = values.filter((value) => BASELINE_WORDS.test(value) && !canaries.includes(value));
  const [canary] = canaries;
  if (canary === undefined || canaries.length > 1) return undefined;
  const others = values.filter((value) => value !== canary);
  // `shop-canary` belongs to `shop-stable` or `shop`, not to `search-stable`.
  const stem = canary.replace(CANARY_WORDS, '$1').replace(/[^a-z0-9]+$/i, '');
  const own = (baselines.length > 0 ? baselines : others).filter((value) => value.startsWith(stem));
  const [baseline] = own.length > 0 ? own : baselines;
  return baseline === undefined ? undefined : { baseline, canary, told: 'by their names' };
}

function byVersion(values: readonly string[]): Arms | undefined {
  const versions = values.filter((value) => /^v?\d+(\.\d+)*([-+].*)?$/i.test(value));
  if (versions.length !== values.length) return undefined;
  const sorted = versions.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const [baseline, canary] = sorted.slice(-2);
  if (baseline === undefined || canary === undefined) return undefined;
  return { baseline, canary, told: values.length > 2 ? 'the two latest versions' : 'the later version is the canary' };
}

function byCount(counts: ReadonlyMap<string, number>): Arms | undefined {
  if (counts.size > 2) return undefined;
  const [[baseline, more] = ['', 0], [canary, less] = ['', 0]] = [...counts].sort(([, a], [, b]) => b - a);
  const told =
    more === less ? 'which of the two is the canary is a guess' : 'that of which there is less is the canary';
  return { baseline, canary, told };
}
