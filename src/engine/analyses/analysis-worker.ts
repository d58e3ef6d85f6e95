import type { Log } from '../../domain/log.ts';
import { EXECUTION_STATUS, type ExecutionException, type Run } from '../../domain/run.ts';
import type { AnalysisStage, StandaloneAnalysis } from '../../domain/standalone-analysis.ts';
import type { StandaloneAnalysisStore } from '../../domain/stores.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import { CanaryError } from '../../errors.ts';
import { verdictOfRun } from '../../reports/run-verdict.ts';
import type { Accounts } from '../accounts.ts';
import { toRunAnswer } from '../answers/run.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { abandonedFailure, OperationFailure, toRunException } from '../failure.ts';
import { attemptNoted, type LossLimit } from '../lost-attempts.ts';
import type { Runs } from '../runs/runs.ts';
import { begunJudgements, cancelJudgement, judgementOf } from './judgement.ts';
import { planStages } from './plan.ts';
import { endOfRamp, forgotten, isComplete } from './ramp.ts';
import { analysisResult, endsEarly } from './result.ts';

/** A judgement that ends elsewhere is noticed within this time. */
const LOOK_MILLIS = 5000;

export interface AnalysisWorkerOptions {
  readonly store: StandaloneAnalysisStore;
  readonly runs: Pick<
    Runs,
    'check' | 'checkSize' | 'warnings' | 'start' | 'find' | 'cancel' | 'onceEnded' | 'resolved'
  >;
  readonly queue: WorkQueue;
  readonly callbacks: Pick<Callbacks, 'plan' | 'ended'>;
  readonly accounts: Accounts;
  readonly lossLimit: LossLimit;
  readonly now: () => number;
  readonly newRunId: () => string;
  readonly log: Log;
}

/**
 * Advances analyses. Everything one has done and has yet to do is in the store; a step is: read it, do what is due,
 * write it, sleep until the next thing is due. So after a restart it continues where the last process stopped.
 */
export class AnalysisWorker {
  readonly #options: AnalysisWorkerOptions;

  constructor(options: AnalysisWorkerOptions) {
    this.#options = options;
  }

  /** Does all that is due and queues the next check. */
  async advance(id: string, stopping: AbortSignal): Promise<void> {
    const { store, queue, callbacks, log, lossLimit } = this.#options;
    try {
      const attempt = async () => {
        await this.#advance(id, stopping);
        return true;
      };
      const abandon = async (lost: number) => {
        await this.#abandon(id, lost);
        return true;
      };
      if (await attemptNoted(lossLimit, { id, store, attempt, abandon })) return;
      // The process that ended it may have died before it could notify anyone.
      if ((await store.get(id)) !== undefined) await callbacks.ended('analysis', id);
    } catch (error) {
      if (stopping.aborted) return;
      log.error({ id, err: error }, 'analysis step failed, retrying');
      await queue.push({ kind: 'analysis', id }, LOOK_MILLIS);
    }
  }

  async #advance(id: string, stopping: AbortSignal): Promise<void> {
    const { store, queue, callbacks, now } = this.#options;
    while (!stopping.aborted) {
      const analysis = await store.get(id);
      if (analysis === undefined) return;
      if (analysis.unreadable !== undefined) await store.update({ ...analysis, endTime: analysis.endTime ?? now() });
      if (EXECUTION_STATUS[analysis.status].complete) return await callbacks.ended('analysis', id);
      const next = await this.#step(analysis);
      if (next === 'ended') return;
      if (next !== 'again') return await queue.push({ kind: 'analysis', id }, next);
    }
  }

  async #abandon(id: string, lost: number): Promise<void> {
    const { store, now, lossLimit } = this.#options;
    const analysis = await store.get(id);
    if (analysis === undefined) return;
    const exception = toRunException(abandonedFailure('The analysis', lost, lossLimit), now());
    const stages = analysis.stages?.filter(({ status }) => status !== 'not_started');
    await this.#end({ ...analysis, stages: stages?.map(ended) }, 'terminal', { exception });
  }

  /** Does what is due. @returns when to check again, in milliseconds from now */
  async #step(analysis: StandaloneAnalysis): Promise<'again' | 'ended' | number> {
    const { store, now } = this.#options;
    if (analysis.stages === undefined) {
      const startTime = now();
      await store.update({
        ...analysis,
        status: 'running',
        startTime,
        stages: planStages(analysis.request, startTime),
      });
      return 'again';
    }
    const index = analysis.stages.findIndex(({ status }) => status === 'not_started' || status === 'running');
    const stage = analysis.stages[index];
    if (stage === undefined) return this.#goOnOrClose(analysis);
    const replaced = (change: Partial<AnalysisStage>): StandaloneAnalysis => ({
      ...analysis,
      stages: analysis.stages?.with(index, { ...stage, ...change }),
    });
    return stage.type === 'wait' ? this.#wait(stage, replaced) : this.#judge(analysis, stage, replaced);
  }

  /** A ramp has nothing to do until its next step is announced, or its time is over. */
  async #goOnOrClose(analysis: StandaloneAnalysis): Promise<'ended' | number> {
    if (analysis.request.ramp === undefined || isComplete(analysis)) return this.#close(analysis);
    const { now } = this.#options;
    const left = endOfRamp(analysis) - now();
    if (left > 0) return left;
    const exception = toRunException(new OperationFailure('announceStep', forgotten(analysis)), now());
    await this.#end(analysis, 'terminal', { exception });
    return 'ended';
  }

  async #wait(stage: AnalysisStage, replaced: (change: Partial<AnalysisStage>) => StandaloneAnalysis) {
    const { store, now } = this.#options;
    const wakeAt = stage.wakeAt ?? now() + (stage.waitMillis ?? 0);
    const left = wakeAt - now();
    if (left <= 0) {
      await store.update(replaced({ status: 'succeeded', wakeAt }));
      return 'again';
    }
    if (stage.status === 'not_started') await store.update(replaced({ status: 'running', wakeAt }));
    return left;
  }

  async #judge(
    analysis: StandaloneAnalysis,
    stage: AnalysisStage,
    replaced: (change: Partial<AnalysisStage>) => StandaloneAnalysis,
  ): Promise<'again' | 'ended' | number> {
    const { store, runs, newRunId, queue } = this.#options;
    if (stage.executionId === undefined) {
      // Store the id before the run starts, so that a restart in between starts the same run and not a second one.
      await store.update(replaced({ status: 'running', executionId: newRunId() }));
      return 'again';
    }
    const stopWaiting = runs.onceEnded(stage.executionId, () => void queue.push({ kind: 'analysis', id: analysis.id }));
    const run = await runs.find(stage.executionId);
    if (run === undefined) {
      const next = await this.#startRun(analysis, stage, replaced);
      if (next === 'ended') stopWaiting();
      return next;
    }
    if (!EXECUTION_STATUS[run.status].complete) return LOOK_MILLIS;
    stopWaiting();
    if (analysis.request.ramp !== undefined) return this.#judgedStep(run, replaced);
    if (endsEarly(run, analysis.request.thresholds ?? {})) {
      return this.#close(withoutRest(replaced({ status: 'terminal' })), 'terminal');
    }
    const { carried, settled } = run.result?.judgeResult.look ?? {};
    const judged = withCarried(replaced({ status: 'succeeded' }), stage.executionId, carried);
    if (settled !== undefined) return this.#close(withoutRest(judged));
    await store.update(judged);
    return 'again';
  }

  /** A step that fails ends its ramp; one that could not be judged may be announced again. */
  async #judgedStep(
    run: Run,
    replaced: (change: Partial<AnalysisStage>) => StandaloneAnalysis,
  ): Promise<'again' | 'ended'> {
    const { store } = this.#options;
    const { verdict } = await verdictOfRun(toRunAnswer(run), { nowMillis: 0, address: '' });
    if (verdict === 'fail') return this.#close(replaced({ status: 'terminal' }), 'terminal');
    const status = run.result === undefined ? 'terminal' : 'succeeded';
    await store.update(withCarried(replaced({ status }), run.id, run.result?.judgeResult.look?.carried));
    return 'again';
  }

  async #startRun(
    analysis: StandaloneAnalysis,
    stage: AnalysisStage,
    replaced: (change: Partial<AnalysisStage>) => StandaloneAnalysis,
  ): Promise<'again' | 'ended'> {
    const { runs, store } = this.#options;
    try {
      await runs.start({ ...judgementOf(analysis, stage), id: stage.executionId });
      const now = await store.get(analysis.id);
      if (now?.status === 'canceled') await cancelJudgement(runs, stage.executionId);
      return 'again';
    } catch (error) {
      if (await runs.find(stage.executionId ?? '')) return 'again'; // another step was faster
      const cause = new CanaryError(
        'REQUEST_INVALID',
        `Failed to initiate canary analysis: ${(error as Error).message}`,
        { cause: error },
      );
      const exception = toRunException(new OperationFailure('runCanary', cause), this.#options.now());
      await this.#end(withoutRest(replaced({ status: 'terminal' })), 'terminal', { exception });
      return 'ended';
    }
  }

  async #close(analysis: StandaloneAnalysis, status: 'succeeded' | 'terminal' = 'succeeded'): Promise<'ended'> {
    const { accounts, runs } = this.#options;
    const judgements = await begunJudgements(runs, analysis);
    const ownResolution = accounts.hasOwnResolution(analysis.metricsAccountName);
    const result = analysisResult({ request: analysis.request, judgements, ownResolution });
    const last = judgements.at(-1)?.run;
    const verdict = status === 'terminal' || last?.result === undefined ? 'terminal' : status;
    const exception = last?.exception;
    await this.#end(analysis, verdict, { result, ...(exception === undefined ? {} : { exception }) });
    return 'ended';
  }

  async #end(
    analysis: StandaloneAnalysis,
    status: 'succeeded' | 'terminal',
    outcome: { result?: StandaloneAnalysis['result']; exception?: ExecutionException },
  ): Promise<void> {
    const { store, callbacks, now, log } = this.#options;
    if (!(await store.update({ ...analysis, ...outcome, status, endTime: now() }))) return;
    log.info({ id: analysis.id, status, message: outcome.result?.canaryScoreMessage }, 'analysis ended');
    await callbacks.ended('analysis', analysis.id);
  }
}

function ended(stage: AnalysisStage): AnalysisStage {
  return stage.status === 'running' ? { ...stage, status: 'terminal' } : stage;
}

/** Only the last judgement carries on: what the ones before did is in it, and an analysis may have thousands. */
function withCarried(analysis: StandaloneAnalysis, executionId: string, carried: unknown): StandaloneAnalysis {
  if (carried === undefined) return analysis;
  const stages = analysis.stages?.map(({ carried: _before, ...stage }) =>
    stage.executionId === executionId ? { ...stage, carried } : stage,
  );
  return { ...analysis, stages };
}

/** Of an analysis that ends early: what was not begun is not shown. */
function withoutRest(analysis: StandaloneAnalysis): StandaloneAnalysis {
  return { ...analysis, stages: analysis.stages?.filter(({ status }) => status !== 'not_started') };
}
