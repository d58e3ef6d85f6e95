import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { drawsOf, seriesOf as valuesOf } from '../support/samples/random-series.ts';

/** What a judgement reads besides the series and the config of its run. */
let service: TestService;
let asked = 0;
beforeEach(async () => {
  asked = 0;
  const provider = fakeProvider((request) => {
    const draws = drawsOf('replay kinds', asked++);
    return [
      seriesOf(
        request,
        valuesOf(60, () => 100 * Math.exp(0.05 * draws.normal())),
      ),
    ];
  });
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
});
afterEach(() => service.close());

const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
  const { statusCode, body } = await service.http.inject({ method, url, ...(payload && { payload }) });
  return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
};

const replay = async (id: string) => (await send('POST', `/canary/${id}/replay`)).body;

/** Its limit is relative to the run before. */
function withEarlierRuns() {
  const config = configOf(1, {
    judge: { name: 'ThresholdJudge-v1.0', judgeConfigurations: { earlier: { runs: 3 } } },
  });
  const limits = { canary: { limits: { increase: 0.5 } } };
  return { ...config, metrics: config.metrics?.map((metric) => ({ ...metric, analysisConfigurations: limits })) };
}

async function judged(canaryConfig: object): Promise<string> {
  const body = { canaryConfig, executionRequest: requestOf() };
  const started = await send('POST', '/canary?application=shop&wait=20s', body);
  expect(started.status).toBe(200);
  return started.body.canaryExecutionId;
}

describe('a run whose judge reads earlier runs', () => {
  it('has the same bytes after later runs, and says what is not stored with it', async () => {
    const config = withEarlierRuns();
    const ids = [await judged(config), await judged(config), await judged(config)];
    for (const id of ids) {
      const { same, mayDiffer } = await replay(id);
      expect([same, mayDiffer]).toEqual([true, [expect.stringContaining('reads earlier runs')]]);
    }
  });

  it('differs, with that reason beside it, once such a run is deleted', async () => {
    const config = withEarlierRuns();
    const [first = '', second = ''] = [await judged(config), await judged(config)];
    await send('DELETE', `/canary/${first}`);
    const { same, differsAt, mayDiffer } = await replay(second);
    expect([same, mayDiffer]).toEqual([false, [expect.stringContaining('deleted')]]);
    expect(differsAt).toMatch(/^results\[0\]/);
  });
});

it('every judgement of an analysis with several looks has the same bytes', async () => {
  const window = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T01:00:00Z', step: 60 };
  const scopes = [{ scopeName: 'default', controlScope: 'stable', experimentScope: 'fresh', ...window }];
  const thresholds = { pass: 95, marginal: 75 };
  const executionRequest = { scopes, thresholds, analysisIntervalMins: 20 };
  const canaryConfig = configOf(2, { judge: { name: 'HaldaneJudge-v1.0' } });
  const started = await send('POST', '/standalone_canary_analysis?application=shop', {
    canaryConfig,
    executionRequest,
  });
  const address = `/standalone_canary_analysis/${started.body.canaryAnalysisExecutionId}`;
  await expect.poll(async () => (await send('GET', address)).body.complete, { timeout: 20_000 }).toBe(true);
  const listed = (await send('GET', '/canary/executions?application=shop&statuses=succeeded')).body;
  expect(listed.length).toBeGreaterThan(1);
  for (const { pipelineId } of listed) {
    expect(await replay(pipelineId)).toMatchObject({ same: true, mayDiffer: [] });
  }
});
