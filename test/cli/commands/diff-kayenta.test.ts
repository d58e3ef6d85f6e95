import { afterEach, describe, expect, it, vi } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import { createTestService } from '../../support/http/test-service.ts';
import {
  type KayentaContents,
  type KayentaStandIn,
  startKayentaStandIn,
} from '../../support/servers/kayenta-stand-in.ts';
import { startLoopback } from '../../support/servers/loopback-server.ts';
import { type GoldenRun, goldenRuns, listIdOf, runIdOf } from '../kayenta/golden-runs.ts';
import { runHaldane } from '../run-haldane.ts';

// The first call loads the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let kayenta: KayentaStandIn;
afterEach(() => kayenta.stop());

const start = async (contents: KayentaContents) => {
  kayenta = await startKayentaStandIn(contents);
};
const diff = (...options: string[]) => runHaldane(['diff', 'kayenta', kayenta.baseUrl, ...options]);
const diffJson = async (...options: string[]) => {
  const { code, out } = await diff('--json', ...options);
  return { code, ...JSON.parse(out) };
};

/** The run with other labels and another score than Kayenta's judge gave. */
function altered(run: GoldenRun | undefined, classification: string, score: number): GoldenRun {
  if (run === undefined) throw new Error('no such run');
  const { judgeResult } = run.result;
  const results = judgeResult.results.map((result) => ({ ...result, classification }));
  const whole = { ...judgeResult.score, score };
  return { ...run, result: { ...run.result, judgeResult: { ...judgeResult, results, score: whole } } };
}

describe('haldane diff kayenta', () => {
  it("finds every recorded verdict of Kayenta's judge again", async () => {
    await start(goldenRuns());
    const { code, out } = await diff('--last', '1000', '--only-differences');
    expect(out).toBe('runs: 578 equal, 0 different, 0 unjudgeable; metrics: 1050 equal, 0 different\n');
    expect(code).toBe(0);
  });

  it('shows metric by metric where the verdicts part', async () => {
    const { runs, pairLists } = goldenRuns(2);
    await start({ runs: { ...runs, [runIdOf(1)]: altered(runs[runIdOf(1)], 'Low', 12.5) }, pairLists });
    const { code, out } = await diff();
    expect(code).toBe(1);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['', 'APPLICATION', 'CONFIG', 'RUN', 'METRIC', 'KAYENTA', 'HALDANE', 'RATIO KAYENTA', 'RATIO HALDANE'],
      ['≠', 'app', 'sizes-001-n2-x1-1', runIdOf(1), 'queue depth', 'Low', 'High', '1.04447', '1.04447'],
      ['≠', 'app', 'sizes-001-n2-x1-1', runIdOf(1), '(score)', 'Fail 12.5', 'Fail 0'],
      ['=', 'app', 'sizes-000-n1-x1-1', runIdOf(0), 'error rate', 'Error', 'Error', '-', '-'],
      ['=', 'app', 'sizes-000-n1-x1-1', runIdOf(0), '(score)', 'Pass 100', 'Pass 100'],
      [''],
      ['runs: 1 equal, 1 different, 0 unjudgeable; metrics: 1 equal, 1 different'],
      [''],
    ]);
    const short = await diff('--only-differences');
    expect(short.out).not.toContain('=');
    expect(short.out).toContain('Fail 12.5');
  });

  it('answers the same as JSON', async () => {
    const { runs, pairLists } = goldenRuns(1);
    await start({ runs: { [runIdOf(0)]: altered(runs[runIdOf(0)], 'Pass', 100) }, pairLists });
    expect(await diffJson()).toEqual({
      code: 1,
      runs: [
        {
          application: 'app',
          config: 'sizes-000-n1-x1-1',
          runId: runIdOf(0),
          comparison: {
            metrics: [
              {
                metric: 'error rate',
                tags: {},
                kayenta: { classification: 'Pass' },
                haldane: { classification: 'Error' },
                equal: false,
              },
            ],
            score: {
              kayenta: { score: 100, classification: 'Pass' },
              haldane: { score: 100, classification: 'Pass' },
              equal: true,
            },
            equal: false,
          },
        },
      ],
      summary: { runs: { equal: 0, different: 1, unjudgeable: 0 }, metrics: { equal: 0, different: 1 } },
    });
  });

  it('counts a metric that only one side has as different', async () => {
    const { runs, pairLists } = goldenRuns(1);
    const [pair] = pairLists[listIdOf(0)] ?? [];
    const more = [pair, { ...pair, id: 'another', tags: { zone: 'a' } }];
    await start({ runs, pairLists: { [listIdOf(0)]: more } });
    const { out } = await diff();
    expect(out).toMatch(/≠ .* error rate \{zone=a\} +- +Error/);
    expect(out).toMatch(/metrics: 1 equal, 1 different\n$/);
  });

  it('says of every run that cannot be judged again why', async () => {
    const { runs, pairLists } = goldenRuns(9);
    const [ok, failed, gone, bare, dredd, broken, slow, garbled, oneSided] = Object.values(runs);
    const { result: _, ...noResult } = failed ?? {};
    const { metricSetPairListId: _id, ...noSeries } = bare ?? {};
    const byDredd = structuredClone(dredd);
    Object.assign(byDredd?.result.judgeResult ?? {}, { judgeName: 'dredd-v1.0' });
    await start({
      runs: {
        [runIdOf(0)]: ok,
        [runIdOf(1)]: { ...noResult, status: 'terminal' },
        [runIdOf(2)]: { ...gone, metricSetPairListId: 'deleted' },
        [runIdOf(3)]: noSeries,
        [runIdOf(4)]: byDredd,
        [runIdOf(5)]: broken,
        [runIdOf(6)]: slow,
        [runIdOf(7)]: garbled,
        [runIdOf(8)]: oneSided,
      },
      pairLists: {
        ...pairLists,
        [listIdOf(7)]: [{ name: 'm', values: { control: ['many'], experiment: [] } }],
        [listIdOf(8)]: [{ name: 'm', values: { control: [1] } }],
      },
    });
    kayenta.faults
      .set(`/canaryResultArchive/${runIdOf(5)}`, 'error')
      .set(`/metricSetPairList/${listIdOf(6)}`, 'silence');
    const { code, runs: compared, summary } = await diffJson('--timeout', '1');
    expect(summary.runs).toEqual({ equal: 1, different: 0, unjudgeable: 8 });
    expect(code).toBe(0);
    expect(compared.map(({ unjudgeable }: { unjudgeable?: string }) => unjudgeable)).toEqual([
      "Metric 'm' is not in the config; the config has: 'gc.pause'.",
      'its series: [0].values.control[0]: "many" is not a number; write a JSON number, "Infinity", or "NaN" for a gap',
      'its series: no answer in 1000 ms',
      '500: S3 is slow today',
      expect.stringMatching(/^was judged by 'dredd-v1.0', which is not here; --judge takes NetflixACAJudge-v1.0/),
      'it names no series',
      'its series: 404: No such object named deleted',
      'it ended terminal, without a verdict',
      undefined,
    ]);
    kayenta.faults.clear();
    expect((await diff()).out).toMatch(/UNJUDGEABLE +WHY\n/);
  });

  it('does not call it equal when nothing could be compared', async () => {
    await start({});
    expect(await diff()).toEqual({
      code: 1,
      out: 'runs: 0 equal, 0 different, 0 unjudgeable; metrics: 0 equal, 0 different\n',
      err: '',
    });
  });

  it('takes the newest of the archive, as many as it is told', async () => {
    await start(goldenRuns(5));
    const { runs } = await diffJson('--last', '2');
    expect(runs.map(({ runId }: { runId: string }) => runId)).toEqual([runIdOf(4), runIdOf(3)]);
  });

  it('takes the newest live runs of the applications it is told', async () => {
    const { runs, pairLists } = goldenRuns(6);
    const applications = ['shop', 'search', 'other', 'shop', 'shop', 'search'];
    const liveRuns = Object.values(runs).map((run, index) => ({
      ...run,
      application: applications[index] ?? '',
      status: index === 4 ? 'terminal' : 'succeeded',
    }));
    await start({ liveRuns, pairLists });
    const { code, runs: compared } = await diffJson('--application', 'shop,search', '--last', '3');
    expect(compared.map(({ runId }: { runId: string }) => runId)).toEqual([runIdOf(5), runIdOf(3), runIdOf(1)]);
    expect(code).toBe(0);
    expect(kayenta.requests).toContain('/canary/executions?application=shop&limit=3&statuses=succeeded');
    expect(kayenta.requests).toContain(`/metricSetPairList/${listIdOf(5)}?accountName=kayenta-store`);
  });

  it('judges with another judge when it is told to, and knows which there are', async () => {
    await start(goldenRuns(3));
    const { code, summary } = await diffJson('--judge', 'NetflixACAJudge-v1.0');
    expect(summary.runs.equal).toBe(3);
    expect(code).toBe(0);
    const names = createJudges({}).map(({ name }) => name);
    expect(await diff('--judge', 'Solomon')).toEqual({
      code: 64,
      out: '',
      err: `haldane: --judge: 'Solomon' is not known; known: ${names.join(', ')} (haldane diff kayenta --help)\n`,
    });
    const other = names.at(-1) ?? '';
    expect((await diffJson('--judge', other)).summary.runs.unjudgeable).toBe(0);
  });

  it('lets a running Haldane judge', async () => {
    const service = await createTestService({ judges: createJudges({}) });
    const haldane = await service.http.listen({ host: '127.0.0.1', port: 0 });
    // Settings that are `null`, NaN, and other things that can be lost on the way.
    await start(goldenRuns(100, 'configedge'));
    const { code, summary } = await diffJson('--to', haldane);
    expect(summary.runs).toEqual({ equal: 22, different: 0, unjudgeable: 0 });
    expect(code).toBe(0);
    expect((await diff('--to', haldane, '--judge', 'Solomon')).code).toBe(64);
    await service.close();
  });

  it('ends with 3 when nobody answers, on either side', async () => {
    await start(goldenRuns(1));
    const nobody = await startLoopback(() => {});
    await nobody.stop();
    expect(await runHaldane(['diff', 'kayenta', nobody.baseUrl])).toMatchObject({ code: 3, out: '' });
    expect(await diff('--to', nobody.baseUrl)).toMatchObject({ code: 3, out: '' });
    expect((await diff('--to', kayenta.baseUrl)).err).toMatch(/cannot judge: GET \/judges: 404/);
  });
});
