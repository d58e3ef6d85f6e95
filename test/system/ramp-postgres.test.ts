import { afterAll, describe, expect, it, vi } from 'vitest';
import { NextStep } from '../../src/domain/ramp.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type PostgresServer, requiredPostgres } from '../support/servers/postgres-server.ts';

const postgres = await requiredPostgres();
const MINUTE = 60_000;

describe.skipIf(postgres === undefined)('a ramp on two replicas', () => {
  afterAll(() => postgres?.stop());

  it('has one step however many replicas are told of it at once, and goes on when one of them is gone', async () => {
    const postgresUrl = await (postgres as PostgresServer).createDatabase();
    const open = () => createTestService({ postgresUrl });
    const replicas = [await open(), await open()];
    const [one, other] = replicas as [TestService, TestService];
    let ahead = 0;
    const real = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
    const executionRequest = {
      ramp: { shares: [5, 50] },
      scopes: [{ controlScope: 'v1', experimentScope: 'v2' }],
      thresholds: { pass: 95, marginal: 75 },
      analysisIntervalMins: 10,
    };
    const payload = { canaryConfig: configOf(1), executionRequest };
    const started = await one.http.inject({ method: 'POST', url: '/standalone_canary_analysis', payload });
    const url = `/analyses/${started.json().canaryAnalysisExecutionId}`;
    const announce = (replica: TestService, share: number) =>
      replica.http.inject({ method: 'POST', url: `${url}/steps`, payload: { share } });
    const told = await Promise.all([one, other, one, other].map((replica) => announce(replica, 5)));
    expect(told.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 200, 200, 201]);
    for (const { http } of replicas) {
      expect(NextStep.parse((await http.inject(`${url}/next-step`)).json())).toMatchObject({ go: 'wait' });
    }
    await one.close();
    ahead = 11 * MINUTE;
    await other.resume();
    const judged = (await other.http.inject(`${url}/next-step?wait=60s`)).json();
    expect(judged).toMatchObject({ go: 'yes', step: { number: 1, share: 5 } });
    expect((await announce(other, 50)).statusCode).toBe(201);
    const { stageStatus } = (await other.http.inject(url.replace('/analyses', '/standalone_canary_analysis'))).json();
    expect(stageStatus.filter(({ type }: { type: string }) => type === 'runCanary')).toHaveLength(2);
    clock.mockRestore();
    await other.close();
  });
});
