import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VerdictReport } from '../../src/domain/verdict-report.ts';
import { fakeJudge } from '../support/fake-judge.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
/** Lets the metrics store answer. */
let release: () => void;
const held = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  release = resolve;
  return promise;
};
let answers = held();
beforeAll(async () => {
  const provider = fakeProvider(async (request) => {
    await answers;
    return [seriesOf(request, [1, 2, 3])];
  });
  service = await createTestService({ providers: [provider] });
});
afterAll(() => service.close());

const get = (url: string, headers = {}) => service.http.inject({ url, headers });
const verdictAt = async (url: string) => VerdictReport.strict().parse((await get(url)).json());

/** Asks something new each time, so that no answer is taken from the cache. */
let starts = 0;
function newConfig() {
  starts += 1;
  const config = configOf(2);
  const query = (index: number) => ({ type: 'fake', serviceType: 'fake', metricName: `metric_${starts}_${index}` });
  return { ...config, metrics: config.metrics?.map((metric, index) => ({ ...metric, query: query(index) })) };
}

async function start(): Promise<string> {
  const payload = { canaryConfig: newConfig(), executionRequest: requestOf() };
  return (await service.http.inject({ method: 'POST', url: '/canary', payload })).json().canaryExecutionId;
}

async function startAnalysis(on: TestService = service): Promise<string> {
  const scopes = [
    {
      controlScope: 'v1',
      experimentScope: 'v2',
      startTimeIso: '2026-01-01T00:00:00Z',
      endTimeIso: '2026-01-01T02:00:00Z',
    },
  ];
  const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 }, analysisIntervalMins: 60 };
  const payload = { canaryConfig: newConfig(), executionRequest };
  const answer = await on.http.inject({ method: 'POST', url: '/standalone_canary_analysis', payload });
  return answer.json().canaryAnalysisExecutionId;
}

describe.each([
  ['a run', '/canary', start],
  ['an analysis', '/standalone_canary_analysis', () => startAnalysis()],
])('GET …/verdict of %s', (_, path, begin) => {
  it('is whole while nothing is judged, and ends with the verdict that a waiting client is told', async () => {
    answers = held();
    const id = await begin();
    const running = await verdictAt(`${path}/${id}/verdict`);
    expect(running).toMatchObject({ verdict: 'running', done: false, score: null, metrics: 2, counted: 0 });
    expect(running.thresholds).toEqual({ pass: 95, marginal: 75 });
    const waiting = verdictAt(`${path}/${id}/verdict?wait=20s`);
    release();
    const verdict = await waiting;
    expect(verdict).toMatchObject({ verdict: 'pass', done: true, score: 100, progress: 1, secondsLeft: 0 });
    expect(verdict.links.report).toBe(`http://localhost:80/reports/${id}`);
    expect(await verdictAt(`${path}/${id}/verdict`)).toEqual(verdict);
  });

  it('returns when the wait is over, and with Prefer as with the parameter', async () => {
    answers = held();
    const id = await begin();
    expect(await verdictAt(`${path}/${id}/verdict?wait=10ms`)).toMatchObject({ verdict: 'running' });
    const waiting = get(`${path}/${id}/verdict`, { prefer: 'wait=20' });
    release();
    const answer = await waiting;
    expect(answer.json()).toMatchObject({ done: true });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('is text for who accepts nothing else', async () => {
    const id = await begin();
    await verdictAt(`${path}/${id}/verdict?wait=20s`);
    const answer = await get(`${path}/${id}/verdict`, { accept: 'text/plain' });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const [verdict, reason, report, ...rest] = answer.body.split('\n');
    expect([verdict, report, rest]).toEqual(['pass', `http://localhost:80/reports/${id}`, ['']]);
    expect(reason).toMatch(/\.$/);
  });

  it('refuses a wait that is no time, and an id that nobody knows', async () => {
    const id = await begin();
    const odd = await get(`${path}/${id}/verdict?wait=soon`);
    expect([odd.statusCode, odd.json().message]).toEqual([400, expect.stringMatching(/^wait: 'soon'/)]);
    expect((await get(`${path}/no-such/verdict`)).statusCode).toBe(404);
  });
});

it('says of an analysis that was canceled that it was', async () => {
  answers = held();
  const id = await startAnalysis();
  await service.http.inject({ method: 'PUT', url: `/standalone_canary_analysis/${id}/cancel` });
  expect(await verdictAt(`/standalone_canary_analysis/${id}/verdict`)).toMatchObject({
    verdict: 'canceled',
    done: true,
    reason: 'The analysis was canceled before it ended.',
  });
  release();
});

it.each([
  [95, 'Pass', 'pass', 2],
  [75, 'Marginal', 'marginal', 1],
  [74.9, 'Fail', 'fail', 1],
])(
  'of an analysis with the score %d is that of its last judgement, %s',
  async (score, classification, verdict, last) => {
    const judge: typeof fakeJudge = {
      ...fakeJudge,
      judge: async (...asked) => {
        const judged = await fakeJudge.judge(...asked);
        return { ...judged, score: { score, classification, classificationReason: '' } };
      },
    };
    const judging = await createTestService({ judges: [judge] });
    const id = await startAnalysis(judging);
    const answer = await judging.http.inject(`/standalone_canary_analysis/${id}/verdict?wait=20s`);
    expect(answer.json()).toMatchObject({ verdict, done: true, score, counted: 2 });
    expect(answer.json().reason).toMatch(new RegExp(last === 1 ? '\\.$' : `; interval ${last} decided\\.$`));
    await judging.close();
  },
);

it('is `error` for a run whose metrics store fails', async () => {
  const failing = fakeProvider(() => {
    throw new Error('broken');
  });
  const broken = await createTestService({ providers: [failing], attempts: 1 });
  const payload = { canaryConfig: configOf(), executionRequest: requestOf() };
  const started = await broken.http.inject({ method: 'POST', url: '/canary', payload });
  const answer = await broken.http.inject(`/canary/${started.json().canaryExecutionId}/verdict?wait=20s`);
  expect(answer.json()).toMatchObject({ verdict: 'error', done: true, score: null, counted: 0, metrics: 1 });
  await broken.close();
});
