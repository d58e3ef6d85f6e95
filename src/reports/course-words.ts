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
  return `Failed in the last ${word}: ${told.join(', ')}${others > 0 ? ` and ${count(others, 'other')}` : ''}.`;
}

/** Critical ones first. */
function failedIn(interval: Judged | undefined): string[] {
  const failed = (interval?.metrics ?? []).filter(
    ({ classification, muted }) => !muted && ['High', 'Low', 'NodataFailMetric'].includes(classification),
  );
  const ordered = [...failed.filter(({ critical }) => critical), ...failed.filter(({ critical }) => !critical)];
  return [...new Set(ordered.map(({ name }) => name))];
}

/** From this interval on it failed in each. */
function firstOf(name: string, scored: readonly Judged[]): number | undefined {
  const before = scored.findLastIndex((interval) => !failedIn(interval).includes(name));
  return scored[before + 1]?.number;
}
