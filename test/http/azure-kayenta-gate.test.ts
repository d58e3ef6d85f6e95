import { query } from 'jsonpath-rfc9535';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeJudge } from '../support/fake-judge.ts';
import { configOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

// The release gate "Kayenta Canary Judge" of Microsoft: two requests, and an expression on the answer of the second.
// Source: Extensions/Kayenta/Src/Tasks/createCanaryAnalysisRequestV0/task.json of microsoft/azure-pipelines-extensions.
const ACCOUNTS = 'metricsAccountName=fake-metrics&configurationAccountName=haldane&storageAccountName=haldane';
const CLASSIFICATION =
  '$.canaryAnalysisExecutionResult.canaryExecutionResults[0].result.judgeResult.score.classification';

let service: TestService;
let classification: 'Pass' | 'Fail' = 'Pass';
beforeAll(async () => {
  const judge: typeof fakeJudge = {
    ...fakeJudge,
    judge: async (...asked) => ({
      ...(await fakeJudge.judge(...asked)),
      score: { score: classification === 'Pass' ? 100 : 20, classification, classificationReason: '' },
    }),
  };
  service = await createTestService({ judges: [judge] });
});
afterAll(() => service.close());

/** Every value is a text, as the gate's inputs are. Without times it begins now. */
const body = (times: string) =>
  `{"analysisIntervalMins":"30","beginAfterMins":"0","lifetimeDurationMins":"30","lookbackMins":"0",` +
  `"scopes":[{"controlLocation":"","controlScope":"baseline",${times}"experimentLocation":"",` +
  `"experimentScope":"canary","scopeName":"default","step":"60"}],"thresholds":{"marginal":"0","pass":"95"}}`;
const PAST = '"endTimeIso":"2026-01-01T00:30:00Z","startTimeIso":"2026-01-01T00:00:00Z",';

async function gate(config: string, times = PAST): Promise<() => Promise<boolean>> {
  const started = await service.http.inject({
    method: 'POST',
    url: `/standalone_canary_analysis/${config}?${ACCOUNTS}`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    payload: body(times),
  });
  expect([started.statusCode, started.body]).toEqual([200, expect.any(String)]);
  const { canaryAnalysisExecutionId: id } = started.json();
  expect(id).toMatch(/./);
  return async () => {
    const answer = await service.http.inject(`/standalone_canary_analysis/${id}`);
    expect(answer.statusCode).toBe(200);
    return query(answer.json(), CLASSIFICATION)[0] === 'Pass';
  };
}

it("Microsoft's gate for Kayenta opens for a pass alone, and not before the end", async () => {
  const stored = await service.http.inject({ method: 'POST', url: '/canaryConfig', payload: configOf() });
  const { canaryConfigId } = stored.json();
  const listed = (await service.http.inject('/canaryConfig?configurationAccountName=haldane')).json();
  expect(listed).toMatchObject([{ id: canaryConfigId, name: 'checkout' }]);
  const going = await gate(canaryConfigId, '');
  expect(await going()).toBe(false);
  const good = await gate(canaryConfigId);
  await expect.poll(good, { timeout: 10_000 }).toBe(true);
  classification = 'Fail';
  const bad = await gate(canaryConfigId);
  const id = (await service.http.inject('/canary/executions?application=*&limit=1')).json()[0].pipelineId;
  await service.http.inject(`/canary/${id}/verdict?wait=10s`);
  expect(await bad()).toBe(false);
});
