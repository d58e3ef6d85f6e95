import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import type { Look } from '../../domain/look.ts';
import { EXECUTION_STATUS, type Run, type RunLine } from '../../domain/run.ts';
import type { Start } from '../../domain/started-by.ts';
import type { FoundRuns, RunFilter, StoredState } from '../../domain/stores.ts';
import type { UnknownKey } from '../../domain/unknown-keys.ts';
import { toInstant } from '../../domain/values/instant.ts';
import type { DeliveryReport } from '../../domain/verdict-delivery.ts';
import { CanaryError } from '../../errors.ts';
import { currentSpan } from '../../tracing/current-span.ts';
import { onePerTick } from '../../waiting/one-per-tick.ts';
import { createTurns } from '../../waiting/turns.ts';
import { checkRunSize, type SizeLimits } from '../size-limits.ts';
import { endStages, initialStages } from '../stages.ts';
import { StateWatch } from '../state-watch.ts';
import { refuseRun, runCheck } from './refuse-run.ts';
import { resolveBaseline } from './resolve-baseline.ts';
import { RunEnds } from './run-ends.ts';
import { RunWorker, type RunWorkerOptions } from './run-worker.ts';
import { startProblems, startWarnings } from './start-warnings.ts';
import { type SentStart, unreadFields } from './unread-fields.ts';
import {
  checkOpenWindows,
  type OpenWindowChoice,
  type WindowCheck,
  type WindowWait,
  windowWait,
} from './window-wait.ts';

/** A run that no worker has claimed for this long may never have been queued. */
const UNQUEUED_MILLIS = 15_000;
const MOST_ABANDONED = 100;

type AccountNames = Pick<Run, 'metricsAccountName' | 'storageAccountName'>;

export interface RunsOptions extends Omit<RunWorkerOptions, 'ends'> {
  /** ids that sort by creation */
  readonly newRunId: () => string;
  readonly limits: SizeLimits;
}

export interface StartRun extends Start {
  readonly canaryConfigId: string;
  readonly request: CanaryExecutionRequest;
  /** absent: the run waits for its window to end */
  readonly openWindow?: OpenWindowChoice | undefined;
  readonly look?: Look | undefined;
}

/** Runs: started, listed, watched, canceled, deleted. Its {@link RunWorker} works on them. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #ends: RunEnds;
  readonly #worker: RunWorker;
  /** for those who wait for a run, or follow one */
  readonly watch: StateWatch;
  #enabled = true;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#ends = new RunEnds(options);
    this.#worker = new RunWorker({ ...options, ends: this.#ends });
    this.watch = new StateWatch({ states: (ids) => this.#states(ids), log: options.log });
    options.queue.handle('run', (id, signal) => this.#worker.work(id, signal));
  }

  /** Resumes the runs the last process left unfinished. @returns how many */
  async resume(): Promise<number> {
    return this.#enqueue(await this.#options.store.unfinished());
  }

  /** Takes over runs of a dead process, on a shared store. @returns how many */
  async takeUpAbandoned(): Promise<number> {
    const acceptedBefore = this.#options.now() - UNQUEUED_MILLIS;
    return this.#enqueue(await this.#options.store.abandoned({ acceptedBefore, limit: MOST_ABANDONED }));
  }

  async #enqueue(ids: readonly string[]): Promise<number> {
    for (const id of ids) {
      const run = await this.#options.store.get(id);
      if (run !== undefined) await this.#push(run);
      await onePerTick();
    }
    return ids.length;
  }

  /** Queues a run; one that waits for its window is due then. */
  #push({ id, application: share, metricsAccountName: group, waitsUntil = 0 }: Run): Promise<void> {
    const { queue, now } = this.#options;
    return queue.push({ kind: 'run', id, group, share }, Math.max(0, waitsUntil - now()));
  }

  /**
   * Validates and stores a run, and returns its id before any query is sent. A large one lets others have their turns.
   *
   * @throws CanaryError with a 4xx when the run would certainly fail
   */
  async start(asked: StartRun): Promise<string> {
    const { store, callbacks, newRunId, now } = this.#options;
    const start = await this.resolved(asked);
    const { openWindow: _, ...started } = start;
    const callback = callbacks.plan(start.callbackUrl);
    const check = this.#checkOf(start);
    const turn = createTurns();
    const accountNames = this.#checked(start, check);
    await turn();
    const warnings = startWarnings(check, start.warnings);
    await turn();
    const run: Run = {
      ...started,
      callback,
      ...accountNames,
      ...windowWait(check),
      warnings,
      trace: start.trace ?? currentSpan()?.headers,
      id: start.id ?? newRunId(),
      status: 'not_started',
      stageStatus: initialStages(start.config, this.#options.judges, start.request),
      buildTime: now(),
    };
    await store.create(run);
    await this.#push(run);
    return run.id;
  }

  /**
   * The start with the windows of the past that its baseline is; others stay as they are. To be done before anything else
   * here is asked about a start.
   *
   * @throws CanaryError REQUEST_INVALID
   */
  resolved(start: StartRun): Promise<StartRun> {
    const { store, now } = this.#options;
    return resolveBaseline(start, store, now());
  }

  /** Rejects a run that is certain to fail. @returns the names of the accounts it would use */
  check(start: StartRun): AccountNames {
    return this.#checked(start, this.#checkOf(start));
  }

  #checked(start: StartRun, check: WindowCheck): AccountNames {
    const storageAccountName = this.#options.accounts.storage(start.storageAccountName, 'OBJECT_STORE');
    this.checkSize(start);
    refuseRun(check);
    checkOpenWindows(check);
    return { metricsAccountName: check.account.name, storageAccountName };
  }

  /** @throws CanaryError REQUEST_TOO_LARGE */
  checkSize({ config, request }: Pick<StartRun, 'config' | 'request'>): void {
    checkRunSize(config, request, this.#options.limits);
  }

  /** Why a run would be refused; otherwise what is odd about it. */
  async problems(asked: StartRun): Promise<ConfigProblem[]> {
    try {
      const start = await this.resolved(asked);
      const check = this.#checkOf(start);
      this.#checked(start, check);
      return startProblems(check);
    } catch (error) {
      if (!(error instanceof CanaryError)) throw error;
      return [problemOf('request-invalid', 'executionRequest', error.message)];
    }
  }

  #checkOf({ config, request, metricsAccountName, openWindow = 'wait' }: StartRun): WindowCheck {
    const account = this.#options.accounts.metricsStore(metricsAccountName);
    return runCheck({ ...this.#options, config, request, account, openWindow, nowMillis: this.#options.now() });
  }

  /** Whether a run that starts now waits for its window to end, or judges it before that. */
  windowWait(start: StartRun): WindowWait {
    return windowWait(this.#checkOf(start));
  }

  /** What is odd about a run that {@link check} lets pass. */
  warnings(start: StartRun): string[] {
    return startWarnings(this.#checkOf(start), start.warnings);
  }

  /** The fields and parameters of a start that nobody reads: hand them to {@link start} as warnings. */
  unread(sent: SentStart): UnknownKey[] {
    return unreadFields(sent, this.#options);
  }

  /** The ids of all runs, newest first. */
  ids(): Promise<string[]> {
    return this.#options.store.ids();
  }

  /** Cheaper than {@link find}. */
  applicationOf(id: string): Promise<string | undefined> {
    return this.#options.store.applicationOf(id);
  }

  async find(id: string): Promise<Run | undefined> {
    const run = await this.#options.store.get(id);
    return run && this.#withProgress(run);
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<Run> {
    const run = await this.find(id);
    if (run !== undefined) return run;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No canary execution '${id}'; GET /canary/executions lists the runs.`);
  }

  /** Newest first; read as they are taken. */
  async list(filter: RunFilter): Promise<FoundRuns> {
    const { positions, runs } = await this.#options.store.read(filter);
    return { positions, runs: this.#eachWithProgress(runs) };
  }

  async *#eachWithProgress(runs: AsyncIterable<Run>): AsyncGenerator<Run> {
    for await (const run of runs) yield this.#withProgress(run);
  }

  /** Newest first, without large fields. */
  async lines(filter: RunFilter): Promise<RunLine[]> {
    return (await this.#options.store.lines(filter)).map((line) => this.#withProgress(line));
  }

  /** Cancels a run at once; a run that has ended does not change. @throws CanaryError EXECUTION_NOT_FOUND */
  async cancel(id: string): Promise<void> {
    const { stageStatus, fetches, application } = await this.get(id);
    const canceled = { status: 'canceled', stageStatus: endStages(stageStatus, 'canceled'), fetches } as const;
    await this.#ends.end(id, canceled, { application });
    this.#worker.cancel(id);
  }

  /** Notes that somebody else handed the verdict on. @throws CanaryError EXECUTION_NOT_FOUND */
  async noteDelivery(id: string, delivery: DeliveryReport): Promise<void> {
    const { store, now } = this.#options;
    if (!(await store.noteDelivery(id, { at: toInstant(now()), ...delivery }))) await this.get(id);
  }

  /** Deletes a run that has ended. @throws CanaryError EXECUTION_NOT_FOUND, EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The execution '${id}' is ${status}; cancel it first.`);
    }
    await this.#options.store.delete(id);
  }

  /** Resolves when the run has ended, after `millis`, or when `signal` aborts. @returns whether it has ended */
  waitFor(id: string, millis: number, signal?: AbortSignal): Promise<boolean> {
    return this.#ends.waitFor(id, {
      millis,
      signal,
      watch: this.watch,
      hasEnded: async () => {
        const status = (await this.#options.store.status(id)) ?? (await this.get(id)).status;
        return EXECUTION_STATUS[status].complete;
      },
    });
  }

  /** See {@link RunEnds.onceEnded}. */
  onceEnded(id: string, callback: () => void): () => void {
    return this.#ends.onceEnded(id, callback);
  }

  /** Whether this process starts runs. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Pauses or resumes starting runs, to drain an instance. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#options.queue.setEnabled(enabled);
  }

  /** A run that this process works on changes before its row does. */
  async #states(ids: readonly string[]): Promise<Map<string, StoredState>> {
    const states = await this.#options.store.states(ids);
    for (const [id, { complete, revision }] of states) {
      const progress = complete ? undefined : this.#worker.progressOf(id);
      if (progress === undefined) continue;
      const shown = JSON.stringify([progress.stages, progress.fetches?.()]);
      states.set(id, { complete, revision: `${revision} ${shown}` });
    }
    return states;
  }

  #withProgress<Line extends RunLine & Pick<Run, 'fetches'>>(run: Line): Line {
    const progress = run.status === 'running' ? this.#worker.progressOf(run.id) : undefined;
    if (progress === undefined) return run;
    return { ...run, stageStatus: { ...progress.stages }, fetches: progress.fetches?.() ?? run.fetches };
  }
}
