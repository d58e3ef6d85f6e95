import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { count } from './format.ts';
import { labelledName } from './labelled-name.ts';
import type { MetricReport } from './metric-report.ts';
import { mismatchInWords } from './sample-ratio-words.ts';

/** More metrics with one trouble are counted, not named. */
const MOST_METRICS = 20;

/** What was said when the run was started, then what of its data weakens the verdict; one sentence each. */
export function warningsOf(
  { warnings = [], result }: CanaryExecutionStatusResponse,
  metrics: readonly MetricReport[],
): string[] {
  const weighty = [...Map.groupBy(metrics.flatMap(weightyNotes), ({ name }) => name)].map(([name, notes]) => {
    const texts = [...new Set(notes.map(({ text }) => text))];
    return `${name}: ${texts.join(' ')}`;
  });
  const left = weighty.length - MOST_METRICS;
  // With the series they are about, where these are known.
  const known = new Set(metrics.flatMap((metric) => metric.weighty.map((text) => `${metric.name}: ${text}`)));
  const mismatch = mismatchInWords(result?.judgeResult.sampleRatio);
  return [
    ...(mismatch === undefined ? [] : [mismatch]),
    ...warnings.filter((warning) => !known.has(warning)),
    ...weighty.slice(0, MOST_METRICS),
    ...(left > 0 ? [`${count(left, 'more metric')} with such data.`] : []),
  ];
}

function weightyNotes(metric: MetricReport): { name: string; text: string }[] {
  return metric.weighty.map((text) => ({ name: labelledName(metric), text }));
}
