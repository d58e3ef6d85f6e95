import { EventEmitter } from 'node:events';
import type { CanaryConfig } from '../domain/canary-config.ts';
import { type CanaryExecution, EXECUTION_STATUS, type StageStatus } from '../domain/canary-execution.ts';
import type { CanaryExecutionRequest } from '../domain/canary-execution-request.ts';
import type { Log } from '../domain/log.ts';
import type { RunQueue } from '../domain/run-queue.ts';
import type { ExecutionFilter, ExecutionStore } from '../domain/stores.ts';
import { CanaryError } from '../errors.ts';
import { type AnalysisParts, runAnalysis } from './analysis.ts';
import { checkRun } from './checks.ts';
import { OperationFailure, toExecutionException } from './execution-failure.ts';
import { endStages, initialStages, SETUP } from './stage-status.ts';

export interface ExecutionsOptions extends AnalysisParts {
  readonly store: ExecutionStore;
  readonly queue: RunQueue;
  readonly deadlineMillis: number;
  readonly now: () => number;
  /** ids that sort by creation */
  readonly newExecutionId: () => string;
  readonly log: Log;
}

export interface StartRequest {
  /** chosen by who starts the run; absent: a new one */
  readonly id?: string | undefined;
  readonly config: CanaryConfig;
  readonly canaryConfigId: string;
  readonly request: CanaryExecutionRequest;
  readonly application: string;
  readonly parentPipelineExecutionId?: string | undefined;
  readonly metricsAccountName?: string | undefined;
  readonly storageAccountName?: string | undefined;
  readonly configurationAccountName?: string | undefined;
}

/** Runs: started, worked on, watched, canceled. */
export class Executions {
  readonly #parts: ExecutionsOptions;
  /** Runs this process is working on: their stages so far, and how to stop them. */
  readonly #live = new Map<string, { stages: StageStatus; canceled: AbortController }>();
  readonly #ended = new EventEmitter().setMaxListeners(0);

  constructor(parts: ExecutionsOptions) {
    this.#parts = parts;
    parts.queue.work((id, signal) => this.#work(id, signal));
  }

  /** Takes up the runs that had not ended when the last process did. @returns how many */
  async resume(): Promise<number> {
    const ids = await this.#parts.store.unfinished();
    for (const id of ids) this.#parts.queue.push(id);
    return ids.length;
  }

  /**
   * Checks and stores a run, and returns its id before any query is sent.
   * @throws CanaryError with a 4xx when the run would certainly fail
   */
  async start(start: StartRequest): Promise<string> {
    const { store, queue, newExecutionId, now } = this.#parts;
    const execution: CanaryExecution = {
      ...start,
      ...this.check(start),
      id: start.id ?? newExecutionId(),
      status: 'not_started',
      stageStatus: initialStages(start.config.metrics?.length ?? 0),
      buildTime: now(),
    };
    await store.create(execution);
    queue.push(execution.id);
    return execution.id;
  }

  /** Refuses a run that would certainly fail. @returns the names of the accounts it would use */
  check(start: StartRequest): { metricsAccountName: string; storageAccountName: string } {
    const { accounts } = this.#parts;
    const account = accounts.metricsStore(start.metricsAccountName);
    const storageAccountName = accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    checkRun({ ...this.#parts, config: start.config, request: start.request, account });
    return { metricsAccountName: account.name, storageAccountName };
  }

  /** The ids of all runs, newest first. */
  ids(): Promise<string[]> {
    return this.#parts.store.ids();
  }

  /** Forgets a run that has ended. @throws CanaryError EXECUTION_NOT_FOUND, EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The execution '${id}' is ${status}; cancel it first.`);
    }
    await this.#parts.store.delete(id);
  }

  /** Takes up no more runs, or takes them up again: to drain an instance. */
  setEnabled(enabled: boolean): void {
    this.#parts.queue.setEnabled(enabled);
  }

  async find(id: string): Promise<CanaryExecution | undefined> {
    const execution = await this.#parts.store.get(id);
    return execution && this.#withLiveStages(execution);
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<CanaryExecution> {
    const execution = await this.find(id);
    if (execution !== undefined) return execution;
    throw new CanaryError(
      'EXECUTION_NOT_FOUND',
      `No canary execution '${id}'; see GET /canary/executions for those there are.`,
    );
  }

  /** Newest first. */
  async list(filter: ExecutionFilter): Promise<CanaryExecution[]> {
    return (await this.#parts.store.list(filter)).map((execution) => this.#withLiveStages(execution));
  }

  /** Ends a run at once; one that has ended stays as it is. @throws CanaryError EXECUTION_NOT_FOUND */
  async cancel(id: string): Promise<void> {
    const { stageStatus } = await this.get(id);
    await this.#end(id, { status: 'canceled', stageStatus: endStages(stageStatus, 'canceled') });
    this.#live.get(id)?.canceled.abort();
  }

  /** Resolves when the run has ended, or after `millis`. @returns whether it has ended */
  async waitFor(id: string, millis: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, millis);
    this.#ended.once(id, resolve);
    try {
      if (EXECUTION_STATUS[(await this.get(id)).status].complete) return true;
      await promise;
      return EXECUTION_STATUS[(await this.get(id)).status].complete;
    } finally {
      clearTimeout(timer);
      this.#ended.off(id, resolve);
    }
  }

  #withLiveStages(execution: CanaryExecution): CanaryExecution {
    const live = this.#live.get(execution.id);
    const complete = EXECUTION_STATUS[execution.status].complete;
    return live === undefined || complete ? execution : { ...execution, stageStatus: { ...live.stages } };
  }

  async #work(id: string, stopping: AbortSignal): Promise<void> {
    const { log, deadlineMillis } = this.#parts;
    const canceled = new AbortController();
    const deadline = AbortSignal.timeout(deadlineMillis);
    const stages: StageStatus = {};
    this.#live.set(id, { stages, canceled });
    try {
      await this.#analyse(id, stages, AbortSignal.any([stopping, canceled.signal, deadline]));
    } catch (error) {
      if (stopping.aborted || canceled.signal.aborted) return;
      const failure = deadline.aborted ? tooLate(deadlineMillis) : error;
      await this.#fail(id, stages, failure).catch((cause: unknown) => log.error({ id, err: cause }, 'run not stored'));
    } finally {
      this.#live.delete(id);
    }
  }

  async #analyse(id: string, stages: StageStatus, signal: AbortSignal): Promise<void> {
    const { store, now, log } = this.#parts;
    const execution = await store.get(id);
    if (execution === undefined || EXECUTION_STATUS[execution.status].complete) return;
    Object.assign(
      stages,
      execution.metricSetPairListId ? execution.stageStatus : initialStages(execution.config.metrics?.length ?? 0),
    );
    stages[SETUP] = execution.metricSetPairListId ? 'succeeded' : 'running';
    await store.update(id, { status: 'running', startTime: execution.startTime ?? now(), stageStatus: stages });
    const result = await runAnalysis(
      this.#parts,
      execution,
      {
        stage: (name, status) => {
          stages[name] = status;
        },
        paired: async (metricSetPairListId) => {
          await store.update(id, { metricSetPairListId, stageStatus: stages });
        },
      },
      signal,
    );
    await this.#end(id, { status: 'succeeded', result, stageStatus: stages });
    log.info({ id, application: execution.application, ...result.judgeResult.score }, 'run judged');
  }

  async #fail(id: string, stages: StageStatus, failure: unknown): Promise<void> {
    const { log, now } = this.#parts;
    const exception = toExecutionException(failure, now());
    if (exception.exceptionType === 'INTERNAL') log.error({ id, err: failure }, 'run failed through a defect');
    else log.info({ id, operation: exception.operation, reason: exception.details.errors[0] }, 'run failed');
    await this.#end(id, { status: 'terminal', exception, stageStatus: endStages(stages, 'terminal') });
  }

  async #end(id: string, change: Parameters<ExecutionStore['update']>[1]): Promise<void> {
    await this.#parts.store.update(id, { ...change, endTime: this.#parts.now() });
    this.#ended.emit(id);
  }
}

function tooLate(deadlineMillis: number): OperationFailure {
  return new OperationFailure(
    'setupCanary',
    new CanaryError(
      'METRICS_STORE_TIMEOUT',
      `The run took longer than ${deadlineMillis / 60_000} minutes; raise engine.runDeadlineMinutes or ask for less.`,
    ),
  );
}
