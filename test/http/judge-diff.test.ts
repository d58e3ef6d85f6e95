import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { MetricsRequest } from '../../src/domain/metrics-provider.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf, seriesOf as valuesOf } from '../support/samples/random-series.ts';

const KAYENTA = 'NetflixACAJudge-v1.0';
const HALDANE = 'HaldaneJudge-v1.0';

/** Both sides wander alike; `worse` is 30 % up, `none` has no data. */
function answer(request: MetricsRequest) {
  const { scope, side, scopeName } = { scopeName: request.scope.scope, ...request };
  const draws = drawsOf('judge diff', scopeName ?? '', side, scope.start ?? '');
  const level = scopeName === 'worse' ? 130 : 100;
  const value = () => (scopeName === 'none' ? Number.NaN : level * Math.exp(0.05 * draws.normal()));
  return [seriesOf(request, valuesOf(60, value))];
}

let service: TestService;
beforeEach(async () => {
  service = await createTestService({ providers: [fakeProvider(answer)], judges: createJudges({}) });
});
afterEach(() => service.close());

const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
  const { statusCode, body } = await service.http.inject({ method, url, ...(payload && { payload }) });
  return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
};

async function judged(experiment: string, judge = KAYENTA, application = 'shop'): Promise<string> {
  const request = requestOf();
  const { default: scopes } = request.scopes ?? {};
  Object.assign(scopes?.experimentScope ?? {}, { scope: experiment });
  const body = { canaryConfig: configOf(2, { judge: { name: judge } }), executionRequest: request };
  const started = await send('POST', `/canary?application=${application}&wait=20s`, body);
  expect(started.status).toBe(200);
  return started.body.canaryExecutionId;
}

const diff = (body: object) => send('POST', '/judges/diff', body);

describe('stored runs under two judges', () => {
  it('say which verdicts would change, newest first, with both judges’ sentences', async () => {
    const same = await judged('same');
    const worse = await judged('worse');
    const { status, body } = await diff({ right: { name: HALDANE } });
    expect(status).toBe(200);
    expect(body.runs.map(({ runId }: { runId: string }) => runId)).toEqual([worse, same]);
    const [first] = body.runs;
    expect(first.left.judge).toBe(KAYENTA);
    expect(first.right.judge).toBe(HALDANE);
    const stored = (await send('GET', `/canary/${worse}`)).body.result.judgeResult;
    expect(first.left).toMatchObject({ score: stored.score.score, reason: stored.score.classificationReason });
    expect(first.changed).toBe(first.left.verdict !== first.right.verdict);
    const counted = body.totals.verdicts.reduce((sum: number, { runs }: { runs: number }) => sum + runs, 0);
    expect(counted).toBe(2);
    expect(body.totals).toMatchObject({ runs: 2, notJudged: 0, configs: [{ config: 'checkout', runs: 2 }] });
    expect(body.cursor).toBeUndefined();
  });

  it('with other settings of the same judge name the metrics that change', async () => {
    await judged('worse', KAYENTA);
    const allows = { judge: { name: KAYENTA } };
    const { body } = await diff({ left: allows.judge, right: { name: 'MannWhitneyJudge-v1.0' } });
    expect(body.runs).toHaveLength(1);
    expect(body.runs[0].notJudged ?? body.runs[0].right.judge).toContain('MannWhitneyJudge-v1.0');
  });

  it('a run without data is no pass of either', async () => {
    await judged('none', HALDANE);
    const { body } = await diff({ right: { name: KAYENTA } });
    expect([body.runs[0].left.verdict, body.runs[0].right.verdict]).not.toContain('Pass');
  });

  it('a run whose series are gone is not left out, and counts as not judged', async () => {
    const id = await judged('same');
    const { metricSetPairListId } = (await send('GET', `/canary/${id}`)).body;
    await send('DELETE', `/metricSetPairList/${metricSetPairListId}`);
    const { body } = await diff({ right: { name: HALDANE } });
    expect(body.totals).toMatchObject({ runs: 1, notJudged: 1, changed: 0, verdicts: [] });
    expect(body.runs[0].notJudged).toMatch(/series/);
    expect(body.runs[0].right).toBeUndefined();
  });

  it('go page by page, and only as asked', async () => {
    const ids = [await judged('same'), await judged('worse'), await judged('same', KAYENTA, 'other')];
    const first = (await diff({ right: { name: HALDANE }, limit: 2 })).body;
    const second = (await diff({ right: { name: HALDANE }, limit: 2, cursor: first.cursor })).body;
    const seen = [...first.runs, ...second.runs].map(({ runId }: { runId: string }) => runId);
    expect(seen).toEqual(ids.toReversed());
    expect(second.cursor).toBeUndefined();
    const other = (await diff({ right: { name: HALDANE }, application: 'other' })).body;
    expect(other.runs.map(({ runId }: { runId: string }) => runId)).toEqual([ids[2]]);
  });

  it.each([
    [{}, /right/],
    [{ right: { name: 'NoJudge' } }, /NoJudge.*Known judges/],
    [{ right: { name: HALDANE }, limit: 0 }, /limit/],
    [{ right: { name: HALDANE }, cursor: 'x' }, /cursor/],
    [{ right: { name: HALDANE }, from: 'yesterday' }, /from/],
  ])('%j is refused', async (body, message) => {
    const { status, body: refused } = await diff(body);
    expect(status).toBe(400);
    expect(JSON.stringify(refused)).toMatch(message);
  });
});

describe('a stored run judged once more', () => {
  it.each([KAYENTA, HALDANE, 'WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0'])(
    'by %s has the same bytes',
    async (judge) => {
      const { status, body } = await send('POST', `/canary/${await judged('worse', judge)}/replay`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ same: true, version: '0.0.0-test', judgedByVersion: '0.0.0-test', mayDiffer: [] });
    },
  );

  it('says where it differs', async () => {
    const id = await judged('worse', HALDANE);
    const { metricSetPairListId } = (await send('GET', `/canary/${id}`)).body;
    const series = (await send('GET', `/metricSetPairList/${metricSetPairListId}`)).body;
    const archive = (await send('GET', `/canary/${id}`)).body;
    await send('DELETE', `/canary/${id}`);
    series[0].values.experiment[0] *= 2;
    const stored = await send('POST', '/metricSetPairList', series);
    const again = { ...archive, metricSetPairListId: stored.body.metricSetPairListId };
    const kept = await send('POST', `/canaryResultArchive?archivedResultId=${id}`, {
      ...again,
      pipelineId: id,
      canaryConfig: archive.config,
    });
    expect(kept.status).toBe(200);
    const { body } = await send('POST', `/canary/${id}/replay`);
    expect(body.same).toBe(false);
    expect(body.differsAt).toMatch(/^results\[0\]\./);
    expect(body.stored).not.toBe(body.replayed);
  });

  it('is refused without a verdict, and for a run that is not there', async () => {
    expect((await send('POST', '/canary/nothing/replay')).status).toBe(404);
  });
});
