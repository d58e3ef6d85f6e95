import { z } from 'zod';
import type { Baseline, BaselineWindow } from '../domain/baseline.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { count, formatDuration, formatWindow } from './format.ts';

/** Which history was the baseline. */
export const HistoryReport = z
  .object({
    text: z.string().describe('for people: "3 windows of the past, the same minutes some time before"'),
    windows: z.array(
      z.object({
        text: z.string().describe('"1 day earlier, 2026-01-01 12:00–13:00 UTC"'),
        runId: z.string().optional().describe('of an earlier release: the run that passed it'),
      }),
    ),
    missing: z.array(z.string()).describe('what was looked for and not found'),
  })
  .meta({ id: 'HistoryReport' });
export type HistoryReport = z.infer<typeof HistoryReport>;

const KINDS: Readonly<Record<Baseline['kind'], string>> = {
  earlier: 'the same minutes some time before',
  goodReleases: 'earlier releases that passed, at the same age',
  sameAge: 'the baseline at the same age',
};

/** What an analysis compares with, whose judgements look for their windows when they begin: "the same minutes 1 d earlier". */
export function historyPlan(baseline: Baseline | undefined): string | undefined {
  if (baseline === undefined) return undefined;
  const { kind, offsets = [], releases = 0, controlSince = '' } = baseline;
  if (kind === 'earlier') {
    return `the same minutes ${offsets.map((minutes) => formatDuration(minutes * 60_000)).join(', ')} earlier`;
  }
  if (kind === 'goodReleases') return `the last ${count(releases, 'release')} that passed, at the same age`;
  return `the baseline at the same age, deployed ${controlSince}`;
}

/** Undefined where the baseline is no history, or its windows were never found. */
export function reportHistory(baseline: Baseline | undefined): HistoryReport | undefined {
  const { kind = 'earlier', windows = [], missing = [] } = baseline ?? {};
  if (windows.length === 0) return undefined;
  return {
    text: `${count(windows.length, 'window')} of the past, ${KINDS[kind]}`,
    windows: windows.map((window) => ({
      text: windowInWords(window),
      ...(window.runId === undefined ? {} : { runId: window.runId }),
    })),
    missing: [...missing],
  };
}

/** The window of its first pair of scopes; all have the same distance from the canary's. */
function windowInWords({ name, runId, scopes }: BaselineWindow): string {
  const [{ scope, start, end } = {}] = Object.values(scopes);
  const when =
    start === undefined || end === undefined ? '' : `, ${formatWindow(instantMillis(start), instantMillis(end))}`;
  const what = runId === undefined ? '' : `${scope === undefined ? '' : `, ${scope}`}, run ${runId}`;
  return `${name}${when}${what}`;
}
