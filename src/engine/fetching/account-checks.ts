import type { Account } from '../../domain/account.ts';
import type { Log } from '../../domain/log.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { messageOf } from '../../errors.ts';
import type { MetricsFetcher } from './metrics-fetcher.ts';

/** Whether a metrics account can be used. */
export interface AccountHealth {
  readonly status: 'UP' | 'DOWN';
  readonly type: string;
  /** why not, without secrets */
  readonly error?: string;
}

interface AccountChecksOptions {
  readonly metricsStores: () => readonly Account[];
  readonly providers: readonly MetricsProvider[];
  readonly fetcher: MetricsFetcher;
  readonly monotonic: () => number;
  readonly log: Log;
}

const CHECK_MILLIS = 10_000;
/** How long results are cached. */
const FRESH_MILLIS = 10_000;

/** Sends every metrics account one cheap request: at the start, and on demand. */
export class AccountChecks {
  readonly #options: AccountChecksOptions;
  readonly #stopped = new AbortController();
  #known: Record<string, AccountHealth> = {};
  #knownAt: number | undefined;
  #last: { readonly at: number; readonly health: Promise<Record<string, AccountHealth>> } | undefined;

  constructor(options: AccountChecksOptions) {
    this.#options = options;
  }

  /** By account name; never rejects, and resolves within ten seconds. */
  check(): Promise<Record<string, AccountHealth>> {
    const now = this.#options.monotonic();
    if (this.#last === undefined || this.#last.at + FRESH_MILLIS < now) {
      this.#last = { at: now, health: this.#checkAll() };
    }
    return this.#last.health;
  }

  /** What the last check found, without waiting; starts another when that is old. Empty before the first. */
  known(): Record<string, AccountHealth> {
    const check = this.check();
    check.then((found) => {
      if (found === this.#known) return;
      this.#known = found;
      this.#knownAt = this.#options.monotonic();
    });
    return this.#known;
  }

  /** How long ago that check was; undefined before the first. */
  knownForMillis(): number | undefined {
    return this.#knownAt === undefined ? undefined : this.#options.monotonic() - this.#knownAt;
  }

  /** Logs each unusable account and why. Never stops the service. */
  async warn(): Promise<void> {
    const health = await this.check();
    if (this.#stopped.signal.aborted) return;
    for (const [account, { status, error }] of Object.entries(health)) {
      if (status === 'DOWN') this.#options.log.warn({ account, reason: error }, 'metrics account cannot be used');
    }
  }

  /** The accounts were configured anew: the next check asks them. */
  forget(): void {
    this.#last = undefined;
  }

  /** Cancels running checks. */
  stop(): void {
    this.#stopped.abort();
  }

  async #checkAll(): Promise<Record<string, AccountHealth>> {
    const accounts = this.#options.metricsStores();
    const found = await Promise.all(accounts.map(async (account) => [account.name, await this.#checkOne(account)]));
    return Object.fromEntries(found);
  }

  async #checkOne(account: Account): Promise<AccountHealth> {
    const { providers, fetcher } = this.#options;
    const provider = providers.find(({ type }) => type === account.type);
    const late = AbortSignal.timeout(CHECK_MILLIS);
    const signal = AbortSignal.any([late, this.#stopped.signal]);
    try {
      const patience = { signal, patienceMillis: CHECK_MILLIS };
      await fetcher.queued(account, patience, async () => provider?.check(account, signal));
      return { status: 'UP', type: account.type };
    } catch (error) {
      const reason = late.aborted ? `no answer within ${CHECK_MILLIS / 1000} s` : messageOf(error);
      return { status: 'DOWN', type: account.type, error: reason };
    }
  }
}
