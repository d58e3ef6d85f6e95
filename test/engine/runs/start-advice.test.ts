import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../../judges/index.ts';
import { configOf, requestOf } from '../../support/http/requests.ts';
import { createTestService, type TestService } from '../../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ judges: createJudges({}) });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) => {
  const answer = await service.http.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
};

describe('two metrics of one name', () => {
  const [metric] = configOf(1).metrics ?? [];
  const twice = (name: string) => ({ ...configOf(1), judge: { name }, metrics: [metric, metric] });

  it.each(['HaldaneJudge-v1.0', 'WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0'])(
    'are refused for %s: the second would never be judged',
    async (name) => {
      const { status, body } = await post('/canary', { canaryConfig: twice(name), executionRequest: requestOf() });
      expect(status).toBe(400);
      expect(body.message).toMatch(/metrics\[1\]\.name is 'm0', as that of metrics\[0\] is: .* a name of its own/);
    },
  );

  it('are told of in every form of the report where Kayenta would run them', async () => {
    const payload = { canaryConfig: twice('NetflixACAJudge-v1.0'), executionRequest: requestOf() };
    const { body } = await post('/canary?wait=9s', payload);
    expect(body.warnings.join()).toContain('only the first is judged');
    for (const kind of ['md', 'junit.xml', 'html', 'json']) {
      const form = (await service.http.inject(`/reports/${body.pipelineId}.${kind}`)).body;
      expect(form).toContain('only the first is judged');
    }
  });
});

describe('a step that is longer than its window', () => {
  const { controlScope, experimentScope } = requestOf().scopes?.default ?? {};
  const executionRequest = (step: number) =>
    requestOf({ scopes: { default: { controlScope, experimentScope: { ...experimentScope, step } } } as never });
  const path = 'executionRequest.scopes.default.experimentScope.step';

  it('is told of by the start, and before it', async () => {
    const payload = { canaryConfig: configOf(1, { judge: {} }), executionRequest: executionRequest(7200) };
    const said =
      '7200 s is longer than the window of 3600 s: there is one point at most; write a shorter step, such as 60.';
    const { body } = await post('/canary', payload);
    expect(body.warnings).toContain(`${path}: ${said}`);
    const { problems } = (await post('/canaryConfig/validate', payload)).body;
    expect(problems).toContainEqual({ path, message: said, prevents: 'nothing', rule: 'step-too-long' });
  });

  it('is not told of where it fits, nor of scopes that no metric uses', async () => {
    const fits = { canaryConfig: configOf(1, { judge: {} }), executionRequest: executionRequest(3600) };
    expect((await post('/canary', fits)).body.warnings).toBeUndefined();
    const { scopes } = executionRequest(7200);
    const request = { ...requestOf(), scopes: { ...requestOf().scopes, spare: scopes?.default } };
    const spare = { canaryConfig: configOf(1, { judge: {} }), executionRequest: request };
    expect((await post('/canary', spare)).body.warnings ?? '').not.toContain('longer than the window');
  });
});
