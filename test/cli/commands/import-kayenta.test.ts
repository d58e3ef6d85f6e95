import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportOutcome } from '../../../src/cli/kayenta/import-outcome.ts';
import { fakeProvider } from '../../support/fake-provider.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import {
  type KayentaContents,
  type KayentaStandIn,
  startKayentaStandIn,
} from '../../support/servers/kayenta-stand-in.ts';
import { startLoopback } from '../../support/servers/loopback-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { goldenRuns, listIdOf, runIdOf } from '../kayenta/golden-runs.ts';
import { runHaldane } from '../run-haldane.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const FOLDER = 'test/fixtures/kayenta-folder';
const RUN = '01HFGM0Z7X6X0T8Q4C2N5V3B1A';
const RUN_OF_2018 = '666fa25b-b0c6-421b-b84f-f93826932994';
const CONFIG = '3b8f1c52-0b7e-4b0c-9a51-6a3c0f4d2e11';

let service: TestService;
let haldane: string;
beforeEach(async () => {
  service = await createTestService();
  haldane = await service.http.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => service.close());

const get = async (url: string) => (await service.http.inject(url)).json();
const run = (from: string, ...options: string[]) =>
  runHaldane(['import', 'kayenta', from, '--to', haldane, ...options]);
const outcomesOf = async (from: string, ...options: string[]) => {
  const { code, out } = await run(from, '--json', ...options);
  const { outcomes } = JSON.parse(out) as { outcomes: ImportOutcome[] };
  return { code, outcomes, brief: outcomes.map(({ what, id, outcome }) => `${what} ${id}: ${outcome}`) };
};

describe('haldane import kayenta <folder>', () => {
  it('takes what it can and says why it leaves the rest', async () => {
    const { code, outcomes } = await outcomesOf(FOLDER);
    expect(code).toBe(1);
    expect(outcomes).toEqual(JSON.parse(readFileSync('test/fixtures/kayenta-folder/outcomes.json', 'utf8')));
  });

  it('changes nothing the second time', async () => {
    const first = await outcomesOf(FOLDER);
    const [configs, runs, lists] = ['/canaryConfig', '/canaryResultArchive', '/metricSetPairList'];
    const before = [await get(configs), await get(runs), await get(lists)];
    const second = await outcomesOf(FOLDER);
    const expected = first.brief
      .map((line) => line.replace(/taken$/, 'already there'))
      .filter((line) => !/^series .*already there$/.test(line));
    expect(second.brief).toEqual(expected);
    expect([await get(configs), await get(runs), await get(lists)]).toEqual(before);
  });

  it('keeps ids, times and texts of configs as they are stored', async () => {
    await run(FOLDER);
    const stored = JSON.parse(
      readFileSync(`${FOLDER}/kayenta/canary_config/${CONFIG}/checkout-golden-signals.json`, 'utf8'),
    );
    expect(await get(`/canaryConfig/${CONFIG}`)).toEqual(stored);
    expect(await get('/canaryConfig/payments.canary-config')).toMatchObject({ id: 'payments.canary-config' });
  });

  it('makes the `template` of 2026 a `customInlineTemplate`', async () => {
    await run(FOLDER);
    const [metric] = (await get('/canaryConfig/7d1e9a40-5a53-4c41-8f0f-2f6f7d7e1b02')).metrics;
    expect(metric.query).toEqual({
      type: 'datadog',
      serviceType: 'datadog',
      customInlineTemplate: 'avg:search.latency{service:${scope}}',
    });
  });

  it('serves a run it took as Kayenta did, with its series', async () => {
    await run(FOLDER);
    const stored = JSON.parse(readFileSync(`${FOLDER}/kayenta/canary_archive/${RUN}/canary_archive.json`, 'utf8'));
    const served = await get(`/canary/${RUN}`);
    const { metricSetPairListId: _, ...rest } = stored;
    expect(served).toMatchObject(rest);
    const pairs = JSON.parse(
      readFileSync(`${FOLDER}/kayenta/metric_pairs/${stored.metricSetPairListId}/metric_set_pairs.json`, 'utf8'),
    );
    expect(await get(`/metricSetPairList/${served.metricSetPairListId}`)).toEqual(pairs);
  });

  it('reads a run of 2018, whose config, request and series are in its result', async () => {
    await run(FOLDER);
    const served = await get(`/canary/${RUN_OF_2018}`);
    expect(served).toMatchObject({
      canaryConfigId: '0d9d4f7e-2018',
      config: { name: 'old-config' },
      canaryExecutionRequest: { scopes: { default: { controlScope: { location: 'us-central1' } } } },
      result: {
        canaryDuration: 'PT1H',
        judgeResult: { results: [{ critical: false, muted: false, controlMetadata: { stats: { mean: 2, std: 0 } } }] },
      },
    });
    const [pair] = await get(`/metricSetPairList/${served.metricSetPairListId}`);
    expect(pair.values).toEqual({ control: [1.5, 2, 2.5], experiment: [0.5, 'NaN', 1.5] });
  });

  it('completes the exception of a run that failed, and the words for its stages', async () => {
    await run(FOLDER);
    expect(await get('/canary/01HFGN5B8Y7Y1V9R5D3P6W4C2B')).toMatchObject({
      status: 'terminal',
      stageStatus: { fetchControl0: 'terminal', fetchExperiment0: 'canceled', judge: 'not_started' },
      exception: {
        timestamp: 1700003000456,
        exceptionType: 'RetrofitError',
        operation: 'prometheusFetch',
        details: {
          error: 'Service Unavailable',
          errors: ['kind: HTTP', 'responseBody: no'],
          stackTrace: '',
          status: 503,
          url: 'http://prometheus:9090/api/v1/query_range',
        },
        shouldRetry: false,
      },
    });
  });

  it('writes nothing in a dry run', async () => {
    const { code, out } = await run(FOLDER, '--dry-run');
    expect(code).toBe(1);
    expect(out).toMatch(/run +01HFGM0Z7X6X0T8Q4C2N5V3B1A +checkout\/checkout-golden-signals +taken\n/);
    expect(out).toContain('Dry run: nothing was written.');
    expect([await get('/canaryConfig'), await get('/canaryResultArchive'), await get('/metricSetPairList')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('says how long imported runs are kept, and what to do where few are', async () => {
    const kept = 'Imported runs are kept for 90 days from their import, with their series (retention.maxAgeDays).';
    expect((await run(FOLDER, '--dry-run')).out).toContain(`${kept}\n`);
    const { out } = await run(FOLDER, '--json', '--dry-run');
    expect(JSON.parse(out)).toMatchObject({ kept });
    const few = await startLoopback((request, response) => {
      const answers: Record<string, unknown> = {
        '/health': { status: 'UP' },
        '/storage': { retention: { maxAgeDays: 7.5, maxRuns: 5, maxMegabytes: 900 } },
      };
      response.writeHead(request.url !== undefined && request.url in answers ? 200 : 404);
      response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
    });
    const told = await runHaldane(['import', 'kayenta', FOLDER, '--to', few.baseUrl, '--dry-run']);
    expect(told.out).toContain('are kept for 7.5 days from their import');
    expect(told.out).toContain('Above 900 MB the oldest go first (retention.maxMegabytes).');
    expect(told.out).toContain('only the newest 5 runs are kept (retention.maxRuns)');
    await few.stop();
    const older = await startLoopback((request, response) => {
      response.writeHead(request.url === '/health' ? 200 : 404).end('{}');
    });
    const untold = await runHaldane(['import', 'kayenta', FOLDER, '--to', older.baseUrl, '--dry-run']);
    expect(untold.out).toContain(`${older.baseUrl} does not say how long it keeps runs`);
    await older.stop();
  });

  it('finds the objects below whatever root folder the account had, and none where there are none', async () => {
    const bucket = temporaryDirectory();
    const file = join(bucket, 'teams', 'canary', 'canary_config', 'team', 'checkout', 'c.json');
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(configOf(1, { name: 'c' })));
    expect(await outcomesOf(bucket)).toMatchObject({ code: 0, brief: ['config team/checkout: taken'] });
    expect((await get('/canaryConfig/team%2Fcheckout')).name).toBe('c');
    const empty = temporaryDirectory();
    expect(await run(empty)).toMatchObject({
      code: 3,
      err: `haldane: '${empty}' is not a folder of Kayenta's objects: it has none of canary_config, canary_archive, metric_pairs, standalone_canary_archive\n`,
    });
    expect((await run(join(empty, 'missing'))).code).toBe(3);
    mkdirSync(join(bucket, 'other', 'canary_config'), { recursive: true });
    expect((await run(bucket)).err).toMatch(/it has several: .*other, .*canary/);
  });
});

describe('haldane import kayenta <url>', () => {
  let kayenta: KayentaStandIn;
  afterEach(() => kayenta.stop());
  const start = async (contents: KayentaContents) => {
    kayenta = await startKayentaStandIn(contents);
  };
  const config = (name: string) => configOf(1, { name });

  it('takes configs, runs and their series', async () => {
    await start({ configs: { a: config('one'), b: config('two') }, ...goldenRuns(2) });
    const { code, brief } = await outcomesOf(kayenta.baseUrl);
    expect(brief).toEqual([
      'config b: taken',
      'config a: taken',
      `run ${runIdOf(1)}: taken`,
      `series ${listIdOf(1)}: taken`,
      `run ${runIdOf(0)}: taken`,
      `series ${listIdOf(0)}: taken`,
    ]);
    expect(code).toBe(0);
    expect(await outcomesOf(kayenta.baseUrl)).toMatchObject({
      code: 0,
      brief: expect.arrayContaining(['config a: already there']),
    });
  });

  it.each([
    ['error', /^500: S3 is slow today$/],
    ['silence', /^no answer in 1000 ms$/],
    ['hang-up', /^the connection broke: /],
    ['page', /^not JSON: /],
    ['cut-off', /^not JSON: /],
  ] as const)('goes on after an object that ends in %s', async (fault, why) => {
    await start({ configs: { a: config('one'), b: config('two') }, ...goldenRuns(2) });
    kayenta.faults.set('/canaryConfig/b', fault).set(`/canaryResultArchive/${runIdOf(1)}`, fault);
    const { code, outcomes, brief } = await outcomesOf(kayenta.baseUrl, '--timeout', '1');
    expect(brief).toEqual([
      'config b: broken',
      'config a: taken',
      `run ${runIdOf(1)}: broken`,
      `run ${runIdOf(0)}: taken`,
      `series ${listIdOf(0)}: taken`,
    ]);
    expect(outcomes[0]?.why).toMatch(why);
    // A connection may break because it was idle for long: that is worth one more try.
    const tries = kayenta.requests.filter((request) => request === '/canaryConfig/b').length;
    expect(tries).toBe(fault === 'hang-up' ? 2 : 1);
    expect(code).toBe(1);
  });

  it('takes a run without its series when they are gone, and brings those later that come back', async () => {
    const { runs, pairLists } = goldenRuns(2);
    const [run0, run1] = [runs[runIdOf(0)], runs[runIdOf(1)]];
    const { metricSetPairListId: _, ...withoutSeries } = run0 ?? {};
    await start({
      runs: { [runIdOf(0)]: withoutSeries, [runIdOf(1)]: run1, gone: { ...run1, metricSetPairListId: 'x' } },
      pairLists,
    });
    kayenta.faults.set(`/metricSetPairList/${listIdOf(1)}`, 'error');
    const { code, brief, outcomes } = await outcomesOf(kayenta.baseUrl);
    expect(brief).toEqual([
      'run gone: taken',
      'series x: left out',
      `run ${runIdOf(1)}: taken`,
      `series ${listIdOf(1)}: broken`,
      `run ${runIdOf(0)}: taken`,
    ]);
    expect(outcomes[1]?.why).toBe('no longer in Kayenta: 404: No such object named x');
    expect(code).toBe(1);
    expect(await get(`/canary/${runIdOf(1)}`)).not.toHaveProperty('metricSetPairListId');
    kayenta.faults.clear();
    expect(await outcomesOf(kayenta.baseUrl)).toMatchObject({
      code: 0,
      brief: [
        'run gone: already there',
        'series x: left out',
        `run ${runIdOf(1)}: already there`,
        `series ${listIdOf(1)}: taken`,
        `run ${runIdOf(0)}: already there`,
      ],
    });
    const { metricSetPairListId } = await get(`/canary/${runIdOf(1)}`);
    expect(await get(`/metricSetPairList/${metricSetPairListId}`)).toEqual(pairLists[listIdOf(1)]);
  });

  it('takes a run whose exception cannot be read in part, says so, and does not say so again', async () => {
    const { result: _, metricSetPairListId: __, ...failed } = goldenRuns(1).runs[runIdOf(0)] ?? {};
    const exception = { timestamp: 'yesterday', details: { errors: ['no such template'] } };
    await start({
      runs: {
        [runIdOf(0)]: { ...failed, status: 'failed_continue', exception },
        [runIdOf(1)]: { ...failed, status: 'terminal', exception: 42 },
        [runIdOf(2)]: { ...failed, status: 'terminal', exception: 'Unable to resolve account x.' },
      },
    });
    const { code, outcomes, brief } = await outcomesOf(kayenta.baseUrl);
    expect(code).toBe(1);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: runIdOf(1), why: 'exception: 42 says nothing that can be read' }),
        expect.objectContaining({
          id: runIdOf(0),
          why: 'exception.timestamp: "yesterday" is no time; the run\'s end is kept',
        }),
      ]),
    );
    expect(brief.sort()).toEqual([
      `run ${runIdOf(0)}: taken in part`,
      `run ${runIdOf(1)}: taken in part`,
      `run ${runIdOf(2)}: taken`,
    ]);
    const served = await get(`/canary/${runIdOf(0)}`);
    expect(served).toMatchObject({
      status: 'terminal',
      exception: { timestamp: served.endTimeMillis, details: { errors: ['no such template'] } },
    });
    expect((await get(`/canary/${runIdOf(2)}`)).exception.details.errors).toEqual(['Unable to resolve account x.']);
    expect(await get(`/canary/${runIdOf(1)}`)).not.toHaveProperty('exception');
    const again = await outcomesOf(kayenta.baseUrl);
    expect(again).toMatchObject({ code: 0 });
    expect(again.brief.every((line) => line.endsWith('already there'))).toBe(true);
  });

  it('leaves alone what differs, and replaces it when told to', async () => {
    const { runs, pairLists } = goldenRuns(1);
    await start({ configs: { a: config('one') }, runs, pairLists });
    await service.http.inject({
      method: 'POST',
      url: '/canaryConfig',
      payload: { ...config('one'), id: 'a', description: 'mended here', classifier: { groupWeights: { group: 50 } } },
    });
    await service.http.inject({
      method: 'POST',
      url: `/canaryResultArchive?pipelineId=${runIdOf(0)}`,
      payload: { ...runs[runIdOf(0)], application: 'another' },
    });
    const { code, outcomes } = await outcomesOf(kayenta.baseUrl);
    expect(outcomes).toMatchObject([
      { outcome: 'differs', why: "in classifier, description; --replace takes Kayenta's" },
      { outcome: 'differs', why: "in application; --replace takes Kayenta's" },
    ]);
    expect(code).toBe(1);
    expect((await get('/canaryConfig/a')).description).toBe('mended here');
    const replaced = await outcomesOf(kayenta.baseUrl, '--replace');
    expect(replaced).toMatchObject({ code: 0, brief: ['config a: replaced', `run ${runIdOf(0)}: replaced`] });
    expect(await get('/canaryConfig/a')).not.toHaveProperty('description');
    expect((await get(`/canary/${runIdOf(0)}`)).application).toBe('app');
    expect((await outcomesOf(kayenta.baseUrl)).brief).toEqual([
      'config a: already there',
      `run ${runIdOf(0)}: already there`,
    ]);
  });

  it('takes a config and a run with a metric without a query, as Kayenta has them', async () => {
    const { runs, pairLists } = goldenRuns(1);
    const bare = { ...config('bare'), metrics: [{ name: 'errors', scopeName: 'default' }] };
    await start({ configs: { a: bare }, runs: { [runIdOf(0)]: { ...runs[runIdOf(0)], config: bare } }, pairLists });
    expect((await outcomesOf(kayenta.baseUrl)).brief).toEqual([
      'config a: taken',
      `run ${runIdOf(0)}: taken`,
      `series ${listIdOf(0)}: taken`,
    ]);
    expect((await get('/canaryConfig/a')).metrics).toMatchObject([{ name: 'errors' }]);
    expect((await get('/canaryConfig/a')).metrics[0]).not.toHaveProperty('query');
    expect((await outcomesOf(kayenta.baseUrl)).code).toBe(0);
  });

  it('sees no difference in times, escapes, and lists that are absent or empty', async () => {
    const { metrics = [], ...rest } = config('one');
    const [metric] = metrics;
    const query = { type: 'fake', metricName: 'm', customInlineTemplate: 'up{pod="$\\{scope}"}' };
    const kayentas = { ...rest, metrics: [{ name: metric?.name, query, scopeName: 'default' }], updatedTimestamp: 5 };
    await start({ configs: { a: kayentas } });
    const ours = { ...query, customInlineTemplate: 'up{pod="${scope}"}' };
    const payload = { ...rest, id: 'a', templates: {}, metrics: [{ ...metric, groups: [], query: ours }] };
    await service.http.inject({ method: 'POST', url: '/canaryConfig', payload });
    expect((await outcomesOf(kayenta.baseUrl)).brief).toEqual(['config a: already there']);
  });

  it('gives a name that two configs want to the same one every time, and says what Haldane said to the other', async () => {
    await start({ configs: { a: config('same'), b: config('same') } });
    for (const first of ['taken', 'already there']) {
      const { code, outcomes } = await outcomesOf(kayenta.baseUrl);
      expect(code).toBe(1);
      expect(outcomes).toMatchObject([
        { id: 'b', outcome: first },
        {
          id: 'a',
          outcome: 'refused',
          why: "400: Canary config with name 'same' already exists in the scope of applications [shop].",
        },
      ]);
    }
  });

  it('reads the account it is told to, and repeats what Kayenta says of one it does not know', async () => {
    await start({ configs: { a: config('one') }, ...goldenRuns(1) });
    expect((await run(kayenta.baseUrl, '--account', 'kayenta-store')).code).toBe(0);
    expect(kayenta.requests).toEqual([
      '/canaryConfig?configurationAccountName=kayenta-store',
      '/canaryResultArchive?storageAccountName=kayenta-store',
      '/canaryConfig/a?configurationAccountName=kayenta-store',
      `/canaryResultArchive/${runIdOf(0)}?storageAccountName=kayenta-store`,
      `/metricSetPairList/${listIdOf(0)}?accountName=kayenta-store`,
    ]);
    expect(await run(kayenta.baseUrl, '--account', 'other')).toMatchObject({
      code: 3,
      err: `haldane: Kayenta at ${kayenta.baseUrl} cannot be read: GET /canaryConfig: 400: Unable to resolve account other.\n`,
    });
  });

  it('shows a counter to who watches, and only to them', async () => {
    await start({ configs: { a: config('one') }, ...goldenRuns(3) });
    const args = ['import', 'kayenta', kayenta.baseUrl, '--to', haldane];
    const watched = await runHaldane(args, true);
    expect(watched.err).toBe('\rconfigs 1/1\r\u001b[K\rruns 1/3\rruns 2/3\rruns 3/3\r\u001b[K');
    expect((await runHaldane(args)).err).toBe('');
  });

  it('ends with 3 when nobody answers, on either side', async () => {
    await start({});
    const nobody = await startLoopback(() => {});
    await nobody.stop();
    expect(await run(nobody.baseUrl)).toMatchObject({
      code: 3,
      err: `haldane: Kayenta cannot be reached at ${nobody.baseUrl}: ECONNREFUSED\n`,
    });
    expect(await runHaldane(['import', 'kayenta', kayenta.baseUrl, '--to', nobody.baseUrl])).toMatchObject({
      code: 3,
      err: `haldane: Haldane cannot be reached at ${nobody.baseUrl}: ECONNREFUSED\n`,
    });
    expect((await runHaldane(['import', 'kayenta', haldane, '--to', kayenta.baseUrl])).err).toMatch(
      /is not ready: 404/,
    );
    kayenta.faults.set('/canaryConfig', 'page');
    expect((await run(kayenta.baseUrl)).err).toMatch(/cannot be read: GET \/canaryConfig: not JSON/);
    kayenta.faults.clear();
    expect(await run(kayenta.baseUrl)).toEqual({ code: 0, out: 'There is nothing to take.\n', err: '' });
  });

  it('reports what it has done when Kayenta goes away', async () => {
    await start({ configs: { a: config('one'), b: config('two') } });
    service.http.server.prependListener('request', ({ method }) => {
      if (method === 'POST') void kayenta.stop();
    });
    const { code, out, err } = await run(kayenta.baseUrl);
    expect(code).toBe(3);
    expect(out).toMatch(/config +b +two +taken/);
    expect(err).toMatch(/Kayenta cannot be reached/);
    await start({});
  });
});

describe('a run that Haldane refuses', () => {
  it('has its series taken back that were brought for it', async () => {
    const { promise: never, resolve } = Promise.withResolvers<[]>();
    const busy = await createTestService({ providers: [fakeProvider(() => never)] });
    const url = await busy.http.listen({ host: '127.0.0.1', port: 0 });
    const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
    const { canaryExecutionId: id } = (await busy.http.inject({ method: 'POST', url: '/canary', payload })).json();
    const { runs, pairLists } = goldenRuns(1);
    const kayenta = await startKayentaStandIn({ runs: { [id]: runs[runIdOf(0)] }, pairLists });
    const { code, out } = await runHaldane(['import', 'kayenta', kayenta.baseUrl, '--to', url, '--json']);
    expect(JSON.parse(out).outcomes).toMatchObject([
      { what: 'run', id, outcome: 'refused', why: `400: The canary result '${id}' already exists; PUT replaces it.` },
    ]);
    expect(code).toBe(1);
    expect((await busy.http.inject('/metricSetPairList')).json()).toEqual([]);
    resolve([]);
    await Promise.all([busy.close(), kayenta.stop()]);
  });
});
