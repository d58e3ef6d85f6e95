import type { Backtest, BacktestOptions, PastRelease } from '../../domain/backtest.ts';
import type { BacktestFilter, ListedBacktest } from '../../domain/backtest-store.ts';
import { emptyTally } from '../../domain/backtest-tally.ts';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { CanaryError } from '../../errors.ts';
import type { MetricQuery } from '../fetching/plan-queries.ts';
import { sameQueries } from '../fetching/same-query.ts';
import type { Runs } from '../runs/runs.ts';
import { type BacktestPlan, planBacktest } from './backtest-plan.ts';
import { BacktestWorker, type BacktestWorkerOptions } from './backtest-worker.ts';
import { queriesForWindows } from './fetch-windows.ts';
import { goodReleases } from './past-releases.ts';
import { pastWindows, refuseUnevenSteps, requestForWindows, windowMillisOf, windowsAtOnce } from './past-request.ts';

/** More say little more, and take long. */
const MOST_WINDOWS = 2000;
/** What one backtest may ask of its stores. */
const MOST_QUERIES = 2000;
/** One that no worker has claimed for this long may never have been queued. */
const UNQUEUED_MILLIS = 15_000;
const MOST_ABANDONED = 100;

export interface StartBacktest {
  readonly application: string;
  /** of a stored config, which lists it; absent: of none */
  readonly canaryConfigId?: string | undefined;
  /** releases are looked for in these applications only; absent: in all */
  readonly within?: readonly string[] | undefined;
  readonly config: CanaryConfig;
  readonly request: CanaryExecutionRequest;
  readonly options: BacktestOptions;
  readonly metricsAccountName: string | undefined;
}

const NO_HISTORY =
  'executionRequest.baseline: a backtest judges windows beside each other and knows no other history; leave it out, or ' +
  'write "before" in backtest.arms, which compares each window with the one before it.';

type Checking = StartBacktest & Pick<Backtest, 'releases'>;

interface BacktestsOptions extends BacktestWorkerOptions {
  readonly runs: Pick<Runs, 'check' | 'lines'>;
  readonly newRunId: () => string;
}

/** Backtests: started, listed, canceled, deleted. Its {@link BacktestWorker} works on them. */
export class Backtests {
  readonly #options: BacktestsOptions;
  readonly #worker: BacktestWorker;

  constructor(options: BacktestsOptions) {
    this.#options = options;
    this.#worker = new BacktestWorker(options);
    options.queue.handle('backtest', (id, signal) => this.#worker.work(id, signal));
  }

  /** Resumes the backtests the last process left unfinished. @returns how many */
  async resume(): Promise<number> {
    return this.#enqueue(await this.#options.store.unfinished());
  }

  /** Takes over backtests of a dead process, on a shared store. @returns how many */
  async takeUpAbandoned(): Promise<number> {
    const acceptedBefore = this.#options.now() - UNQUEUED_MILLIS;
    return this.#enqueue(await this.#options.store.abandoned({ acceptedBefore, limit: MOST_ABANDONED }));
  }

  async #enqueue(ids: readonly string[]): Promise<number> {
    for (const id of ids) await this.#options.queue.push({ kind: 'backtest', id });
    return ids.length;
  }

  /** Checks and stores a backtest. @returns its id. @throws CanaryError with a 4xx when it would certainly fail */
  async start(start: StartBacktest): Promise<string> {
    const { store, queue, now, newRunId, accounts } = this.#options;
    const metricsAccountName = accounts.metricsStore(start.metricsAccountName).name;
    const { application, canaryConfigId, config, request, options } = start;
    const releases = await this.#releases(start);
    const { names, everyWindow, windows } = this.#check({ ...start, releases });
    const backtest: Backtest = {
      ...{ application, canaryConfigId, config, request, options, releases, metricsAccountName, windows },
      ...{ judges: names, everyWindow },
      id: newRunId(),
      status: 'not_started',
      tally: emptyTally(),
      buildTime: now(),
    };
    await store.create(backtest);
    await queue.push({ kind: 'backtest', id: backtest.id, share: application });
    return backtest.id;
  }

  async #releases(start: StartBacktest): Promise<PastRelease[] | undefined> {
    const { arms, releases } = start.options;
    if (arms === 'releases') return goodReleases(this.#options.runs, start);
    if (releases === undefined) return undefined;
    throw new CanaryError(
      'REQUEST_INVALID',
      `backtest.releases is ${releases}, but backtest.arms is ${arms}, which reads no releases; write "releases" in ` +
        'backtest.arms, or leave backtest.releases out.',
    );
  }

  #check(start: Checking): BacktestPlan & Pick<Backtest, 'windows'> {
    const { runs, judges, now } = this.#options;
    const { request, options, config } = start;
    if (request.baseline !== undefined) throw new CanaryError('REQUEST_INVALID', NO_HISTORY);
    const windows = pastWindows(start, now());
    if (windows > MOST_WINDOWS) {
      const what = `backtest.windowMinutes is ${options.windowMinutes}, which makes ${windows} windows of the time`;
      throw tooMuch(what, 'choose a later start, or longer windows', MOST_WINDOWS);
    }
    const some = { from: 0, to: Math.min(windows, windowsAtOnce(start)) };
    const first = requestForWindows(start, some);
    refuseSameNames(config);
    runs.check({ ...start, canaryConfigId: 'backtest', request: first, openWindow: 'wait' });
    if (start.releases === undefined) refuseUnevenSteps(first, options);
    const queries = queriesForWindows(this.#options, start, some);
    refuseSameQuestions(config, queries);
    const sent = queries.length * Math.ceil(windows / some.to);
    if (sent > MOST_QUERIES) {
      const remedy = 'choose a later start, a longer step, or fewer metrics';
      throw tooMuch(`The backtest would send ${sent} queries to its metrics stores`, remedy, MOST_QUERIES);
    }
    const { judges: beside, changes, judgements } = options;
    const windowMillis = windowMillisOf(options);
    const plan = { config, thresholds: request.thresholds, judges, beside, windowMillis, changes, windows, judgements };
    return { ...planBacktest(plan), windows };
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<Backtest> {
    const backtest = await this.#options.store.get(id);
    if (backtest !== undefined) return backtest;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No backtest '${id}'; GET /backtests lists them.`);
  }

  /** Cheaper than {@link get}. */
  applicationOf(id: string): Promise<string | undefined> {
    return this.#options.store.applicationOf(id);
  }

  /** Newest first. */
  list(filter: BacktestFilter): Promise<ListedBacktest[]> {
    return this.#options.store.list(filter);
  }

  /** Cancels a backtest at once; what it has counted stays. One that has ended does not change. */
  async cancel(id: string): Promise<void> {
    await this.get(id);
    await this.#options.store.update(id, { status: 'canceled', endTime: this.#options.now() });
    this.#worker.cancel(id);
  }

  /** Deletes a backtest that has ended. @throws CanaryError EXECUTION_NOT_FOUND, EXECUTION_RUNNING */
  async delete(id: string): Promise<void> {
    const { status } = await this.get(id);
    if (!EXECUTION_STATUS[status].complete) {
      throw new CanaryError('EXECUTION_RUNNING', `The backtest '${id}' is ${status}; cancel it first.`);
    }
    await this.#options.store.delete(id);
  }
}

/** What is counted of a metric is counted under its name. */
function refuseSameNames({ metrics = [] }: CanaryConfig): void {
  const names = metrics.map(({ name = '' }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return;
  throw new CanaryError(
    'REQUEST_INVALID',
    `metric '${twice}' is in the config more than once; give each its own name.`,
  );
}

/** Sides that are asked the same cannot differ: that would be taken for a config without false alarms. */
function refuseSameQuestions({ metrics = [] }: CanaryConfig, queries: readonly MetricQuery[]): void {
  const [index] = sameQueries(queries);
  if (index === undefined) return;
  throw new CanaryError(
    'REQUEST_INVALID',
    `metric '${metrics[index]?.name}': both sides ask the same question, so nothing could differ; give the scopes ` +
      'different instances, use ${scope} in the query, or write "before" in backtest.arms.',
  );
}

function tooMuch(what: string, remedy: string, most: number): CanaryError {
  return new CanaryError('REQUEST_TOO_LARGE', `${what}; at most ${most} are made: ${remedy}.`);
}
