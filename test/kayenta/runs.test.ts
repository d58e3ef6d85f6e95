import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { netflixAca } from '../../judges/netflix-aca/index.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { createGate } from '../support/gate.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type WireClient, wireClient } from '../support/http/wire-client.ts';

const adhoc = { canaryConfig: configOf(), executionRequest: requestOf() };
const JUDGING = 'passThreshold=95&marginalThreshold=75';
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

let service: TestService;
let client: WireClient;
beforeAll(async () => {
  service = await createTestService();
  client = wireClient(service);
});
afterAll(() => service.close());

const archived = (changes: object = {}) => ({
  application: 'elsewhere',
  status: 'succeeded',
  config: configOf(),
  canaryExecutionRequest: requestOf(),
  buildTimeIso: '2026-01-01T00:00:00Z',
  ...changes,
});
const idsOf = (runs: { pipelineId: string }[]) => runs.map(({ pipelineId }) => pipelineId);

describe('RUN-5: an id', () => {
  it('of a run is 26 characters that sort by creation', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push((await client.post('/canary', adhoc)).body.canaryExecutionId);
    expect(ids.filter((id) => !ULID.test(id))).toEqual([]);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('of a run that is archived is found as a live one is', async () => {
    await client.post('/canaryResultArchive?pipelineId=old.run-1', archived());
    expect((await client.get('/canary/old.run-1')).body).toMatchObject({ pipelineId: 'old.run-1', complete: true });
  });

  it('that nobody has is a 404', async () => {
    expect((await client.get('/canary/no.such-run')).status).toBe(404);
  });

  it('of a comparison of judges is a 400 that says what it is not', async () => {
    const { canaryConfigId } = (await client.post('/canaryConfig', configOf(1, { name: 'compared' }))).body;
    const { metricSetPairListId } = (await client.post('/metricSetPairList', [])).body;
    const query = `canaryConfigId=${canaryConfigId}&metricSetPairListId=${metricSetPairListId}&${JUDGING}`;
    const { canaryExecutionId } = (await client.post(`/judges/comparison?${query}`)).body;
    const { status, body } = await client.get(`/canary/${canaryExecutionId}`);
    expect([status, body.message]).toEqual([
      400,
      "Only named pipelines of 'Standard Canary Pipeline' can be converted to a CanaryExecutionStatusResponse object, " +
        "'Judge Comparison' received",
    ]);
  });
});

describe('RUN-6, EXE-3: the list of runs', () => {
  it('has those that ended and those brought from elsewhere among the live ones, newest first', async () => {
    for (const [id, buildTimeIso] of [
      ['b', '2026-01-02T00:00:00Z'],
      ['a', '2026-01-03T00:00:00Z'],
      ['c', '2026-01-01T00:00:00Z'],
    ]) {
      await client.post(`/canaryResultArchive?pipelineId=${id}`, archived({ application: 'mixed', buildTimeIso }));
    }
    const { pipelineId } = await client.run(adhoc, '&application=mixed');
    const list = (await client.get('/canary/executions?application=mixed')).body;
    expect(idsOf(list)).toEqual([pipelineId, 'a', 'b', 'c']);
  });

  it('is not mistaken for a run of that id', async () => {
    await client.post('/canaryResultArchive?pipelineId=executions', archived());
    expect((await client.get('/canary/executions')).body).toBeInstanceOf(Array);
  });

  it('has twenty on the first of its pages, unless asked otherwise', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
    for (const [index, id] of ids.entries()) {
      const buildTimeMillis = 1_767_225_600_000 - index;
      await client.post(`/canaryResultArchive?pipelineId=${id}`, archived({ application: 'pages', buildTimeMillis }));
    }
    const page = async (query: string) =>
      idsOf((await client.get(`/canary/executions?application=pages${query}`)).body);
    expect(await page('')).toEqual(ids.slice(0, 20));
    expect(await page('&page=2')).toEqual(ids.slice(20));
    expect(await page('&page=0&limit=5')).toEqual(ids.slice(0, 5));
    expect(await page('&page=5&limit=5')).toEqual(ids.slice(20));
    expect(await page('&page=6&limit=5')).toEqual([]);
  });
});

describe('RUN-7: the states a list may be narrowed to', () => {
  const NAMES = [
    'NOT_STARTED,RUNNING,PAUSED,SUSPENDED,SUCCEEDED,FAILED_CONTINUE,TERMINAL,CANCELED,REDIRECT,STOPPED',
    'skipped,Buffered',
  ];

  it.each(NAMES)('are known: %s', async (names) => {
    expect((await client.get(`/canary/executions?statuses=${names}`)).status).toBe(200);
  });

  it('count before the list is cut into pages', async () => {
    for (const [index, status] of ['succeeded', 'terminal', 'succeeded', 'terminal'].entries()) {
      const buildTimeMillis = 1_767_225_600_000 - index;
      const run = archived({ application: 'states', status, buildTimeMillis });
      await client.post(`/canaryResultArchive?pipelineId=state-${index}`, run);
    }
    const list = (await client.get('/canary/executions?application=states&statuses=TERMINAL&limit=1&page=2')).body;
    expect(idsOf(list)).toEqual(['state-3']);
  });

  it('are refused when unknown, with the known ones', async () => {
    const { status, body } = await client.get('/canary/executions?statuses=succeeded,finished');
    expect([status, body.message]).toEqual([
      400,
      expect.stringMatching(/^statuses: 'FINISHED' is not known; known: NOT_STARTED/),
    ]);
  });
});

describe('RUN-8: an element of the list', () => {
  it('is the whole run', async () => {
    const run = await client.run(adhoc, '&application=whole');
    expect((await client.get('/canary/executions?application=whole')).body).toEqual([run]);
  });
});

describe('RUN-9: a score of 0', () => {
  it('is the success of a run', async () => {
    const steps = Array.from({ length: 60 }, (_, index) => index);
    const worse = fakeProvider((request) => [
      seriesOf(request, request.side === 'control' ? steps : steps.map((step) => 1000 + step)),
    ]);
    const other = await createTestService({ providers: [worse], judges: createJudges({}) });
    const status = await wireClient(other).run({ ...adhoc, canaryConfig: configOf(1, { judge: {} }) });
    expect(status).toMatchObject({ status: 'succeeded', complete: true });
    expect(status.result.judgeResult.score).toEqual({ score: 0, classification: 'Fail', classificationReason: '' });
    await other.close();
  });
});

describe('EXE-1, EXE-2: the queries of a run', () => {
  it('are one for each metric and side, under stages named by its position, and go out together', async () => {
    const asked: string[] = [];
    const gate = createGate();
    const provider = fakeProvider(async (request, signal) => {
      asked.push(`${request.metric.name} ${request.side}`);
      await gate.pass(signal);
      const { name } = request.metric;
      return name === 'm0'
        ? ['a', 'b'].map((zone) => seriesOf(request, [1, 2], { zone }))
        : [seriesOf(request, [1, 2])];
    });
    const other = await createTestService({ providers: [provider] });
    const { get, post } = wireClient(other);
    const { canaryExecutionId } = (await post('/canary', { ...adhoc, canaryConfig: configOf(2) })).body;
    await gate.reached;
    const { stageStatus } = (await get(`/canary/${canaryExecutionId}`)).body;
    expect(asked.toSorted()).toEqual(['m0 control', 'm0 experiment', 'm1 control', 'm1 experiment']);
    expect(Object.entries(stageStatus).filter(([, status]) => status === 'running')).toEqual(
      ['fetchControl0', 'fetchControl1', 'fetchExperiment0', 'fetchExperiment1'].map((stage) => [stage, 'running']),
    );
    gate.open();
    const { body: run } = await post('/canary?wait=9s', { ...adhoc, canaryConfig: configOf(2) });
    expect(run.result.judgeResult.results.map(({ name }: { name: string }) => name)).toEqual(['m0', 'm0', 'm1']);
    await other.close();
  });
});

describe('JDG-1, JDG-3: the judges', () => {
  it('have NetflixACAJudge-v1.0 in front, visible', async () => {
    const other = await createTestService({ judges: createJudges({ remoteJudge: { baseUrl: 'http://127.0.0.1:9' } }) });
    const judges = (await wireClient(other).get('/judges')).body;
    expect(judges[0]).toEqual({ name: 'NetflixACAJudge-v1.0', visible: true });
    expect(judges).toContainEqual({ name: 'RemoteJudge-v1.0', visible: true });
    await other.close();
  });

  it.each([undefined, {}, { name: '' }])('are represented by the first when a config says %j', async (judge) => {
    const other = await createTestService({ judges: [netflixAca, fakeJudge] });
    const { judge: _, ...config } = configOf();
    const canaryConfig = judge === undefined ? config : { ...config, judge };
    const { result } = await wireClient(other).run({ ...adhoc, canaryConfig });
    expect(result.judgeResult.judgeName).toBe('NetflixACAJudge-v1.0');
    await other.close();
  });
});

describe('HLT-1: the health of the service', () => {
  it('has a status of its own and one of each part', async () => {
    const { status, body } = await client.get('/health');
    expect([status, body.status]).toEqual([200, 'UP']);
    expect(body.components.store).toMatchObject({ status: 'UP' });
  });
});
