import type { CanaryConfig } from '../domain/canary-config.ts';
import { EXECUTION_STATUS, type ExecutionException } from '../domain/canary-execution.ts';
import type { Log } from '../domain/log.ts';
import type {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  StandaloneAnalysis,
} from '../domain/standalone-analysis.ts';
import type { StandaloneAnalysisStore } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';
import type { Accounts } from './accounts.ts';
import { OperationFailure, toExecutionException } from './execution-failure.ts';
import type { Executions } from './executions.ts';
import { judgementOf } from './standalone-judgement.ts';
import { planStages } from './standalone-plan.ts';
import { analysisResult, endsEarly, type Judgement } from './standalone-result.ts';

/** Timers cannot be longer than 24 days; an analysis that sleeps longer looks up now and then. */
const LONGEST_SLEEP_MILLIS = 3_600_000;
/** A judgement that ends elsewhere is noticed within this time. */
const LOOK_MILLIS = 5000;

interface StandaloneAnalysesOptions {
  readonly store: StandaloneAnalysisStore;
  readonly executions: Executions;
  readonly accounts: Accounts;
  readonly now: () => number;
  readonly newExecutionId: () => string;
  readonly log: Log;
}

export interface StartAnalysis {
  readonly config: CanaryConfig;
  readonly canaryConfigId?: string | undefined;
  readonly request: CanaryAnalysisExecutionRequest;
  readonly application: string;
  readonly user: string;
  readonly parentPipelineExecutionId?: string | undefined;
  readonly metricsAccountName?: string | undefined;
  readonly storageAccountName?: string | undefined;
  readonly configurationAccountName?: string | undefined;
}

/**
 * Analyses over a lifetime. All that one has done and is to do stands in the store; a step forward is: read it, do
 * what is due, write it, sleep until the next thing is due. So a restart goes on where the last process stopped.
 */
export class StandaloneAnalyses {
  readonly #options: StandaloneAnalysesOptions;
  readonly #stopping = new AbortController();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Steps of one analysis never overlap. */
  readonly #steps = new Map<string, Promise<void>>();

  constructor(options: StandaloneAnalysesOptions) {
    this.#options = options;
  }

  /** Goes on with the analyses a former process left. @returns how many */
  async resume(): Promise<number> {
    const ids = await this.#options.store.unfinished();
    for (const id of ids) this.#schedule(id, 0);
    return ids.length;
  }

  /** Takes no further step; the analyses go on at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#steps.values());
  }

  /** Checks and stores an analysis. @returns its id. @throws CanaryError with a 4xx when it would certainly fail */
  async start(start: StartAnalysis): Promise<string> {
    const { accounts, executions, now, newExecutionId, store } = this.#options;
    const metricsAccountName = accounts.metricsStore(start.metricsAccountName).name;
    const storageAccountName = accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    const [first] = planStages(start.request, now()).filter(({ type }) => type === 'runCanary');
    const analysis: StandaloneAnalysis = {
      ...start,
      id: newExecutionId(),
      metricsAccountName,
      storageAccountName,
      status: 'not_started',
      buildTime: now(),
    };
    if (first !== undefined) executions.check(judgementOf(analysis, first));
    await store.create(analysis);
    this.#schedule(analysis.id, 0);
    return analysis.id;
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<StandaloneAnalysis> {
    const analysis = await this.#options.store.get(id);
    if (analysis !== undefined) return analysis;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No pipeline found for ${id}`);
  }

  async has(id: string): Promise<boolean> {
    return (await this.#options.store.get(id)) !== undefined;
  }

  /** The judgements an analysis has begun, in order. */
  async judgements({ stages = [] }: StandaloneAnalysis): Promise<Judgement[]> {
    const found: Judgement[] = [];
    for (const { executionId, window } of stages) {
      const execution = executionId === undefined ? undefined : await this.#options.executions.find(executionId);
      if (execution !== undefined && window !== undefined) found.push({ execution, window });
    }
    return found;
  }

  /** Ends an analysis and the run it waits for; one that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    await this.#exclusively(id, async () => {
      const analysis = await this.get(id);
      if (EXECUTION_STATUS[analysis.status].complete) return;
      const stages = analysis.stages?.map((stage) =>
        stage.status === 'running' ? { ...stage, status: 'canceled' as const } : stage,
      );
      await this.#options.store.update({ ...analysis, stages, status: 'canceled', endTime: this.#options.now() });
      const running = analysis.stages?.find((stage) => stage.status === 'running');
      if (running?.executionId !== undefined && (await this.#options.executions.find(running.executionId))) {
        await this.#options.executions.cancel(running.executionId);
      }
    });
  }

  /** Forgets an analysis that has ended; its runs stay. @throws CanaryError EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The analysis '${id}' is ${status}; cancel it first.`);
    }
    await this.#options.store.delete(id);
  }

  #schedule(id: string, delayMillis: number): void {
    if (this.#stopping.signal.aborted) return;
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(
      () => {
        this.#timers.delete(id);
        this.#exclusively(id, () => this.#advance(id)).catch((error: unknown) => {
          this.#options.log.error({ id, err: error }, 'analysis step failed, trying again');
          this.#schedule(id, LOOK_MILLIS);
        });
      },
      Math.min(delayMillis, LONGEST_SLEEP_MILLIS),
    );
    this.#timers.set(id, timer);
  }

  #exclusively(id: string, step: () => Promise<void>): Promise<void> {
    const before = this.#steps.get(id) ?? Promise.resolve();
    const done = before.catch(() => {}).then(step);
    const settled = done.catch(() => {}).finally(() => this.#steps.get(id) === settled && this.#steps.delete(id));
    this.#steps.set(id, settled);
    return done;
  }

  async #advance(id: string): Promise<void> {
    for (;;) {
      const analysis = await this.#options.store.get(id);
      if (analysis === undefined || EXECUTION_STATUS[analysis.status].complete || this.#stopping.signal.aborted) return;
      const next = await this.#step(analysis);
      if (next === 'again') continue;
      if (next !== 'ended') this.#schedule(id, next);
      return;
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
    const { store, executions, newExecutionId } = this.#options;
    if (stage.executionId === undefined) {
      // The id is kept before the run is, so that a restart in between starts the same run and not a second one.
      await store.update(replaced({ status: 'running', executionId: newExecutionId() }));
      return 'again';
    }
    const execution = await executions.find(stage.executionId);
    if (execution === undefined) return this.#startRun(analysis, stage, replaced);
    if (!EXECUTION_STATUS[execution.status].complete) {
      void executions.waitFor(execution.id, LOOK_MILLIS).then(
        () => this.#schedule(analysis.id, 0),
        () => {},
      );
      return LOOK_MILLIS;
    }
    if (endsEarly(execution, analysis.request.thresholds ?? {})) {
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
    try {
      await this.#options.executions.start({ ...judgementOf(analysis, stage), id: stage.executionId });
      return 'again';
    } catch (error) {
      const cause = new CanaryError(
        'REQUEST_INVALID',
        `Failed to initiate canary analysis: ${(error as Error).message}`,
        { cause: error },
      );
      const exception = toExecutionException(new OperationFailure('runCanary', cause), this.#options.now());
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
    const last = judgements.at(-1)?.execution;
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
    const { store, now, log } = this.#options;
    await store.update({ ...analysis, ...outcome, status, endTime: now() });
    log.info({ id: analysis.id, status, message: outcome.result?.canaryScoreMessage }, 'analysis ended');
  }

  #metricsType({ metricsAccountName }: StandaloneAnalysis): string {
    return this.#options.accounts.views().find(({ name }) => name === metricsAccountName)?.type ?? '';
  }
}
