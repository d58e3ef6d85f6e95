import { EventEmitter } from 'node:events';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { Log } from '../../domain/log.ts';
import type { MetricFetch } from '../../domain/metric-fetch.ts';
import type { Run, RunLine, StageStatus } from '../../domain/run.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import type { RunChange, RunFilter, RunStore } from '../../domain/stores.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import { CanaryError } from '../../errors.ts';
import { onePerTick } from '../../waiting/one-per-tick.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { tooLate, toRunException } from '../failure.ts';
import { endStages, initialStages, SETUP } from '../stages.ts';
import { type FetchAndJudgeParts, fetchAndJudge } from './fetch-and-judge.ts';
import { refuseRun } from './refuse-run.ts';

/** A run nobody has taken up for so long may never have been queued. */
const UNQUEUED_MILLIS = 15_000;
const MOST_ABANDONED = 100;
/** A run that ends in another process is noticed within this time. */
const LOOK_MILLIS = 1000;

export interface RunsOptions extends FetchAndJudgeParts {
  readonly store: RunStore;
  readonly queue: WorkQueue;
  readonly callbacks: Callbacks;
  readonly deadlineMillis: number;
  /** who is not heard of for so long has lost the run */
  readonly leaseMillis: number;
  readonly now: () => number;
  /** ids that sort by creation */
  readonly newRunId: () => string;
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
  /** told of the end */
  readonly callbackUrl?: string | undefined;
}

/** Runs: started, worked on, watched, canceled. */
export class Runs {
  readonly #parts: RunsOptions;
  /** Runs this process is working on: how far they are, and how to stop them. */
  readonly #live = new Map<string, { attempt: Attempt; canceled: AbortController }>();
  readonly #ended = new EventEmitter().setMaxListeners(0);

  constructor(parts: RunsOptions) {
    this.#parts = parts;
    parts.queue.handle('run', (id, signal) => this.#work(id, signal));
  }

  /** Takes up the runs that had not ended when the last process did. @returns how many */
  async resume(): Promise<number> {
    return this.#takeUp(await this.#parts.store.unfinished());
  }

  /** Takes up runs that a process which has died left behind, on a store others work on too. @returns how many */
  async takeUpAbandoned(): Promise<number> {
    const acceptedBefore = this.#parts.now() - UNQUEUED_MILLIS;
    return this.#takeUp(await this.#parts.store.abandoned({ acceptedBefore, limit: MOST_ABANDONED }));
  }

  async #takeUp(ids: readonly string[]): Promise<number> {
    const { store, queue } = this.#parts;
    for (const id of ids) {
      const run = await store.get(id);
      if (run !== undefined) await queue.push({ kind: 'run', id, group: run.metricsAccountName });
    }
    return ids.length;
  }

  /**
   * Checks and stores a run, and returns its id before any query is sent.
   * @throws CanaryError with a 4xx when the run would certainly fail
   */
  async start(start: StartRequest): Promise<string> {
    const { store, queue, callbacks, newRunId, now } = this.#parts;
    const run: Run = {
      ...start,
      callback: callbacks.plan(start.callbackUrl),
      ...this.check(start),
      id: start.id ?? newRunId(),
      status: 'not_started',
      stageStatus: initialStages(start.config.metrics?.length ?? 0),
      buildTime: now(),
    };
    await store.create(run);
    await queue.push({ kind: 'run', id: run.id, group: run.metricsAccountName });
    return run.id;
  }

  /** Refuses a run that would certainly fail. @returns the names of the accounts it would use */
  check(start: StartRequest): { metricsAccountName: string; storageAccountName: string } {
    const { accounts } = this.#parts;
    const account = accounts.metricsStore(start.metricsAccountName);
    const storageAccountName = accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    refuseRun({ ...this.#parts, config: start.config, request: start.request, account });
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

  async find(id: string): Promise<Run | undefined> {
    const run = await this.#parts.store.get(id);
    return run && this.#withLiveStages(run);
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<Run> {
    const run = await this.find(id);
    if (run !== undefined) return run;
    throw new CanaryError(
      'EXECUTION_NOT_FOUND',
      `No canary execution '${id}'; see GET /canary/executions for those there are.`,
    );
  }

  /** Newest first. */
  async list(filter: RunFilter): Promise<Run[]> {
    return (await this.#parts.store.list(filter)).map((run) => this.#withLiveStages(run));
  }

  /** Newest first, without what is large. */
  async lines(filter: RunFilter): Promise<RunLine[]> {
    return (await this.#parts.store.lines(filter)).map((line) => this.#withLiveStages(line));
  }

  /** Ends a run at once; one that has ended stays as it is. @throws CanaryError EXECUTION_NOT_FOUND */
  async cancel(id: string): Promise<void> {
    const { stageStatus, fetches } = await this.get(id);
    await this.#end(id, { status: 'canceled', stageStatus: endStages(stageStatus, 'canceled'), fetches });
    this.#live.get(id)?.canceled.abort();
  }

  /** Resolves when the run has ended, after `millis`, or when `signal` aborts. @returns whether it has ended */
  async waitFor(id: string, millis: number, signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, millis);
    this.#ended.once(id, resolve);
    const complete = async () => {
      const status = (await this.#parts.store.status(id)) ?? (await this.get(id)).status;
      return EXECUTION_STATUS[status].complete;
    };
    const look = setInterval(() => void complete().then((ended) => ended && resolve(), resolve), LOOK_MILLIS);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    try {
      if (await complete()) return true;
      if (!signal?.aborted) await promise;
      return await complete();
    } finally {
      clearTimeout(timer);
      clearInterval(look);
      this.#ended.off(id, resolve);
    }
  }

  /** Calls back when the run ends in this process; once, if ever. */
  onceEnded(id: string, callback: () => void): void {
    this.#ended.removeAllListeners(`${id} analysis`);
    this.#ended.once(`${id} analysis`, callback);
  }

  #withLiveStages<Line extends RunLine & Pick<Run, 'fetches'>>(run: Line): Line {
    const { stages = {}, fetches } = this.#live.get(run.id)?.attempt ?? {};
    // Between claiming a run and reading it there are none yet.
    const begun = run.status === 'running' && SETUP in stages;
    return begun ? { ...run, stageStatus: { ...stages }, fetches: fetches?.() ?? run.fetches } : run;
  }

  async #work(id: string, stopping: AbortSignal): Promise<void> {
    const { log, store, leaseMillis, queue } = this.#parts;
    const attempt = await store.claim(id, leaseMillis);
    if (attempt !== undefined) return this.#attempt(id, attempt, stopping);
    const run = await store.get(id);
    if (run === undefined) return;
    // Whoever ended it may have died before it could tell.
    if (EXECUTION_STATUS[run.status].complete) return this.#parts.callbacks.ended('canary', id);
    // Another has it; look again when it should be done or lost.
    log.debug({ id }, 'run is being worked on elsewhere');
    await queue.push({ kind: 'run', id, group: run.metricsAccountName }, leaseMillis);
  }

  async #attempt(id: string, attempt: number, stopping: AbortSignal): Promise<void> {
    const { log, deadlineMillis, store } = this.#parts;
    const [canceled, lost] = [new AbortController(), new AbortController()];
    const deadline = AbortSignal.timeout(deadlineMillis);
    const current: Attempt = { id, attempt, stages: {} };
    this.#live.set(id, { attempt: current, canceled });
    const heartbeat = this.#keepLease(id, attempt, lost);
    try {
      const given = AbortSignal.any([stopping, canceled.signal, lost.signal]);
      await this.#analyse(current, AbortSignal.any([given, deadline]));
    } catch (error) {
      if (stopping.aborted) return await store.release(id, attempt);
      if (canceled.signal.aborted || lost.signal.aborted) return;
      await this.#fail(current, deadline.aborted ? tooLate(deadlineMillis) : error);
    } finally {
      clearInterval(heartbeat);
      this.#live.delete(id);
      log.debug({ id, attempt }, 'run left');
    }
  }

  /** Prolongs the lease while the run is worked on; `lost` aborts when it is another's, or was ended elsewhere. */
  #keepLease(id: string, attempt: number, lost: AbortController): NodeJS.Timeout {
    const { store, leaseMillis, log } = this.#parts;
    return setInterval(() => {
      store.extend(id, attempt, leaseMillis).then(
        (mine) => mine || lost.abort(new Error('the run is being worked on elsewhere, or has ended')),
        (error: unknown) => log.warn({ id, err: error }, 'lease not prolonged'),
      );
    }, leaseMillis / 3);
  }

  async #analyse(current: Attempt, signal: AbortSignal): Promise<void> {
    const { store, now, log } = this.#parts;
    const { id, attempt, stages } = current;
    const run = await this.get(id);
    const resumed = run.metricSetPairListId !== undefined;
    Object.assign(stages, resumed ? run.stageStatus : initialStages(run.config.metrics?.length ?? 0));
    stages[SETUP] = resumed ? 'succeeded' : 'running';
    const begun = { status: 'running', startTime: run.startTime ?? now(), stageStatus: stages } as const;
    await store.update(id, begun, attempt);
    const result = await fetchAndJudge(
      this.#parts,
      run,
      {
        stage: (name, status) => {
          stages[name] = status;
        },
        fetching: (report) => {
          current.fetches = report;
        },
        paired: async (series) => {
          await store.keepSeries(id, { ...series, stageStatus: stages, fetches: current.fetches?.() }, attempt);
        },
      },
      signal,
    );
    await onePerTick();
    const ended = await this.#end(id, { status: 'succeeded', result, stageStatus: stages }, attempt);
    if (ended) log.info({ id, application: run.application, ...result.judgeResult.score }, 'run judged');
  }

  async #fail({ id, attempt, stages, fetches }: Attempt, failure: unknown): Promise<void> {
    const { log, now } = this.#parts;
    const exception = toRunException(failure, now());
    if (exception.exceptionType === 'INTERNAL') log.error({ id, err: failure }, 'run failed through a defect');
    else log.info({ id, operation: exception.operation, reason: exception.details.errors[0] }, 'run failed');
    const ended = { status: 'terminal', exception, stageStatus: endStages(stages, 'terminal') } as const;
    await this.#end(id, { ...ended, fetches: fetches?.() }, attempt);
  }

  async #end(id: string, change: RunChange, attempt?: number): Promise<boolean> {
    const ended = await this.#parts.store.update(id, { ...change, endTime: this.#parts.now() }, attempt);
    this.#ended.emit(id);
    this.#ended.emit(`${id} analysis`);
    if (ended) await this.#parts.callbacks.ended('canary', id);
    return ended;
  }
}

/** One go at a run; another attempt may follow it, and then this one cannot write any more. */
interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly stages: StageStatus;
  /** how each query stands, once there are any */
  fetches?: () => MetricFetch[];
}
