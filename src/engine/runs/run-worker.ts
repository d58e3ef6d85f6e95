import type { Log } from '../../domain/log.ts';
import type { MetricFetch } from '../../domain/metric-fetch.ts';
import { EXECUTION_STATUS, type Run, type StageStatus } from '../../domain/run.ts';
import { UNMEASURED } from '../../domain/service-metrics.ts';
import type { ClaimedRun, RunStore } from '../../domain/stores.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import type { CurrentSpan } from '../../tracing/current-span.ts';
import { beginSpan, type RootShape, type Tracing } from '../../tracing/tracing.ts';
import { onePerTick } from '../../waiting/one-per-tick.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { abandonedFailure, deadlineFailure, isStoreUnusable, toRunException } from '../failure.ts';
import { isLastAttempt, type LossLimit } from '../lost-attempts.ts';
import { endStages, initialStages, SETUP } from '../stages.ts';
import { type FetchAndJudgeParts, fetchAndJudge, type Progress } from './fetch-and-judge.ts';
import type { RunEnds } from './run-ends.ts';

/** The database's clock, which says when a wait is over, may be behind this process's. */
const CLOCKS_MILLIS = 1000;

export interface RunWorkerOptions extends FetchAndJudgeParts {
  readonly store: RunStore;
  readonly queue: WorkQueue;
  readonly callbacks: Callbacks;
  readonly ends: RunEnds;
  readonly deadlineMillis: number;
  readonly lossLimit: LossLimit;
  /** absent: nothing is traced */
  readonly tracing?: Tracing | undefined;
  /** a worker that does not renew its lease within this time loses the run */
  readonly leaseMillis: number;
  readonly now: () => number;
  readonly log: Log;
}

/** One attempt at a run; once another attempt follows, this one can no longer write. */
interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly stages: StageStatus;
  readonly canceled: AbortController;
  /** by the monotonic clock */
  readonly deadlineAtMillis: number;
  /** once the run is read */
  application?: string;
  /** the state of each query, once there are any */
  fetches?: () => MetricFetch[];
}

interface Judging {
  readonly signal: AbortSignal;
  readonly span: CurrentSpan | undefined;
}

type FailedAttempt = Pick<Attempt, 'id' | 'attempt' | 'stages' | 'fetches' | 'application'>;

/** Works on the runs that the queue says are due, each under a lease. */
export class RunWorker {
  readonly #options: RunWorkerOptions;
  readonly #attempts = new Map<string, Attempt>();

  constructor(options: RunWorkerOptions) {
    this.#options = options;
  }

  /** Works on a run unless another process does. */
  async work(id: string, stopping: AbortSignal): Promise<void> {
    const { log, store, leaseMillis, queue, callbacks, now } = this.#options;
    const claimed = await store.claim(id, leaseMillis);
    if (claimed !== undefined) return this.#take(id, claimed, stopping);
    const run = await store.get(id);
    if (run === undefined) return;
    // The process that ended it may have died before it could notify anyone.
    if (EXECUTION_STATUS[run.status].complete) return callbacks.ended('canary', id);
    // Its window has not ended, or another process has it; check again then, or when its lease should be lost.
    log.debug({ id }, 'the run waits, or another worker has it');
    const waits = run.status === 'not_started' && run.waitsUntil !== undefined;
    const delayMillis = waits ? Math.max(run.waitsUntil - now(), CLOCKS_MILLIS) : leaseMillis;
    await queue.push({ kind: 'run', id, group: run.metricsAccountName, share: run.application }, delayMillis);
  }

  /**
   * Works on a run unless too many attempts at it were lost with their process.
   */
  async #take(id: string, claimed: ClaimedRun, stopping: AbortSignal): Promise<void> {
    const { store, leaseMillis, lossLimit } = this.#options;
    const { attempt, lostAttempts: lost } = claimed;
    if (lost >= lossLimit.attempts) return this.#abandon(id, claimed);
    if (!isLastAttempt(lost, lossLimit)) return this.#attempt(id, attempt, stopping);
    await store.release(id, attempt);
    await lossLimit.alone(async () => {
      const again = stopping.aborted ? undefined : await store.claim(id, leaseMillis);
      if (again !== undefined) await this.#attempt(id, again.attempt, stopping);
    });
  }

  /** Reads nothing of the run: that may be what the process dies of. */
  async #abandon(id: string, { attempt, lostAttempts, stageStatus }: ClaimedRun): Promise<void> {
    const failure = abandonedFailure('The run', lostAttempts, this.#options.lossLimit);
    await this.#fail({ id, attempt, stages: stageStatus }, failure);
  }

  /** A run's progress; undefined when this process does not work on it, or has only just claimed it. */
  progressOf(id: string): Pick<Attempt, 'stages' | 'fetches'> | undefined {
    const attempt = this.#attempts.get(id);
    return attempt !== undefined && SETUP in attempt.stages ? attempt : undefined;
  }

  /** Stops working on a run that was canceled. */
  cancel(id: string): void {
    this.#attempts.get(id)?.canceled.abort();
  }

  async #attempt(id: string, attempt: number, stopping: AbortSignal): Promise<void> {
    const { log, deadlineMillis, store, monotonic } = this.#options;
    const [canceled, lost] = [new AbortController(), new AbortController()];
    const deadline = AbortSignal.timeout(deadlineMillis);
    const current: Attempt = { id, attempt, stages: {}, canceled, deadlineAtMillis: monotonic() + deadlineMillis };
    this.#attempts.set(id, current);
    const heartbeat = this.#startHeartbeat(current, lost);
    try {
      const given = AbortSignal.any([stopping, canceled.signal, lost.signal]);
      await this.#fetchAndJudge(current, AbortSignal.any([given, deadline]));
    } catch (error) {
      if (stopping.aborted) return await store.release(id, attempt);
      if (lost.signal.aborted) return await store.reportLate(id);
      if (canceled.signal.aborted) return;
      // The run is not to blame: it is resumed when the store is back.
      if (isStoreUnusable(error)) {
        await store.release(id, attempt).catch(() => {});
        throw error;
      }
      await this.#fail(current, deadline.aborted ? deadlineFailure(deadlineMillis) : error);
    } finally {
      clearInterval(heartbeat);
      this.#attempts.delete(id);
      log.debug({ id, attempt }, 'run left');
    }
  }

  /** Renews the lease while the run is worked on; `lost` aborts when another has it, or it was ended elsewhere. */
  #startHeartbeat({ id, attempt }: Attempt, lost: AbortController): NodeJS.Timeout {
    const { store, leaseMillis, log } = this.#options;
    return setInterval(() => {
      store.extend(id, attempt, leaseMillis).then(
        (mine) => mine || lost.abort(new Error('another worker has the run, or it has ended')),
        (error: unknown) => log.warn({ id, err: error }, 'lease not renewed'),
      );
    }, leaseMillis / 3);
  }

  async #fetchAndJudge(current: Attempt, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const { id, attempt } = current;
    const run = await store.get(id);
    if (run === undefined) return; // canceled and deleted since it was claimed
    current.application = run.application;
    await beginSpan(
      this.#options.tracing,
      () => spanOf(run, attempt),
      (span) => this.#judge(current, run, { signal, span }),
    );
  }

  async #judge(current: Attempt, run: Run, { signal, span }: Judging): Promise<void> {
    const { store, ends, now, log } = this.#options;
    const { id, attempt, stages } = current;
    if (run.unreadable !== undefined) return this.#endUnreadable(current, run);
    const resumed = run.metricSetPairListId !== undefined;
    Object.assign(stages, resumed ? run.stageStatus : initialStages(run.config, this.#options.judges, run.request));
    stages[SETUP] = resumed ? 'succeeded' : 'running';
    if (run.startTime === undefined) this.#measureWait(run);
    const begun = { status: 'running', startTime: run.startTime ?? now(), stageStatus: stages } as const;
    await store.update(id, begun, attempt);
    const begunRun = { ...run, startTime: begun.startTime };
    const result = await fetchAndJudge(this.#options, begunRun, this.#progress(current), signal);
    await onePerTick();
    const { score, classification } = result.judgeResult.score;
    span?.set({ 'haldane.score': score, 'haldane.verdict': classification });
    const ended = await ends.end(id, { status: 'succeeded', result, stageStatus: stages }, current);
    if (ended) log.info({ id, application: run.application, ...result.judgeResult.score }, 'run judged');
  }

  #measureWait({ buildTime, waitsUntil = buildTime }: Run): void {
    const { measure = UNMEASURED, now } = this.#options;
    const millis = Math.max(0, now() - Math.max(buildTime, waitsUntil));
    measure.time('haldane_run_queue_wait_seconds', millis / 1000, {});
  }

  #progress(current: Attempt): Progress {
    const { id, attempt, stages } = current;
    return {
      deadlineMillis: current.deadlineAtMillis,
      stage: (name, status) => {
        stages[name] = status;
      },
      fetching: (report) => {
        current.fetches = report;
      },
      paired: async (series) => {
        const change = { ...series, stageStatus: stages, fetches: current.fetches?.() };
        await this.#options.store.saveSeries(id, change, attempt);
      },
    };
  }

  async #endUnreadable(current: Attempt, { exception }: Run): Promise<void> {
    await this.#options.ends.end(current.id, { status: 'terminal', exception }, current);
  }

  async #fail(failed: FailedAttempt, failure: unknown): Promise<void> {
    const { log, now, ends } = this.#options;
    const { id, stages, fetches } = failed;
    const exception = toRunException(failure, now());
    if (exception.exceptionType === 'INTERNAL') log.error({ id, err: failure }, 'run failed: internal error');
    else log.info({ id, operation: exception.operation, reason: exception.details.errors[0] }, 'run failed');
    const ended = { status: 'terminal', exception, stageStatus: endStages(stages, 'terminal') } as const;
    await ends.end(id, { ...ended, fetches: fetches?.() }, failed);
  }
}

function spanOf({ id, application, canaryConfigId, config, trace }: Run, attempt: number): RootShape {
  const attributes = {
    'haldane.run.id': id,
    'haldane.application': application,
    'haldane.config.id': canaryConfigId,
    'haldane.config.name': config.name,
    'haldane.attempt': attempt,
  };
  return { name: 'run', kind: 'consumer', attributes, parent: trace };
}
