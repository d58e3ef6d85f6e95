import type { RunBacklog } from '../domain/stores.ts';
import type { Reading } from './metrics.ts';

/** Several who scrape at once, or one that does it often, cost the store one query. */
const FRESH_MILLIS = 5000;
/** A scrape gives up after ten seconds; one without the store says more than none. */
const STORE_MILLIS = 2000;

/** A metrics account as its queue stands. */
export interface AccountState {
  readonly account: string;
  readonly type: string;
  readonly inFlight: number;
  readonly waiting: number;
  /** whether nothing is sent, because its store asked for that */
  readonly paused: boolean;
}

interface ReadingSources {
  readonly backlog: () => Promise<RunBacklog[]>;
  readonly accounts: () => readonly AccountState[];
  readonly enabled: () => boolean;
  readonly version: string;
  readonly storeType: string;
  readonly monotonic: () => number;
}

/** What the gauges say now. Never rejects. */
export function createReading(sources: ReadingSources): () => Promise<Reading> {
  const { accounts, enabled, version, storeType } = sources;
  const readStore = cachedBacklog(sources);
  return async () => {
    const backlog = await readStore();
    const ofAccounts = (value: (state: AccountState) => number) =>
      accounts().map((state) => [{ account: state.account, type: state.type }, value(state)] as const);
    return {
      haldane_build_info: [[{ version, node_version: process.version, store: storeType }, 1]],
      haldane_instance_enabled: [[{}, Number(enabled())]],
      haldane_account_paused: ofAccounts(({ paused }) => Number(paused)),
      haldane_account_requests_in_flight: ofAccounts(({ inFlight }) => inFlight),
      haldane_account_requests_waiting: ofAccounts(({ waiting }) => waiting),
      haldane_store_up: [[{}, Number(backlog !== undefined)]],
      haldane_runs_unfinished: (backlog ?? []).map(({ application, state, runs }) => [{ application, state }, runs]),
      haldane_run_queue_oldest_age_seconds: backlog === undefined ? [] : [[{}, oldestSeconds(backlog)]],
    };
  };
}

function oldestSeconds(backlog: readonly RunBacklog[]): number {
  const queued = backlog.filter(({ state }) => state === 'queued');
  return Math.max(0, ...queued.map(({ oldestMillis }) => oldestMillis)) / 1000;
}

/** @returns undefined while the store does not answer */
function cachedBacklog({ backlog, monotonic }: ReadingSources): () => Promise<RunBacklog[] | undefined> {
  let last: { readonly at: number; readonly answer: Promise<RunBacklog[] | undefined> } | undefined;
  return () => {
    if (last === undefined || last.at + FRESH_MILLIS <= monotonic()) {
      last = { at: monotonic(), answer: withinLimit(backlog()) };
    }
    return last.answer;
  };
}

function withinLimit(asked: Promise<RunBacklog[]>): Promise<RunBacklog[] | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), STORE_MILLIS);
  const answered = asked.catch(() => undefined);
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
