import { count, formatNumber } from './format.ts';
import { withinBytes } from './within-bytes.ts';

const MOST_NAMES = 3;
const MOST_NAME_BYTES = 80;

/** What is asked of an interval. */
interface Judged {
  readonly number: number;
  readonly score?: number | undefined;
  readonly metrics: readonly {
    readonly name: string;
    readonly classification: string;
    readonly critical: boolean;
    readonly muted: boolean;
    readonly minutesToDecision?: number | undefined;
  }[];
  /** of a ramp */
  readonly step?: object | undefined;
}

/**
 * Where an analysis that is under way is heading: its last score will decide. A ramp, which needs every step, has only
 * its last score.
 */
export function courseInWords(scored: readonly Judged[], pass: number | undefined): string {
  const last = scored.at(-1);
  if (last?.score === undefined) return '';
  const score = formatNumber(last.score);
  if (pass === undefined || last.step !== undefined) return `The last score is ${score}.`;
  if (last.score >= pass) return `On course to pass: the last score is ${score}, ${formatNumber(pass)} is needed.`;
  return `On course to fail: the last score is ${score}, and ${formatNumber(pass)} is needed to pass.`;
}

/** "Failed in the last one: “cache hits” (since interval 3), “latency”."; empty where nothing did. */
export function failuresInWords(scored: readonly Judged[]): string {
  const last = scored.at(-1);
  const failed = failedIn(last);
  if (last === undefined || failed.length === 0) return '';
  const word = last.step === undefined ? 'interval' : 'step';
  const told = failed.slice(0, MOST_NAMES).map((name) => {
    const since = firstOf(name, scored);
    const when = since === last.number || last.step !== undefined ? '' : ` (since interval ${since})`;
    return `“${withinBytes(name, MOST_NAME_BYTES)}”${when}`;
  });
  const others = failed.length - told.length;
  const said = `Failed in the last ${word}: ${told.join(', ')}${others > 0 ? ` and ${count(others, 'other')}` : ''}.`;
  return [said, ...firstToFail(failed, scored)].join(' ');
}

/** Which of them failed before the others, where one did. */
function firstToFail(failed: readonly string[], scored: readonly Judged[]): string[] {
  const begun = failed.map((name) => ({ name, since: firstOf(name, scored) ?? 0 }));
  const earliest = Math.min(...begun.map(({ since }) => since));
  const [first, ...others] = begun.filter(({ since }) => since === earliest);
  if (first === undefined || others.length > 0 || failed.length < 2 || scored.at(-1)?.step !== undefined) return [];
  return [`“${withinBytes(first.name, MOST_NAME_BYTES)}” was first.`];
}

/** "“latency” decides next, with about 12 more minutes of data."; empty where no metric says when it will. */
export function nextToDecideInWords(scored: readonly Judged[]): string {
  const open = (scored.at(-1)?.metrics ?? []).flatMap(({ name, muted, classification, minutesToDecision = 0 }) =>
    !muted && minutesToDecision > 0 && !FAILED.includes(classification) ? [{ name, minutesToDecision }] : [],
  );
  const [next] = open.toSorted((one, other) => one.minutesToDecision - other.minutesToDecision);
  if (next === undefined) return '';
  const minutes = formatNumber(Math.max(1, Math.round(next.minutesToDecision)));
  return `“${withinBytes(next.name, MOST_NAME_BYTES)}” decides next, with about ${minutes} more minutes of data.`;
}

const FAILED = ['High', 'Low', 'NodataFailMetric'];

/** Critical ones first. */
function failedIn(interval: Judged | undefined): string[] {
  const failed = (interval?.metrics ?? []).filter(
    ({ classification, muted }) => !muted && FAILED.includes(classification),
  );
  const ordered = [...failed.filter(({ critical }) => critical), ...failed.filter(({ critical }) => !critical)];
  return [...new Set(ordered.map(({ name }) => name))];
}

/** From this interval on it failed in each. */
function firstOf(name: string, scored: readonly Judged[]): number | undefined {
  const before = scored.findLastIndex((interval) => !failedIn(interval).includes(name));
  return scored[before + 1]?.number;
}
