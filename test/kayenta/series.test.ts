import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const START = Date.parse('2026-01-01T12:00:00Z') / 1000;
const MINUTES = 60;

interface Absent {
  /** the minutes that have no point, by side */
  readonly control?: (minute: number) => boolean;
  readonly experiment?: (minute: number) => boolean;
}

let absent: Absent = {};
let asked: Record<string, string>[] = [];
let store: LoopbackServer;
let service: TestService;
beforeAll(async () => {
  store = await startLoopback(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push(form);
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: seriesFor(form) } }));
  });
  const account = { name: 'prom', type: 'prometheus', endpoint: { baseUrl: store.baseUrl } };
  const metricsStores = [providers.find(({ type }) => type === 'prometheus')?.Account.parse(account)];
  service = await createTestService({
    ...{ providers, judges: createJudges({}) },
    metricsStores: metricsStores.filter((one) => one !== undefined),
  });
});
afterAll(() => Promise.all([service.close(), store.stop()]));

/** As Prometheus: the end belongs to the range, and a point that is missing is not there. */
function seriesFor({ query = '', start, end, step }: Record<string, string>) {
  const [from, to, every] = [start, end, step].map(Number) as [number, number, number];
  const isAbsent = absent[query.includes('canary') ? 'experiment' : 'control'] ?? (() => false);
  const values: [number, string][] = [];
  for (let at = from; at <= to; at += every) {
    const minute = Math.round((at - START) / 60);
    if (!isAbsent(minute)) values.push([at, String(100 + ((minute * 7919) % 23))]);
  }
  return values.length === 0 ? [] : [{ metric: {}, values }];
}

async function judged(judge: string, fields: Record<string, unknown> = {}, window: Record<string, unknown> = {}) {
  const side = (scope: string) => ({
    ...{ scope, location: 'x', start: new Date(START * 1000).toISOString(), step: 60 },
    end: new Date((START + MINUTES * 60) * 1000).toISOString(),
    ...window,
  });
  asked = [];
  const answer = await service.http.inject({
    method: 'POST',
    url: '/canary?wait=20s',
    payload: {
      canaryConfig: {
        name: 'c',
        judge: { name: judge, judgeConfigurations: {} },
        metrics: [
          {
            name: 'latency',
            query: { type: 'prometheus', customInlineTemplate: `PromQL:latency{of="\${scope}"} + ${Math.random()}` },
            groups: ['g'],
            analysisConfigurations: { canary: { direction: 'either', ...fields } },
            scopeName: 'default',
          },
        ],
        classifier: { groupWeights: { g: 100 } },
      },
      executionRequest: {
        scopes: { default: { controlScope: side('baseline'), experimentScope: side('canary') } },
        thresholds: { pass: 95, marginal: 75 },
      },
    },
  });
  const run = answer.json();
  const [pair] = (await service.http.inject(`/metricSetPairList/${run.metricSetPairListId}`)).json();
  return { run, pair, id: run.pipelineId };
}

const OURS = ['WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0'];
const REPLACE = { nanStrategy: 'replace' };
const isSilent = (minute: number) => minute >= 31;

describe('what a judge is given', () => {
  it("an hour at 60 s has 61 points for Kayenta's judge, asked up to the true end", async () => {
    absent = {};
    const { pair } = await judged('NetflixACAJudge-v1.0');
    expect(pair.values.control).toHaveLength(61);
    expect(pair.values.experiment).toHaveLength(61);
    expect(asked.map(({ end }) => end)).toEqual([String(START + 3600), String(START + 3600)]);
    expect(pair.attributes.control).toMatchObject({ window: 'closed', gaps: 'squeezed' });
  });

  it.each(OURS)('and 60 for %s', async (judge) => {
    absent = {};
    const { pair } = await judged(judge);
    expect(pair.values.control).toHaveLength(60);
    expect(asked.map(({ end }) => end)).toEqual([String(START + 3599.999), String(START + 3599.999)]);
    expect(pair.attributes.control).toMatchObject({ window: 'halfOpen', gaps: 'kept' });
  });

  it("a canary that falls silent passes Kayenta's judge with `nanStrategy: replace`, and the report says why", async () => {
    absent = { experiment: isSilent };
    const { run, pair, id } = await judged('NetflixACAJudge-v1.0', REPLACE);
    expect(pair.values.experiment).toHaveLength(31);
    expect(run.result.judgeResult.score).toMatchObject({ score: 100, classification: 'Pass' });
    const note = 'Canary misses 30 of 61 points; as in Kayenta they are left out, and later values move up.';
    const report = (await service.http.inject(`/reports/${id}.json`)).json();
    expect(report.metrics[0].quality).toContain(note);
    const words = 'as Kayenta fetches them: with the point at the end of the window';
    expect(report.series.join()).toContain(words);
    for (const ending of ['md', 'junit.xml', 'html']) {
      expect((await service.http.inject(`/reports/${id}.${ending}`)).body, ending).toContain(words);
    }
  });

  it.each(OURS)('and fails %s, which sees the zeros', async (judge) => {
    absent = { experiment: isSilent };
    const { run, pair } = await judged(judge, REPLACE);
    expect(pair.values.experiment).toHaveLength(60);
    expect(run.result.judgeResult.score).toMatchObject({ score: 0, classification: 'Fail' });
  });

  it.each([
    ['gaps in the baseline only', { control: (minute: number) => minute % 3 === 0 }, [40, 61]],
    ['gaps on both sides', { control: isSilent, experiment: (minute: number) => minute < 20 }, [31, 41]],
    ['a start without points', { control: (minute: number) => minute < 5 }, [56, 61]],
    ['the last point missing', { experiment: (minute: number) => minute === 60 }, [61, 60]],
    ['one side without any point', { experiment: () => true }, [61, 60]],
    ['a single point', { control: (minute: number) => minute !== 7 }, [1, 61]],
  ])("Kayenta's judge gets %s squeezed: %o", async (_, which, lengths) => {
    absent = which;
    const { pair } = await judged('NetflixACAJudge-v1.0', REPLACE);
    expect([pair.values.control.length, pair.values.experiment.length]).toEqual(lengths);
    // A side without any series is one of the window, padded with NaN.
    const gaps = pair.values.experiment.filter((value: unknown) => value === 'NaN');
    expect(gaps).toHaveLength(_ === 'one side without any point' ? 60 : 0);
  });

  it('a side is not fetched again because the other begins with a gap', async () => {
    absent = { control: (minute: number) => minute === 1 };
    const { pair } = await judged('NetflixACAJudge-v1.0');
    expect(asked).toHaveLength(2);
    expect(pair.scopes.control.stepMillis).toBe(120_000);
    expect(pair.values.control).toHaveLength(60);
  });

  it('two judges that need different series of one window do not share an answer', async () => {
    absent = {};
    const query = { type: 'prometheus', customInlineTemplate: 'PromQL:shared' };
    const lengths = [];
    for (const name of ['NetflixACAJudge-v1.0', ...OURS, 'NetflixACAJudge-v1.0']) {
      const scope = { scope: 's', start: '2026-01-01T12:00:00Z', end: '2026-01-01T13:00:00Z', step: 60 };
      const payload = {
        canaryConfig: {
          name: 'c',
          judge: { name },
          metrics: [{ name: 'm', query, scopeName: 'default' }],
          classifier: {},
        },
        executionRequest: {
          scopes: { default: { controlScope: scope, experimentScope: scope } },
          thresholds: { pass: 95, marginal: 75 },
        },
      };
      const run = (await service.http.inject({ method: 'POST', url: '/canary?wait=20s', payload })).json();
      const [pair] = (await service.http.inject(`/metricSetPairList/${run.metricSetPairListId}`)).json();
      lengths.push(pair.values.control.length);
    }
    expect(lengths).toEqual([61, 60, 60, 61]);
  });
});
