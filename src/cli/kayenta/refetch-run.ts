import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import type { HttpClient } from '../client/http-client.ts';
import { type KayentaRun, type Read, readKayentaPairs } from './kayenta-objects.ts';

/** How recorded runs are run again on a Haldane. */
export interface RefetchOptions {
  readonly target: HttpClient;
  /** absent: the account each run was fetched from */
  readonly metricsAccount: string | undefined;
  /** how long to wait for one verdict */
  readonly timeoutMillis: number;
  /** whether the runs stay on Haldane */
  readonly keep: boolean;
}

export interface Refetched {
  readonly verdict: CanaryJudgeResult;
  readonly pairs: readonly MetricSetPair[];
}

/** What is left of a run that was made for the comparison. */
export interface Remains {
  /** its id on Haldane; absent: deleted, or never started */
  readonly runId?: string;
  /** why it could not be deleted */
  readonly left?: string;
}

/** Lists these runs apart from those of the application, whose earlier runs a judge may ask for. */
const APPLICATION = 'diff-kayenta';
const FIRST_POLL_MILLIS = 25;
const LONGEST_POLL_MILLIS = 1000;

/**
 * Fetches and judges a recorded run anew: its config, scopes and thresholds, by the named judge. The run is deleted
 * afterwards, with its series, also when it fails.
 */
export async function refetchRun(
  run: KayentaRun,
  judge: string,
  options: RefetchOptions,
): Promise<Read<Refetched, Remains> & Remains> {
  const started = await start(run, judge, options);
  if (!started.ok) return started;
  const id = started.value;
  const ended = await waitForEnd(id, options);
  const read = ended.ok ? await readVerdict(ended.value, options.target) : ended;
  if (options.keep) return { ...read, runId: id };
  const left = await remove(id, ended.ok ? ended.value.metricSetPairListId : undefined, options.target);
  return left === undefined ? read : { ...read, runId: id, left };
}

const Started = z.object({ canaryExecutionId: z.string() });

async function start(
  run: KayentaRun,
  judge: string,
  { target, metricsAccount }: RefetchOptions,
): Promise<Read<string>> {
  const { config, canaryExecutionRequest: executionRequest, pipelineId: parentPipelineExecutionId } = run;
  const metricsAccountName = metricsAccount ?? run.metricsAccountName;
  const query = { application: APPLICATION, metricsAccountName, parentPipelineExecutionId };
  const canaryConfig = { ...config, judge: { ...config.judge, name: judge } };
  const answer = await target.send('POST', '/canary', { query, body: { canaryConfig, executionRequest } });
  if (!answer.ok) {
    const isAccount = answer.reason.includes('Unable to resolve account');
    const remedy = isAccount ? '; --metrics-account names another one of Haldane' : '';
    return { ok: false, reason: `Haldane does not run it: ${answer.reason}${remedy}` };
  }
  const id = Started.safeParse(answer.body);
  return id.success
    ? { ok: true, value: id.data.canaryExecutionId }
    : { ok: false, reason: 'POST /canary answers no id' };
}

async function waitForEnd(id: string, options: RefetchOptions): Promise<Read<CanaryExecutionStatusResponse>> {
  const { target, timeoutMillis } = options;
  const until = performance.now() + timeoutMillis;
  for (let pauseMillis = FIRST_POLL_MILLIS; ; pauseMillis = Math.min(2 * pauseMillis, LONGEST_POLL_MILLIS)) {
    const answer = await target.get(pathOf(id));
    const status = answer.ok ? CanaryExecutionStatusResponse.safeParse(answer.body) : undefined;
    if (status?.data?.complete) return { ok: true, value: status.data };
    if (status?.success === false) return { ok: false, reason: `GET ${pathOf(id)} answers no run` };
    if (performance.now() >= until) {
      const doing = answer.ok ? progressOf(status?.data) : answer.reason;
      return {
        ok: false,
        reason: `no verdict in ${timeoutMillis / 1000} s, --timeout gives it more; it was canceled: ${doing}`,
      };
    }
    await pause(Math.min(pauseMillis, Math.max(0, until - performance.now())));
  }
}

/** What a run was doing, with the last error of its queries. */
function progressOf(run: CanaryExecutionStatusResponse | undefined): string {
  const stages = Object.entries(run?.stageStatus ?? {}).filter(([, status]) => status === 'running');
  const errors = (run?.fetchReport ?? []).flatMap(({ lastError }) => lastError ?? []);
  const doing = stages.length === 0 ? 'it had not begun' : `${stages.map(([name]) => name).join(', ')} were running`;
  return errors.length === 0 ? doing : `${doing}; the last error: ${errors.at(-1)}`;
}

async function readVerdict(run: CanaryExecutionStatusResponse, target: HttpClient): Promise<Read<Refetched>> {
  const verdict = run.result?.judgeResult;
  if (verdict === undefined) {
    const reasons = run.exception?.details.errors.join('; ') ?? 'no reason given';
    return { ok: false, reason: `it ended ${run.status} on Haldane: ${reasons}` };
  }
  const answer = await target.get(`/metricSetPairList/${encodeURIComponent(run.metricSetPairListId ?? '')}`);
  if (!answer.ok) return { ok: false, reason: `its series on Haldane: ${answer.reason}` };
  const pairs = readKayentaPairs(answer.body);
  return pairs.ok ? { ok: true, value: { verdict, pairs: pairs.value } } : pairs;
}

/** @returns why the run is still there */
async function remove(id: string, listId: string | undefined, target: HttpClient): Promise<string | undefined> {
  if (listId === undefined) await target.send('PUT', `${pathOf(id)}/cancel`);
  const ended = listId ?? (await listOf(id, target));
  const deleted = await target.send('DELETE', pathOf(id));
  if (!deleted.ok && deleted.status !== 404) return deleted.reason;
  // It may have gone with the run.
  if (ended !== undefined) await target.send('DELETE', `/metricSetPairList/${encodeURIComponent(ended)}`);
  return undefined;
}

async function listOf(id: string, target: HttpClient): Promise<string | undefined> {
  const answer = await target.get(pathOf(id));
  return answer.ok ? CanaryExecutionStatusResponse.safeParse(answer.body).data?.metricSetPairListId : undefined;
}

function pathOf(id: string): string {
  return `/canary/${encodeURIComponent(id)}`;
}
