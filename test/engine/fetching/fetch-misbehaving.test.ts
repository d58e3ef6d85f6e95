import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prometheus } from '../../../providers/prometheus/index.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { type MisbehavingServer, startMisbehaving } from '../../support/servers/misbehaving-server.ts';

let servers: Record<'sound' | 'sick', MisbehavingServer>;
let service: TestService | undefined;
beforeEach(async () => {
  servers = { sound: await startMisbehaving(), sick: await startMisbehaving() };
});
afterEach(async () => {
  await service?.close();
  await Promise.all([servers.sound.stop(), servers.sick.stop()]);
});

async function open({
  timeoutMillis = 60_000,
  ...options
}: {
  timeoutMillis?: number;
  attempts?: number;
  deadlineMillis?: number;
}) {
  const metricsStores = (['sound', 'sick'] as const).map((name) =>
    prometheus.Account.parse({
      ...{ name, type: 'prometheus', timeoutMillis, maxConcurrent: 4 },
      endpoint: { baseUrl: servers[name].baseUrl },
    }),
  );
  service = await createTestService({ providers: [prometheus], metricsStores, attempts: 10, ...options });
  return service.executions;
}
const metrics = (count: number) =>
  configOf(count).metrics?.map((metric, index) => ({
    ...metric,
    query: { type: 'prometheus', serviceType: 'prometheus', expr: `errors_${index}{version="\${scope}"}` },
  }));
const start = (executions: TestService['executions'], metricsAccountName: string, count = 2) =>
  executions.start({
    ...{ canaryConfigId: 'ad-hoc', application: 'shop', metricsAccountName },
    config: configOf(0, { metrics: metrics(count) }),
    request: requestOf(),
  });
const untilEnded = async (executions: TestService['executions'], id: string) => {
  expect(await executions.waitFor(id, 15_000)).toBe(true);
  return executions.get(id);
};

describe('a metrics store that misbehaves', { timeout: 30_000 }, () => {
  it.each([
    ['resets connections', 'reset', 'METRICS_STORE_UNAVAILABLE', 8],
    ['answers garbage once', 'garbage', 'METRICS_ANSWER_INVALID', 1],
    ['is busy and says so', 'busy', 'METRICS_STORE_UNAVAILABLE', 1],
    ['hangs', 'hang', 'METRICS_STORE_TIMEOUT', 4],
    ['sends its answer byte by byte', 'drip', 'METRICS_STORE_TIMEOUT', 4],
  ] as const)('and %s, then recovers, loses no run', async (_, behaviour, code, times) => {
    servers.sick.behave = (index) => (index < times ? behaviour : 'well');
    const executions = await open({ timeoutMillis: 300 });
    const execution = await untilEnded(executions, await start(executions, 'sick'));
    expect(execution.status).toBe('succeeded');
    expect(execution.fetches?.map(({ lastError = '' }) => lastError.split(':')[0])).toContain(code);
    expect(execution.fetches?.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThanOrEqual(
      servers.sick.asked.length,
    );
  });

  it('for good ends the run, which says what every query met', async () => {
    servers.sick.behave = () => 'reset';
    const executions = await open({ attempts: 2 });
    const execution = await untilEnded(executions, await start(executions, 'sick', 1));
    expect(execution.exception?.exceptionType).toBe('METRICS_STORE_UNAVAILABLE');
    expect(execution.fetches?.find(({ attempts }) => attempts === 2)).toMatchObject({
      lastError: expect.stringMatching(/^METRICS_STORE_UNAVAILABLE: account 'sick', metric 'm0'/),
      millis: expect.any(Number),
    });
  });

  it('answers well in the end after it was down, and no query is lost', async () => {
    let up = false;
    servers.sick.behave = () => (up ? 'well' : 'reset');
    const executions = await open({});
    const ids = await Promise.all([1, 2, 3].map(() => start(executions, 'sick', 5)));
    await servers.sick.untilAsked(12);
    up = true;
    for (const id of ids) expect((await untilEnded(executions, id)).status).toBe('succeeded');
  });

  it('and hangs does not hold up the runs of another account, however many wait for it', async () => {
    servers.sick.behave = () => 'hang';
    const executions = await open({});
    // More than are worked on at once.
    const hanging = await Promise.all(Array.from({ length: 12 }, () => start(executions, 'sick')));
    await servers.sick.untilAsked(4);
    for (let round = 0; round < 3; round++) {
      const execution = await untilEnded(executions, await start(executions, 'sound', 3 + round));
      expect(execution.status).toBe('succeeded');
    }
    const states = await Promise.all(hanging.map(async (id) => (await executions.get(id)).status));
    expect(states.filter((status) => status === 'succeeded' || status === 'terminal')).toEqual([]);
    for (const id of hanging) await executions.cancel(id);
  });

  it('and hangs ends the run at its deadline', async () => {
    servers.sick.behave = () => 'hang';
    const executions = await open({ deadlineMillis: 1000 });
    const execution = await untilEnded(executions, await start(executions, 'sick', 1));
    expect(execution).toMatchObject({ status: 'terminal', fetches: [{ attempts: 1 }, { attempts: 1 }] });
  });

  it('is told of while the run goes on, and when it is canceled', async () => {
    servers.sick.behave = () => 'hang';
    const executions = await open({});
    const id = await start(executions, 'sick', 1);
    await servers.sick.untilAsked(2);
    const fetches = [
      { stage: 'fetchControl0', metric: 'm0', side: 'control', attempts: 1 },
      { stage: 'fetchExperiment0', metric: 'm0', side: 'experiment', attempts: 1 },
    ];
    expect(await executions.get(id)).toMatchObject({ status: 'running', fetches });
    await executions.cancel(id);
    expect(await executions.get(id)).toMatchObject({ status: 'canceled', fetches });
  });
});
