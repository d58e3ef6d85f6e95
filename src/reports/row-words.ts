import type { MetricReport } from './metric-report.ts';

/**
 * What a row of the list says of a metric besides its name, values, change and interval, which stand beside it: the
 * limit, what decided, trouble with the data. Taken from the judge's own sentence; one that is built otherwise is said
 * whole.
 */
export function rowText({ name, reason, quality, effect }: MetricReport): string {
  const rest = effect === undefined ? undefined : afterSize(name, reason);
  if (rest === undefined) return reason;
  const trouble = quality.find((note) => !note.endsWith(' throughout.'));
  return trouble === undefined ? rest : `${rest} ${trouble}`;
}

/** More is no sentence of ours. */
const LONGEST = 2000;
const SIZE = /\((?:[^()]*(?:interval|bound) |p [<=])[^()]*\)[,;:]? */;

/** "Canary latency is 18 % higher than baseline (98 % interval …), above the allowed 10 %." → "Above the allowed 10 %." */
function afterSize(name: string, sentence: string): string | undefined {
  const start = `Canary ${name} `;
  if (!sentence.startsWith(start) || sentence.length > LONGEST) return undefined;
  const size = SIZE.exec(sentence.slice(start.length));
  if (size === null) return undefined;
  const rest = sentence
    .slice(start.length + size.index + size[0].length)
    .replace(/^(?:but|and) /, '')
    .replace(/^which (.*?) explain(?=[;.])/, '$1 explain it');
  return rest === '' ? undefined : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}
