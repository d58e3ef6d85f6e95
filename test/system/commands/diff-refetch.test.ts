import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import { providers } from '../../../providers/index.ts';
import { readConfig } from '../../../src/config/config.ts';
import type { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { runHaldane } from '../../cli/run-haldane.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { type KayentaStandIn, startKayentaStandIn } from '../../support/servers/kayenta-stand-in.ts';
import { startLoopback } from '../../support/servers/loopback-server.ts';
import { type RangeStandIn, startRangeStandIn } from '../../support/servers/range-stand-in.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const START = Date.parse('2026-01-01T00:00:00Z') / 1000;
const CONFIG = configOf(0, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: ['errors', 'latency'].map((name) => ({
    name,
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:sum(${name}{version="$\{scope}"})`,
    },
    groups: ['group'],
    scopeName: 'default',
    analysisConfigurations: { canary: { direction: 'either' } },
  })),
});
const minuteOf = (seconds: number) => (seconds - START) / 60;
const steady = (query: string, seconds: number) =>
  100 + ((minuteOf(seconds) * 7) % 5) + (query.includes('latency') ? 50 : 0);

let prometheus: RangeStandIn;
let service: TestService;
let haldane: string;
let kayenta: KayentaStandIn;

beforeEach(async () => {
  prometheus = await startRangeStandIn(steady);
  const text = `accounts: [{ name: prom, type: prometheus, endpoint: { baseUrl: "${prometheus.baseUrl}" } }]`;
  const { accounts } = readConfig({ text, environment: {}, providers });
  service = await createTestService({ providers, judges: createJudges({}), metricsStores: accounts as never });
  haldane = await service.http.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await service.close();
  await Promise.all([prometheus.stop(), kayenta?.stop()]);
});

type Recorded = CanaryExecutionStatusResponse;
interface Pair {
  attributes: Record<'control' | 'experiment', Record<string, string>>;
  values: { control: unknown[]; experiment: unknown[] };
}

/** A run and its series as Kayenta would have recorded them: Haldane fetches them once, and forgets them. */
async function record(id: string, changes: (run: Recorded, pairs: Pair[]) => void = () => {}) {
  const payload = { canaryConfig: CONFIG, executionRequest: requestOf() };
  const started = await service.http.inject({
    method: 'POST',
    url: '/canary?metricsAccountName=prom&wait=60s',
    payload,
  });
  const { canaryExecutionId, fetchReport: _, warnings: __, ...run } = started.json();
  const pairs = (await service.http.inject(`/metricSetPairList/${run.metricSetPairListId}`)).json();
  await service.http.inject({ method: 'DELETE', url: `/canary/${canaryExecutionId}` });
  await service.http.inject({ method: 'DELETE', url: `/metricSetPairList/${run.metricSetPairListId}` });
  // Kayenta does not say how it fetched.
  for (const pair of pairs)
    for (const side of Object.values(pair.attributes)) delete (side as { leftOut?: string }).leftOut;
  const recorded = { ...run, pipelineId: id, metricSetPairListId: `of-${id}` };
  changes(recorded, pairs);
  return { run: recorded as Recorded, pairs };
}

async function start(...recorded: { run: Recorded; pairs: Pair[] }[]) {
  kayenta = await startKayentaStandIn({
    runs: Object.fromEntries(recorded.map(({ run }) => [run.pipelineId, run])),
    pairLists: Object.fromEntries(recorded.map(({ run, pairs }) => [`of-${run.pipelineId}`, pairs])),
  });
}

const diff = (...options: string[]) =>
  runHaldane(['diff', 'kayenta', kayenta.baseUrl, '--to', haldane, '--refetch', ...options]);
const diffJson = async (...options: string[]) => {
  const { code, out } = await diff('--json', ...options);
  return { code, ...JSON.parse(out) };
};
const nothingStays = async () => {
  expect(await service.store.runs.ids()).toEqual([]);
  expect(await service.store.metricSetPairLists.keys()).toEqual([]);
};

describe('haldane diff kayenta --refetch', () => {
  it('fetches and judges anew, finds the same, and leaves nothing behind', async () => {
    await start(await record('one'), await record('two'));
    const { code, out } = await diff();
    const cells = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(cells[0]?.slice(-3)).toEqual(['POINTS KAYENTA', 'POINTS HALDANE', 'SERIES']);
    expect(cells[1]).toEqual(expect.arrayContaining(['=', 'two', 'errors', 'Pass', '61/61', 'as recorded']));
    expect(out).toContain(
      'series: 4 as recorded, 0 other points, 0 other values, 0 not recorded, 0 not fetched\n' +
        'runs: 2 equal, 0 different, 0 unjudgeable; metrics: 4 equal, 0 different\n',
    );
    expect(code).toBe(0);
    await nothingStays();
  });

  it('shows the point at the end of the window that one of the two did not fetch', async () => {
    await start(
      await record('one', (_, pairs) => {
        for (const { values } of pairs) for (const side of [values.control, values.experiment]) side.pop();
      }),
    );
    const { code, runs, summary } = await diffJson();
    expect(code).toBe(0);
    expect(summary.series).toEqual({ none: 0, points: 2, values: 0, notRecorded: 0, notFetched: 0 });
    expect(runs[0].comparison.metrics[0].series).toEqual({
      kayenta: { control: { points: 60, missing: 0 }, experiment: { points: 60, missing: 0 } },
      haldane: { control: { points: 61, missing: 0 }, experiment: { points: 61, missing: 0 } },
      difference: 'points',
    });
    expect((await diff()).out).toMatch(/errors .* 60\/60 +61\/61 +other points\n/);
  });

  it('shows gaps that are left out here and were kept there', async () => {
    prometheus.valueAt = (query, seconds) =>
      query.includes('v2') && minuteOf(seconds) >= 31 ? undefined : steady(query, seconds);
    await start(
      await record('one', (_, pairs) => {
        for (const { values } of pairs) values.experiment.push(...Array.from({ length: 30 }, () => 'NaN'));
      }),
    );
    const { runs } = await diffJson();
    expect(runs[0].comparison.metrics[0].series).toMatchObject({
      kayenta: { experiment: { points: 61, missing: 30 } },
      haldane: { control: { points: 61 }, experiment: { points: 31, missing: 0, leftOut: 30 } },
      difference: 'points',
    });
    expect((await diff()).out).toMatch(/61\/61 \(0\/30 missing\) +61\/31 \(0\/30 left out\) +other points\n/);
  });

  it('tells other values of the store from another verdict on the same series', async () => {
    await start(
      await record('values', (_, [pair]) => {
        pair?.values.experiment.splice(3, 1, 999);
      }),
      await record('verdict', ({ result }) => {
        Object.assign(result?.judgeResult.results[1] ?? {}, { classification: 'High' });
        Object.assign(result?.judgeResult.score ?? {}, { score: 50, classification: 'Fail' });
      }),
      await record('digits', (_, [pair]) => {
        if (pair !== undefined) pair.values.control = pair.values.control.map((value) => Number(value) * (1 + 1e-12));
      }),
    );
    const { code, runs, summary } = await diffJson();
    const [digits, verdict, values] = runs;
    expect(values.comparison).toMatchObject({ equal: true, metrics: [{ series: { difference: 'values' } }, {}] });
    expect(verdict.comparison).toMatchObject({
      equal: false,
      metrics: [{ equal: true }, { equal: false, kayenta: { classification: 'High' }, series: { difference: 'none' } }],
      score: { kayenta: { score: 50 }, haldane: { score: 100 } },
    });
    expect(digits.comparison).toMatchObject({ metrics: [{ series: { difference: 'none' } }, {}] });
    expect(summary.runs).toEqual({ equal: 2, different: 1, unjudgeable: 0 });
    expect(code).toBe(1);
  });

  it('judges with another judge on the series that one needs', async () => {
    await start(await record('one'));
    const { runs } = await diffJson('--judge', 'WelchTJudge-v1.0');
    expect(runs[0].comparison.metrics[0].series).toMatchObject({
      kayenta: { control: { points: 61 } },
      haldane: { control: { points: 60 } },
      difference: 'points',
    });
    await nothingStays();
  });

  it('compares verdicts also where the recorded series are gone, and metrics that only one side has', async () => {
    await start(
      await record('gone', (run) => Object.assign(run, { metricSetPairListId: 'deleted' })),
      await record('more', ({ result }) => {
        const [first] = result?.judgeResult.results ?? [];
        result?.judgeResult.results.push({ ...(first as NonNullable<typeof first>), name: 'old', id: 'old' });
      }),
    );
    const { runs, summary } = await diffJson();
    expect(runs[1].comparison).toMatchObject({ equal: true, metrics: [{ series: { difference: 'notRecorded' } }, {}] });
    expect(runs[0].comparison.metrics[2]).toMatchObject({ metric: 'old', equal: false, kayenta: {} });
    expect(runs[1].notRecorded).toBe('its series: 404: No such object named deleted');
    expect((await diff()).out).toMatch(/^gone +its series: 404: No such object named deleted$/m);
    expect(summary.series).toMatchObject({ notRecorded: 3 });
  });

  it('says of every run that could not be run again why, and leaves nothing behind', async () => {
    prometheus.valueAt = (query, seconds) => (query.includes('refused') ? 'refused' : steady(query, seconds));
    await start(
      await record('ok'),
      await record('failed', (run) => Object.assign(run, { result: undefined, status: 'terminal' })),
      await record('account', (run) => Object.assign(run, { metricsAccountName: 'prom-eu' })),
      await record('query', ({ config }) => {
        Object.assign(config.metrics?.[0] ?? {}, {
          query: { type: 'prometheus', customInlineTemplate: 'PromQL:refused(${scope})' },
        });
      }),
      await record('template', ({ config }) => {
        Object.assign(config.metrics?.[0] ?? {}, { query: { type: 'prometheus', customFilterTemplate: 'none' } });
      }),
      await record('judge', ({ result }) => Object.assign(result?.judgeResult ?? {}, { judgeName: 'dredd-v1.0' })),
    );
    const { code, runs, summary } = await diffJson();
    const why = Object.fromEntries(
      runs.map((run: { runId: string; unjudgeable?: string }) => [run.runId, run.unjudgeable]),
    );
    expect(why).toEqual({
      ok: undefined,
      failed: 'it ended terminal, without a verdict',
      account: expect.stringMatching(/400: Unable to resolve account prom-eu\..*; --metrics-account names another one/),
      query: expect.stringMatching(/^it ended terminal on Haldane: .*unknown function/s),
      template: expect.stringMatching(/^Haldane does not run it: 400: .*none/),
      judge: expect.stringMatching(/^was judged by 'dredd-v1.0', which is not here/),
    });
    expect(summary.runs).toEqual({ equal: 1, different: 0, unjudgeable: 5 });
    expect(code).toBe(0);
    expect((await diffJson('--metrics-account', 'prom')).summary.runs.unjudgeable).toBe(4);
    await nothingStays();
  });

  it('gives up on a verdict after --timeout, and cancels the run', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await start(await record('slow'));
    prometheus.holds = promise;
    // Another window than the recorded one: else Haldane still has the answer.
    const { code, runs } = await diffJson('--timeout', '1', '--judge', 'WelchTJudge-v1.0');
    resolve();
    expect(runs[0].unjudgeable).toMatch(/^no verdict in 1 s, --timeout gives it more; it was canceled: fetch\w+/);
    expect(code).toBe(1);
    await nothingStays();
  });

  it('runs no more than four at a time, and shows a counter to who watches', async () => {
    const recorded = [];
    for (let index = 0; index < 7; index++) {
      recorded.push(
        await record(`run-${index}`, ({ config }) => {
          for (const metric of config.metrics ?? []) {
            Object.assign(metric.query ?? {}, {
              customInlineTemplate: `PromQL:sum(${metric.name}{n="${index}",version="$\{scope}"})`,
            });
          }
        }),
      );
    }
    await start(...recorded);
    const seen: number[] = [];
    prometheus.onQuery = async () => void seen.push((await service.store.runs.unfinished()).length);
    const watched = await runHaldane(['diff', 'kayenta', kayenta.baseUrl, '--to', haldane, '--refetch'], true);
    expect(watched.code).toBe(0);
    expect(watched.err).toContain('runs 7/7');
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    expect(seen.length).toBe(7 * 4);
  });

  it('keeps the runs when told to, and names them', async () => {
    await start(await record('one'));
    const { code, out } = await diff('--keep');
    const [id = ''] = await service.store.runs.ids();
    expect(out).toMatch(new RegExp(`^one +${id} +kept, as asked for$`, 'm'));
    expect(code).toBe(0);
    expect(await service.store.runs.get(id)).toMatchObject({
      application: 'diff-kayenta',
      parentPipelineExecutionId: 'one',
      status: 'succeeded',
    });
    expect(await service.store.metricSetPairLists.keys()).toHaveLength(1);
  });

  it('ends with 1 and names a run that it could not delete', async () => {
    await start(await record('one'));
    service.store.runs.delete = async () => {
      throw new Error('the disk is full');
    };
    const { code, out } = await diff();
    expect(out).toMatch(/^one +\w{26} +500: /m);
    expect(code).toBe(1);
  });

  it('is refused without a Haldane, and its options without it', async () => {
    await start();
    const run = (...options: string[]) => runHaldane(['diff', 'kayenta', kayenta.baseUrl, ...options]);
    expect(await run('--refetch')).toMatchObject({ code: 64, err: expect.stringContaining('name one with --to') });
    for (const option of [['--keep'], ['--metrics-account', 'prom']]) {
      const { code, err } = await run('--to', haldane, ...option);
      expect([code, err]).toEqual([64, `haldane: ${option[0]}: goes with --refetch (haldane diff kayenta --help)\n`]);
    }
    const nobody = await startLoopback(() => {});
    await nobody.stop();
    expect((await run('--refetch', '--to', nobody.baseUrl)).code).toBe(3);
  });
});
