/** Names a person may have had in mind with another: the same thing in the words of other stores and tools. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  promql: ['expr', 'customInlineTemplate'],
  expression: ['expr', 'expression', 'q', 'query'],
  query: ['expr', 'q', 'search', 'customInlineTemplate'],
  nrql: ['customInlineTemplate'],
  statement: ['query'],
  region: ['location', 'experimentLocation', 'controlLocation'],
  zone: ['location', 'experimentLocation', 'controlLocation'],
  baseline: ['controlScope'],
  canary: ['experimentScope'],
  interval: ['step', 'analysisIntervalMins', 'period'],
  resolution: ['step'],
  starttime: ['start'],
  endtime: ['end'],
  variables: ['extendedScopeParams'],
  parameters: ['extendedScopeParams'],
  params: ['extendedScopeParams'],
  duration: ['lifetimeDurationMins'],
  project: ['extendedScopeParams'],
  resourcetype: ['extendedScopeParams'],
  environment: ['extendedScopeParams'],
  dataset: ['extendedScopeParams'],
  namespace: ['extendedScopeParams'],
  cluster: ['extendedScopeParams'],
  url: ['endpoint.baseUrl'],
  baseurl: ['endpoint.baseUrl'],
};
const MOST_NAMES = 3;
/** Comparing costs the product of both lengths. */
const LONGEST = 64;

/**
 * The known names that `name` may be meant for, equally near ones together; none when nothing is near. A known name may
 * be a path such as `judge.name`: then the last part counts too.
 *
 * @example closestNames('statistic', ['stat', 'period']) // ['stat']
 */
export function closestNames(name: string, known: readonly string[]): string[] {
  const written = plain(name);
  const costs = known.map((candidate) => ({ candidate, cost: costOf(written, candidate) }));
  const least = Math.min(...costs.map(({ cost }) => cost));
  if (!Number.isFinite(least)) return [];
  return costs.flatMap(({ candidate, cost }) => (cost === least ? [candidate] : [])).slice(0, MOST_NAMES);
}

function costOf(written: string, candidate: string): number {
  const place = Object.hasOwn(OTHER_WORDS, written) ? (OTHER_WORDS[written]?.indexOf(candidate) ?? -1) : -1;
  const other = place < 0 ? Number.POSITIVE_INFINITY : 0.5 + place / 100;
  const last = candidate.split('.').at(-1) ?? '';
  if (last === candidate) return Math.min(other, distance(written, plain(candidate)));
  return written === plain(candidate) ? 0 : Math.min(other, distance(written, plain(last)) + 0.25);
}

/** From 0, the same but for case and separators, up to a word in common; infinite when they have nothing in common. */
function distance(written: string, known: string): number {
  if (written === known) return 0;
  const [shorter = '', longer = ''] = [withoutPlural(written), withoutPlural(known)].toSorted(
    (one, two) => one.length - two.length,
  );
  if (shorter === longer) return 0.1;
  const edits = editsBetween(written, known);
  if (edits <= Math.floor(Math.min(written.length, known.length) / 3)) return edits;
  if (shorter.length >= 3 && longer.startsWith(shorter)) return 3;
  if (shorter.length >= 4 && longer.includes(shorter)) return 3.5;
  return nearlyWithin(shorter, longer) ? 4 : Number.POSITIVE_INFINITY;
}

/** Whether the longer one has a part that differs in one place only: `acount` in `metricsaccountname`. */
function nearlyWithin(shorter: string, longer: string): boolean {
  if (shorter.length < 5) return false;
  return [-1, 0, 1].some((more) => {
    const length = shorter.length + more;
    return Array.from({ length: Math.max(longer.length - length + 1, 0) }).some(
      (_, at) => editsBetween(shorter, longer.slice(at, at + length)) <= 1,
    );
  });
}

function plain(name: string): string {
  return name
    .slice(0, LONGEST)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function withoutPlural(word: string): string {
  return word.replace(/s$/, '');
}

/** Insertions, deletions, replacements and swaps of neighbours: the optimal string alignment distance. */
function editsBetween(one: string, two: string): number {
  let [older, old, row] = [[] as number[], [] as number[], Array.from({ length: two.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= one.length; i++) {
    [older, old, row] = [old, row, [i]];
    for (let j = 1; j <= two.length; j++) {
      const replaced = (old[j - 1] ?? 0) + (one[i - 1] === two[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
      const swapped = isSwap ? (older[j - 2] ?? 0) + 1 : replaced;
      row[j] = Math.min((old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped);
    }
  }
  return row[two.length] ?? 0;
}
