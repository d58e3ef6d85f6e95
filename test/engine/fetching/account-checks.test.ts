import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src/domain/account.ts';
import { AccountChecks } from '../../../src/engine/fetching/account-checks.ts';
import { MetricsFetcher } from '../../../src/engine/fetching/metrics-fetcher.ts';
import { CanaryError } from '../../../src/errors.ts';
import { abortable } from '../../../src/waiting/abortable.ts';
import { BytesInFlight } from '../../../src/waiting/bytes-in-flight.ts';
import { fakeAccount, fakeProvider } from '../../support/fake-provider.ts';

function checksOf(check: (account: Account, signal: AbortSignal) => Promise<void>) {
  const [log, warn] = [pino({ level: 'silent' }), vi.fn()];
  let now = 0;
  const parts = { policy: { attempts: 1, backoffPeriodMultiplierMs: 1, maxWaitMillis: 1 }, longestWaitMillis: 1 };
  const checks = new AccountChecks({
    metricsStores: () => [fakeAccount, { ...fakeAccount, name: 'other' }],
    providers: [{ ...fakeProvider(), check }],
    fetcher: new MetricsFetcher({
      latest: (account) => account,
      limits: { pointsPerRun: 1000 },
      ...parts,
      bytesInFlight: new BytesInFlight(1e9),
      random: Math.random,
      now: Date.now,
      monotonic: Date.now,
      log,
    }),
    monotonic: () => now,
    log: Object.assign(log, { warn }),
  });
  const later = (millis: number) => {
    now += millis;
  };
  return { checks, warn, later };
}

describe('AccountChecks', () => {
  it('says of each account whether it can be used, and why not', async () => {
    const { checks, warn } = checksOf(async ({ name }) => {
      if (name === 'other') throw new CanaryError('METRICS_ACCESS_DENIED', "account 'other': refused");
    });
    expect(await checks.check()).toEqual({
      'fake-metrics': { status: 'UP', type: 'fake' },
      other: { status: 'DOWN', type: 'fake', error: "account 'other': refused" },
    });
    await checks.warn();
    expect(warn.mock.calls).toEqual([
      [{ account: 'other', reason: "account 'other': refused" }, 'metrics account cannot be used'],
    ]);
  });

  it('asks at most every ten seconds, however many want to know', async () => {
    const check = vi.fn(async () => {});
    const { checks, later } = checksOf(check);
    await Promise.all([checks.check(), checks.check()]);
    expect(check).toHaveBeenCalledTimes(2);
    later(10_001);
    await checks.check();
    expect(check).toHaveBeenCalledTimes(4);
  });

  it('ends at once when it is stopped, and says nothing then', async () => {
    const { checks, warn } = checksOf((_, signal) => abortable(new Promise(() => {}), signal));
    const warned = checks.warn();
    checks.stop();
    await warned;
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not wait for ever', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort()).mockReturnValueOnce(AbortSignal.abort());
    const { checks } = checksOf(() => new Promise(() => {}));
    expect(await checks.check()).toMatchObject({ other: { status: 'DOWN', error: 'no answer within 10 s' } });
    vi.restoreAllMocks();
  });
});
