import { EXECUTION_STATUS } from '../../domain/run.ts';
import type {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  StandaloneAnalysis,
} from '../../domain/standalone-analysis.ts';
import type { Start } from '../../domain/started-by.ts';
import type { AnalysisFilter } from '../../domain/stores.ts';
import { CanaryError } from '../../errors.ts';
import { currentSpan } from '../../tracing/current-span.ts';
import { StateWatch } from '../state-watch.ts';
import { waitForEnd } from '../wait-for-end.ts';
import { AnalysisWorker, type AnalysisWorkerOptions } from './analysis-worker.ts';
import { begunJudgements, cancelJudgement, type Judgement, judgementOf } from './judgement.ts';
import { firstScope, planStages } from './plan.ts';
import { sampleOfRamp } from './ramp.ts';
import { scopeWarnings } from './scope-warnings.ts';

export interface StartAnalysis extends Start {
  readonly request: CanaryAnalysisExecutionRequest;
  readonly user: string;
}

/** Analyses: started, listed, canceled, deleted. Its {@link AnalysisWorker} advances them. */
export class Analyses {
  readonly #options: AnalysisWorkerOptions;
  /** for those who follow an analysis */
  readonly watch: StateWatch;

  constructor(options: AnalysisWorkerOptions) {
    this.#options = options;
    this.watch = new StateWatch({ states: (ids) => options.store.states(ids), log: options.log });
    const worker = new AnalysisWorker(options);
    options.queue.handle('analysis', (id, signal) => worker.advance(id, signal));
  }

  /** Resumes the analyses the last process left unfinished. @returns how many */
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
    const judgement = decisiveJudgement(start.request, now());
    const last = planStages(start.request, now()).findLast(({ type }) => type === 'runCanary') ?? judgement?.[0];
    const analysis: StandaloneAnalysis = {
      ...start,
      callback: this.#options.callbacks.plan(start.callbackUrl),
      id: start.id ?? newRunId(),
      version: 0,
      metricsAccountName,
      storageAccountName,
      warnings: await this.warnings(start),
      trace: currentSpan()?.headers,
      status: 'not_started',
      buildTime: now(),
    };
    if (judgement !== undefined) runs.check(await runs.resolved(judgementOf(analysis, ...judgement)));
    // The last window is the longest one.
    if (last !== undefined) runs.checkSize(await runs.resolved(judgementOf(analysis, last, 'later')));
    await store.create(analysis);
    await this.#options.queue.push({ kind: 'analysis', id: analysis.id });
    return analysis.id;
  }

  /** What is odd about an analysis that can be started. */
  async warnings(start: StartAnalysis): Promise<string[]> {
    const { accounts, runs, now } = this.#options;
    const metricsAccountName = accounts.metricsStore(start.metricsAccountName).name;
    const storageAccountName = accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    const judgement = decisiveJudgement(start.request, now());
    const ofRun =
      judgement === undefined
        ? []
        : runs.warnings(
            await runs.resolved(judgementOf({ ...start, metricsAccountName, storageAccountName }, ...judgement)),
          );
    return [...scopeWarnings(start.request), ...ofRun];
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<StandaloneAnalysis> {
    const analysis = await this.#options.store.get(id);
    if (analysis !== undefined) return analysis;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No pipeline found for ${id}`);
  }

  /** Cheaper than {@link get}. */
  applicationOf(id: string): Promise<string | undefined> {
    return this.#options.store.applicationOf(id);
  }

  /** Newest first. */
  list(filter: AnalysisFilter): Promise<StandaloneAnalysis[]> {
    return this.#options.store.list(filter);
  }

  async has(id: string): Promise<boolean> {
    return (await this.#options.store.get(id)) !== undefined;
  }

  /** The judgements an analysis has started, in order. */
  judgements(analysis: StandaloneAnalysis): Promise<Judgement[]> {
    return begunJudgements(this.#options.runs, analysis);
  }

  /** Cancels an analysis and its current run; an analysis that has ended does not change. */
  async cancel(id: string): Promise<void> {
    const { store, now } = this.#options;
    for (;;) {
      const analysis = await this.get(id);
      if (EXECUTION_STATUS[analysis.status].complete) return;
      const stages = analysis.stages?.map((stage) =>
        stage.status === 'running' ? { ...stage, status: 'canceled' as const } : stage,
      );
      // The worker wrote a step in the meantime: cancel what it wrote.
      if (!(await store.update({ ...analysis, stages, status: 'canceled', endTime: now() }))) continue;
      await this.#options.callbacks.ended('analysis', id);
      return cancelJudgement(
        this.#options.runs,
        analysis.stages?.find(({ status }) => status === 'running')?.executionId,
      );
    }
  }

  /** Resolves when the analysis has ended, after `millis`, or when `signal` aborts. @returns whether it has ended */
  waitFor(id: string, millis: number, signal?: AbortSignal): Promise<boolean> {
    const hasEnded = async () => EXECUTION_STATUS[(await this.get(id)).status].complete;
    return waitForEnd(id, { millis, signal, watch: this.watch, hasEnded });
  }

  /** Deletes an analysis that has ended; its runs stay. @throws CanaryError EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The analysis '${id}' is ${status}; cancel it first.`);
    }
    await this.#options.store.delete(id);
  }
}

/**
 * The judgement by which a plan is checked at its start: the last one when all are judged at once, since its window may
 * not have ended; else the first, whose time comes later.
 */
function decisiveJudgement(
  request: CanaryAnalysisExecutionRequest,
  now: number,
): [stage: AnalysisStage, when: 'at once' | 'later'] | undefined {
  firstScope(request);
  if (request.ramp !== undefined) return [sampleOfRamp(request, request.ramp, now), 'later'];
  const stages = planStages(request, now);
  const judgements = stages.filter(({ type }) => type === 'runCanary');
  const waits = stages.length > judgements.length;
  const stage = waits ? judgements[0] : judgements.at(-1);
  return stage && [stage, waits ? 'later' : 'at once'];
}
