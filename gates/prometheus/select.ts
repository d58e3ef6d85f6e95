import type { RunLine } from '../../src/domain/run.ts';
import type { VerdictName } from '../../src/domain/verdict-report.ts';
import { createTurns } from '../../src/waiting/turns.ts';
import type { LabelCondition } from './matchers.ts';
import { hasEnded, METRICS, type Metric, type Outcome, outcomeOf, type Sample } from './metrics.ts';
import type { Selector } from './promql/expression.ts';
import { type Labels, labelKey, RUN_LABELS, runLabels, withoutEmpty } from './run-labels.ts';
import type { RunSource } from './run-source.ts';

/** Runs that one selector looks at. */
export const MOST_RUNS = 1000;
/** Results that one selector reads: each may be megabytes. */
export const MOST_RESULTS = 100;
/** Prometheus' own: what ended longer ago is not seen, unless the query has a range. */
export const LOOK_BACK_MILLIS = 5 * 60_000;
/** For a moment in the past: a run that was going then is found if it ended within this. */
const GOING_THEN_MILLIS = 6 * 3_600_000;

export interface LabelledSample {
  readonly labels: Labels;
  /** the same for the same labels */
  readonly key: string;
  readonly value: number;
}

/** A run, as far as a selector selects it. */
export interface SelectedRun {
  readonly start: number;
  /** undefined: it has not ended */
  readonly end: number | undefined;
  readonly going: readonly LabelledSample[];
  readonly ended: readonly LabelledSample[];
}

/** What a selector selects: for each set of run labels the runs, newest first. */
export interface Selection {
  readonly groups: readonly (readonly SelectedRun[])[];
  /** what was left out, a sentence each */
  readonly warnings: readonly string[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
  /** how far back a run may have ended where the selector has no range */
  readonly lookBackMillis: number;
  /** only what is there at `to` is asked for */
  readonly instant: boolean;
}

/** Loads what a selector selects. @throws CanaryError REQUEST_INVALID for a pattern that is none */
export async function select(source: RunSource, selector: Selector, span: Span): Promise<Selection> {
  // Regular expressions are only loaded for those who ask.
  const { labelConditions } = await import('./matchers.ts');
  const conditions = labelConditions(selector.matchers);
  const metrics = METRICS.filter(({ name }) => fits(conditions, '__name__', name));
  if (metrics.length === 0) return { groups: [], warnings: [] };
  const back = selector.rangeMillis ?? span.lookBackMillis;
  const to = span.to - selector.offsetMillis;
  const after = span.from - selector.offsetMillis - back;
  const application = selector.matchers.find(({ label, operator }) => label === 'application' && operator === '=');
  const found = await source.lines({
    application: application?.value || undefined,
    after,
    until: to + GOING_THEN_MILLIS,
    limit: MOST_RUNS,
  });
  const groups = groupsOf(found, conditions, to);
  const wanted = span.instant && !selector.everyRun ? groups.map((runs) => newestAt(runs, to, back)) : groups;
  const loaded = await load({ source, metrics, conditions, groups: wanted });
  const ended = found.filter(hasEnded).length;
  const warning = `only the latest ${MOST_RUNS} runs were looked at; name the application or a shorter time`;
  const warnings = ended >= MOST_RUNS || found.length - ended >= MOST_RUNS ? [warning] : [];
  return { groups: loaded.groups, warnings: [...warnings, ...loaded.warnings] };
}

interface RunOfGroup {
  readonly line: RunLine;
  readonly labels: Labels;
  readonly start: number;
  readonly end: number | undefined;
}

function groupsOf(lines: readonly RunLine[], conditions: readonly LabelCondition[], to: number): RunOfGroup[][] {
  const own = conditions.filter(({ label }) => (RUN_LABELS as readonly string[]).includes(label));
  const groups = new Map<string, RunOfGroup[]>();
  for (const line of lines) {
    const labels = runLabels(line);
    if (line.buildTime > to || !own.every(({ label, fits: ok }) => ok(labels[label] ?? ''))) continue;
    const key = labelKey(labels);
    const end = hasEnded(line) ? (line.endTime ?? line.buildTime) : undefined;
    const group = groups.get(key) ?? [];
    group.push({ line, labels, start: line.buildTime, end });
    groups.set(key, group);
  }
  return [...groups.values()].map((runs) => runs.sort((one, other) => other.start - one.start));
}

/** The newest run that is going at a moment, or ended within so many milliseconds before; the others say nothing. */
export function newestAt<R extends { start: number; end: number | undefined }>(
  runs: readonly R[],
  moment: number,
  back: number,
): R[] {
  const newest = runs.find(({ start, end }) => start <= moment && (end === undefined || end > moment - back));
  return newest === undefined ? [] : [newest];
}

interface Load {
  readonly source: RunSource;
  readonly metrics: readonly Metric[];
  readonly conditions: readonly LabelCondition[];
  readonly groups: readonly (readonly RunOfGroup[])[];
}

async function load({ source, metrics, conditions, groups }: Load): Promise<Selection> {
  const needsResult = metrics.some((metric) => metric.needsResult);
  const turn = createTurns();
  let reads = 0;
  const selected: SelectedRun[][] = groups.map(() => []);
  const newestFirst = groups
    .flatMap((runs, index) => runs.map((run) => ({ run, index })))
    .sort((one, other) => other.run.start - one.run.start);
  for (const { run, index } of newestFirst) {
    await turn();
    const known = outcomeOf(run.line);
    const isRead = run.end !== undefined && (needsResult || known === undefined) && ++reads <= MOST_RESULTS;
    const { line } = run;
    const result = isRead && needsResult ? await source.result(line.id) : undefined;
    const outcome = known ?? (isRead ? outcomeTold(await source.verdict(line.id)) : 'error');
    const samples = (of: (metric: Metric) => readonly Sample[]) =>
      metrics.flatMap((metric) =>
        of(metric).flatMap((sample) => labelled(metric.name, run.labels, sample, conditions)),
      );
    selected[index]?.push({
      start: run.start,
      end: run.end,
      going: samples((metric) => metric.going?.(line) ?? []),
      ended: run.end === undefined ? [] : samples((metric) => metric.ended({ line, outcome, result })),
    });
  }
  const warning = `only the results of the latest ${MOST_RESULTS} runs were read; ask for fewer runs or a shorter time`;
  return { groups: selected, warnings: reads > MOST_RESULTS ? [warning] : [] };
}

function outcomeTold(verdict: VerdictName | undefined): Outcome {
  return verdict === undefined || verdict === 'running' ? 'error' : verdict;
}

function labelled(
  name: string,
  run: Labels,
  sample: { labels: Labels; value: number },
  conditions: readonly LabelCondition[],
): LabelledSample[] {
  const labels = { __name__: name, ...run, ...withoutEmpty(sample.labels) } as Labels;
  if (!conditions.every(({ label, fits: ok }) => ok(labels[label] ?? ''))) return [];
  return [{ labels, key: labelKey(labels), value: sample.value }];
}

function fits(conditions: readonly LabelCondition[], label: string, value: string): boolean {
  return conditions.every((condition) => condition.label !== label || condition.fits(value));
}
