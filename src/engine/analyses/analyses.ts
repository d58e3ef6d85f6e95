import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { Log } from '../../domain/log.ts';
import { EXECUTION_STATUS, type ExecutionException } from '../../domain/run.ts';
import type {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  StandaloneAnalysis,
} from '../../domain/standalone-analysis.ts';
import type { AnalysisFilter, StandaloneAnalysisStore } from '../../domain/stores.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import { CanaryError } from '../../errors.ts';
import type { Accounts } from '../accounts.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { OperationFailure, toRunException } from '../failure.ts';
import type { Runs } from '../runs/runs.ts';
import { judgementOf } from './judgement.ts';
import { planStages } from './plan.ts';
import { analysisResult, endsEarly, type Judgement } from './result.ts';

/** A judgement that ends elsewhere is noticed within this time. */
const LOOK_MILLIS = 5000;

interface StandaloneAnalysesOptions {
  readonly store: StandaloneAnalysisStore;
  readonly runs: Runs;
  readonly queue: WorkQueue;
  readonly callbacks: Callbacks;
  readonly accounts: Accounts;
  readonly now: () => number;
  readonly newRunId: () => string;
  readonly log: Log;
}

export interface StartAnalysis {
  /** chosen by who starts the analysis; absent: a new one */
  readonly id?: string | undefined;
  readonly config: CanaryConfig;
  readonly canaryConfigId?: string | undefined;
  readonly request: CanaryAnalysisExecutionRequest;
  readonly application: string;
  readonly user: string;
  readonly parentPipelineExecutionId?: string | undefined;
  readonly metricsAccountName?: string | undefined;
  readonly storageAccountName?: string | undefined;
  readonly configurationAccountName?: string | undefined;
  /** told of the end */
  readonly callbackUrl?: string | undefined;
}

/**
 * Analyses over a lifetime. All that one has done and is to do stands in the store; a step forward is: read it, do
 * what is due, write it, sleep until the next thing is due. So a restart goes on where the last process stopped.
 */
export class Analyses {
  readonly #options: StandaloneAnalysesOptions;

  constructor(options: StandaloneAnalysesOptions) {
    this.#options = options;
    options.queue.handle('analysis', (id, signal) => this.#advance(id, signal));
  }

  /** Goes on with the analyses a former process left. @returns how many */
  async resume(): Promise<number> {
    const ids = await this.#options.store.unfinished();
    for (const id of ids) await this.#options.queue.push({ kind: 'analysis', id });
    return ids.length;
  }

  /** Checks and stores an analysis. @returns its id. @throws CanaryError with a 4xx when it would certainly fail */
  async start(start: StartAnalysis): Promise<string> {
    const { accounts, runs, now, newRunId, store } = this.#options;
    const metricsAccountName = accounts.metricsStore(start.metricsAccountName).name;
    const storageAccountName = accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    const [first] = planStages(start.request, now()).filter(({ type }) => type === 'runCanary');
    const analysis: StandaloneAnalysis = {
      ...start,
      callback: this.#options.callbacks.plan(start.callbackUrl),
      id: start.id ?? newRunId(),
      version: 0,
      metricsAccountName,
      storageAccountName,
      status: 'not_started',
      buildTime: now(),
    };
    if (first !== undefined) runs.check(judgementOf(analysis, first));
    await store.create(analysis);
    await this.#options.queue.push({ kind: 'analysis', id: analysis.id });
    return analysis.id;
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<StandaloneAnalysis> {
    const analysis = await this.#options.store.get(id);
    if (analysis !== undefined) return analysis;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No pipeline found for ${id}`);
  }

  /** Newest first. */
  list(filter: AnalysisFilter): Promise<StandaloneAnalysis[]> {
    return this.#options.store.list(filter);
  }

  async has(id: string): Promise<boolean> {
    return (await this.#options.store.get(id)) !== undefined;
  }

  /** The judgements an analysis has begun, in order. */
  async judgements({ stages = [] }: StandaloneAnalysis): Promise<Judgement[]> {
    const found: Judgement[] = [];
    for (const { executionId, window } of stages) {
      const run = executionId === undefined ? undefined : await this.#options.runs.find(executionId);
      if (run !== undefined && window !== undefined) found.push({ run, window });
    }
    return found;
  }

  /** Ends an analysis and the run it waits for; one that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    const { store, now } = this.#options;
    for (;;) {
      const analysis = await this.get(id);
      if (EXECUTION_STATUS[analysis.status].complete) return;
      const stages = analysis.stages?.map((stage) =>
        stage.status === 'running' ? { ...stage, status: 'canceled' as const } : stage,
      );
      // A step that was written meanwhile goes first; then this is tried again on what it wrote.
      if (!(await store.update({ ...analysis, stages, status: 'canceled', endTime: now() }))) continue;
      await this.#options.callbacks.ended('analysis', id);
      return this.#cancelRun(analysis.stages?.find(({ status }) => status === 'running')?.executionId);
    }
  }

  async #cancelRun(executionId: string | undefined): Promise<void> {
    const { runs } = this.#options;
    if (executionId !== undefined && (await runs.find(executionId))) await runs.cancel(executionId);
  }

  /** Forgets an analysis that has ended; its runs stay. @throws CanaryError EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The analysis '${id}' is ${status}; cancel it first.`);
    }
    await this.#options.store.delete(id);
  }

  async #advance(id: string, stopping: AbortSignal): Promise<void> {
    const { store, queue, callbacks, log } = this.#options;
    try {
      while (!stopping.aborted) {
        const analysis = await store.get(id);
        if (analysis === undefined) return;
        // Whoever ended it may have died before it could tell.
        if (EXECUTION_STATUS[analysis.status].complete) return await callbacks.ended('analysis', id);
        const next = await this.#step(analysis);
        if (next === 'ended') return;
        if (next !== 'again') return await queue.push({ kind: 'analysis', id }, next);
      }
    } catch (error) {
      if (stopping.aborted) return;
      log.error({ id, err: error }, 'analysis step failed, trying again');
      await queue.push({ kind: 'analysis', id }, LOOK_MILLIS);
    }
  }

  /** Does what is due. @returns when to look again, in milliseconds from now */
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
    if (stage === undefined) return this.#close(analysis);
    const replaced = (change: Partial<AnalysisStage>): StandaloneAnalysis => ({
      ...analysis,
      stages: analysis.stages?.with(index, { ...stage, ...change }),
    });
    return stage.type === 'wait' ? this.#wait(stage, replaced) : this.#judge(analysis, stage, replaced);
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
      // The id is kept before the run is, so that a restart in between starts the same run and not a second one.
      await store.update(replaced({ status: 'running', executionId: newRunId() }));
      return 'again';
    }
    const run = await runs.find(stage.executionId);
    if (run === undefined) return this.#startRun(analysis, stage, replaced);
    if (!EXECUTION_STATUS[run.status].complete) {
      runs.onceEnded(run.id, () => void queue.push({ kind: 'analysis', id: analysis.id }));
      return LOOK_MILLIS;
    }
    if (endsEarly(run, analysis.request.thresholds ?? {})) {
      const { stages = [] } = replaced({ status: 'terminal' });
      const kept = stages.filter(({ status }) => status !== 'not_started');
      return this.#close({ ...analysis, stages: kept }, 'terminal');
    }
    await store.update(replaced({ status: 'succeeded' }));
    return 'again';
  }

  async #startRun(
    analysis: StandaloneAnalysis,
    stage: AnalysisStage,
    replaced: (change: Partial<AnalysisStage>) => StandaloneAnalysis,
  ): Promise<'again' | 'ended'> {
    const { runs } = this.#options;
    try {
      await runs.start({ ...judgementOf(analysis, stage), id: stage.executionId });
      const { status } = await this.get(analysis.id);
      if (status === 'canceled') await this.#cancelRun(stage.executionId);
      return 'again';
    } catch (error) {
      if (await runs.find(stage.executionId ?? '')) return 'again'; // another step was faster
      const cause = new CanaryError(
        'REQUEST_INVALID',
        `Failed to initiate canary analysis: ${(error as Error).message}`,
        { cause: error },
      );
      const exception = toRunException(new OperationFailure('runCanary', cause), this.#options.now());
      const { stages = [] } = replaced({ status: 'terminal' });
      await this.#end({ ...analysis, stages: stages.filter(({ status }) => status !== 'not_started') }, 'terminal', {
        exception,
      });
      return 'ended';
    }
  }

  async #close(analysis: StandaloneAnalysis, status: 'succeeded' | 'terminal' = 'succeeded'): Promise<'ended'> {
    const judgements = await this.judgements(analysis);
    const result = analysisResult({
      request: analysis.request,
      judgements,
      metricsAccountType: this.#metricsType(analysis),
    });
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

  #metricsType({ metricsAccountName }: StandaloneAnalysis): string {
    return this.#options.accounts.views().find(({ name }) => name === metricsAccountName)?.type ?? '';
  }
}
