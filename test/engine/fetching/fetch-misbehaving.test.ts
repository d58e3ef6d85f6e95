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
  return service.runs;
}
const metrics = (count: number) =>
  configOf(count).metrics?.map((metric, index) => ({
    ...metric,
    query: { type: 'prometheus', serviceType: 'prometheus', expr: `errors_${index}{version="\${scope}"}` },
  }));
const start = (runs: TestService['runs'], metricsAccountName: string, count = 2) =>
  runs.start({
    ...{ canaryConfigId: 'ad-hoc', application: 'shop', metricsAccountName },
    config: configOf(0, { metrics: metrics(count) }),
    request: requestOf(),
  });
const untilEnded = async (runs: TestService['runs'], id: string) => {
  expect(await runs.waitFor(id, 15_000)).toBe(true);
  return runs.get(id);
};

describe('a metrics store that misbehaves', () => {
  it.each([
    ['resets connections', 'reset', 'METRICS_STORE_UNAVAILABLE', 8],
    ['answers garbage once', 'garbage', 'METRICS_ANSWER_INVALID', 1],
    ['is busy and says so', 'busy', 'METRICS_STORE_UNAVAILABLE', 1],
    ['hangs', 'hang', 'METRICS_STORE_TIMEOUT', 4],
    ['sends its answer byte by byte', 'drip', 'METRICS_STORE_TIMEOUT', 4],
  ] as const)('and %s, then recovers, loses no run', async (_, behaviour, code, times) => {
    servers.sick.behave = (index) => (index < times ? behaviour : 'well');
    const runs = await open({ timeoutMillis: 300 });
    const run = await untilEnded(runs, await start(runs, 'sick'));
    expect(run.status).toBe('succeeded');
    expect(run.fetches?.map(({ lastError = '' }) => lastError.split(':')[0])).toContain(code);
    expect(run.fetches?.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThanOrEqual(
      servers.sick.asked.length,
    );
  });

  it('for good ends the run, which says what every query met', async () => {
    servers.sick.behave = () => 'reset';
    const runs = await open({ attempts: 2 });
    const run = await untilEnded(runs, await start(runs, 'sick', 1));
    expect(run.exception?.exceptionType).toBe('METRICS_STORE_UNAVAILABLE');
    expect(run.fetches?.find(({ attempts }) => attempts === 2)).toMatchObject({
      lastError: expect.stringMatching(/^METRICS_STORE_UNAVAILABLE: account 'sick', metric 'm0'/),
      millis: expect.any(Number),
    });
  });

  it('answers well in the end after it was down, and no query is lost', async () => {
    let up = false;
    servers.sick.behave = () => (up ? 'well' : 'reset');
    const runs = await open({});
    const ids = await Promise.all([1, 2, 3].map(() => start(runs, 'sick', 5)));
    await servers.sick.untilAsked(12);
    up = true;
    for (const id of ids) expect((await untilEnded(runs, id)).status).toBe('succeeded');
  });

  it('and hangs does not hold up the runs of another account, however many wait for it', async () => {
    servers.sick.behave = () => 'hang';
    const runs = await open({});
    // More than are worked on at once.
    const hanging = await Promise.all(Array.from({ length: 12 }, () => start(runs, 'sick')));
    await servers.sick.untilAsked(4);
    for (let round = 0; round < 3; round++) {
      const run = await untilEnded(runs, await start(runs, 'sound', 3 + round));
      expect(run.status).toBe('succeeded');
    }
    const states = await Promise.all(hanging.map(async (id) => (await runs.get(id)).status));
    expect(states.filter((status) => status === 'succeeded' || status === 'terminal')).toEqual([]);
    for (const id of hanging) await runs.cancel(id);
  });

  it('and hangs ends the run at its deadline', async () => {
    servers.sick.behave = () => 'hang';
    const runs = await open({ deadlineMillis: 1000 });
    const run = await untilEnded(runs, await start(runs, 'sick', 1));
    expect(run).toMatchObject({ status: 'terminal', fetches: [{ attempts: 1 }, { attempts: 1 }] });
  });

  it('is reported while the run is active, and when it is canceled', async () => {
    servers.sick.behave = () => 'hang';
    const runs = await open({});
    const id = await start(runs, 'sick', 1);
    await servers.sick.untilAsked(2);
    const fetches = [
      { stage: 'fetchControl0', metric: 'm0', side: 'control', attempts: 1 },
      { stage: 'fetchExperiment0', metric: 'm0', side: 'experiment', attempts: 1 },
    ];
    expect(await runs.get(id)).toMatchObject({ status: 'running', fetches });
    await runs.cancel(id);
    expect(await runs.get(id)).toMatchObject({ status: 'canceled', fetches });
  });
});
