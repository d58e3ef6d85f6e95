import { setTimeout as sleep } from 'node:timers/promises';
import type { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import type { CanaryAnalysisExecutionStatusResponse } from '../../../src/domain/standalone-analysis.ts';
import { isSignedWith, type ReceivedCallback } from '../http/callback-receiver.ts';
import { type Accepted, TORTURE_SECRET, type Tortured } from './torture.ts';
import { type Ending, type Job, windowsOf } from './torture-jobs.ts';

type Run = CanaryExecutionStatusResponse;
type Analysis = CanaryAnalysisExecutionStatusResponse;

const PAGE = 100;

/** Waits until everything has ended and been told. @throws Error with what has not, after `withinMillis` */
export async function untilQuiet({ accepted, service }: Tortured, withinMillis: number): Promise<void> {
  const deadline = Date.now() + withinMillis;
  const waiting = new Set(accepted);
  while (waiting.size > 0) {
    for (const one of waiting) {
      const { complete, status, callback } = await read(service.baseUrl, one);
      if (complete && callback?.status !== 'pending') waiting.delete(one);
      else if (Date.now() > deadline) {
        throw new Error(`${waiting.size} left; ${one.label} is ${status}, its callback ${callback?.status}`);
      }
    }
    if (waiting.size > 0) await sleep(100);
  }
}

/** All that is not as it must be, a line each. */
export async function problemsOf(tortured: Tortured): Promise<string[]> {
  const { accepted, labels, service } = tortured;
  const runs = Map.groupBy(await allRuns(service.baseUrl), (run) => run.parentPipelineExecutionId ?? '');
  const problems: string[] = [];
  for (const one of accepted) {
    const state = await read(service.baseUrl, one);
    const found = [
      ...endingProblems(one, state, tortured),
      ...callbackProblems(one, state, tortured),
      ...(one.job.kind === 'run'
        ? await resultProblems(service.baseUrl, state as Run)
        : judgementProblems(one.job, state as Analysis, runs.get(one.label) ?? [])),
    ];
    problems.push(...found.map((problem) => `${one.label} (${one.job.kind} ${one.id}): ${problem}`));
  }
  for (const [label, job] of labels) problems.push(...windowProblems(label, job, runs.get(label) ?? []));
  const strangers = [...runs.keys()].filter((label) => !labels.has(label));
  return [...problems, ...strangers.map((label) => `${label}: nobody asked for it`)];
}

function endingProblems({ job, id }: Accepted, state: Run | Analysis, { seenEnded }: Tortured): string[] {
  const problems: string[] = [];
  if (!job.endings.includes(state.status as Ending)) problems.push(`${state.status}, not ${job.endings.join(' or ')}`);
  const before = seenEnded.get(id);
  if (before !== undefined && before !== state.status) problems.push(`was ${before}, is ${state.status}`);
  if (state.endTimeMillis === undefined && state.status !== 'canceled') problems.push('has no end');
  return problems;
}

/** Told at least once, in every try the same that is answered now. */
function callbackProblems({ job, label }: Accepted, state: Run | Analysis, { receiver }: Tortured): string[] {
  const told = receiver.received.filter(({ path }) => path === `/${label}`);
  if (!job.callback) return told.length > 0 || state.callback ? ['told although nobody asked'] : [];
  const { callback, ...answer } = state;
  if (callback?.status !== 'delivered') return [`callback is ${callback?.status}`];
  const body = JSON.stringify(answer);
  return told.length === 0 ? ['never told'] : told.flatMap((one) => tellingProblems(one, body, callback.deliveryId));
}

function tellingProblems({ headers, body }: ReceivedCallback, expected: string, deliveryId: string): string[] {
  const problems: string[] = [];
  if (body !== expected) problems.push('told something else than it answers');
  if (headers['webhook-id'] !== deliveryId) problems.push('told under another delivery id');
  if (!isSignedWith(TORTURE_SECRET, { headers, body })) problems.push('wrongly signed');
  return problems;
}

async function resultProblems(baseUrl: string, { status, result, metricSetPairListId }: Run): Promise<string[]> {
  if (status !== 'succeeded') return result === undefined ? [] : [`${status} with a result`];
  if (result?.judgeResult.results.length !== 2) return ['succeeded without a result'];
  const pairs = (await ask(`${baseUrl}/metricSetPairList/${metricSetPairListId}`)) as unknown[];
  return pairs.length === 2 ? [] : ['its series are gone'];
}

/** An analysis that came to its end has judged each interval once, in order. */
function judgementProblems(job: Job, analysis: Analysis, runs: readonly Run[]): string[] {
  const results = analysis.canaryAnalysisExecutionResult?.canaryExecutionResults ?? [];
  if (analysis.status !== 'succeeded') return results.length > 1 && !job.canceled ? ['judged on after a failure'] : [];
  const problems: string[] = [];
  const ends = results.map(({ judgementEndTimeIso }) => judgementEndTimeIso);
  if (ends.join() !== windowsOf(job).join()) problems.push(`judged ${ends.join()}`);
  if (runs.length !== job.intervals) problems.push(`${runs.length} runs for ${job.intervals} intervals`);
  const [known, linked] = [runs.map(({ pipelineId }) => pipelineId), results.map(({ executionId }) => executionId)];
  if (known.toSorted().join() !== linked.toSorted().join()) problems.push('its runs are not those it names');
  return problems;
}

/** Whether it was accepted or not: no window of a job is judged twice, and all runs have ended. */
function windowProblems(label: string, job: Job, runs: readonly Run[]): string[] {
  const ends = runs.map(({ canaryExecutionRequest: { scopes } }) => scopes?.default?.experimentScope?.end);
  const problems = runs.filter(({ complete }) => !complete).map(({ pipelineId }) => `${pipelineId} has not ended`);
  if (new Set(ends).size !== ends.length) problems.push(`judged twice: ${ends.join()}`);
  const strange = ends.filter((end) => !windowsOf(job).includes(end ?? ''));
  if (strange.length > 0) problems.push(`windows nobody asked for: ${strange.join()}`);
  return problems.map((problem) => `${label}: ${problem}`);
}

async function allRuns(baseUrl: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (let page = 1; ; page++) {
    const found = (await ask(`${baseUrl}/canary/executions?application=torture&limit=${PAGE}&page=${page}`)) as Run[];
    runs.push(...found);
    if (found.length < PAGE) return runs;
  }
}

async function read(baseUrl: string, { job, id }: Accepted): Promise<Run | Analysis> {
  const path = job.kind === 'run' ? '/canary' : '/standalone_canary_analysis';
  return (await ask(`${baseUrl}${path}/${id}`)) as Run | Analysis;
}

async function ask(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (answer.ok) return answer.json();
  throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
