import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

// Names that every object has: a group, a scope or a variable of such a name is one, or is refused; never dropped.

let service: TestService;
beforeAll(async () => {
  service = await createTestService({ providers, judges: createJudges({}), attempts: 1 });
});
afterAll(() => service.close());

const JUDGES = ['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0', 'MannWhitneyJudge-v1.0', 'HaldaneJudge-v1.0'];
const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];
const VALUES = [5, 6, 7, 6, 5, 6, 7, 6, 5, 6];
const scope = { scope: 's', start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:10:00Z', step: 60 };

/** A run in which the name is everything that has a name. */
function bodyOf(judge: string, name: string, key = name) {
  const query = { type: 'inline', control: VALUES, experiment: VALUES.map((value) => value * 3) };
  const metric = { name, query, groups: [name], scopeName: key, analysisConfigurations: { canary: {} } };
  return {
    canaryConfig: {
      ...{ name: 'names', applications: [name], judge: { name: judge }, metrics: [metric] },
      ...{ templates: { [key]: 'x' }, classifier: { groupWeights: { [key]: 100 } } },
    },
    executionRequest: {
      scopes: { [key]: { controlScope: { ...scope, extendedScopeParams: { [key]: 'x' } }, experimentScope: scope } },
      thresholds: { pass: 95, marginal: 75 },
    },
  };
}

async function post(url: string, payload: string | object) {
  const answer = await service.http.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json' },
  });
  return { status: answer.statusCode, body: answer.json() };
}

describe.each(JUDGES)('%s', (judge) => {
  it.each(NAMES)('judges what is called %s, and every form of the report shows it', async (name) => {
    const { body } = await post('/canary?wait=20s', bodyOf(judge, name));
    expect([body.status, body.exception]).toEqual(['succeeded', undefined]);
    expect(body.result.judgeResult.groupScores).toEqual([expect.objectContaining({ name, score: 0 })]);
    for (const ending of ['', '.html', '.md', '.junit.xml', '.json']) {
      const form = await service.http.inject({ url: `/reports/${body.pipelineId}${ending}` });
      expect([form.statusCode, form.body.includes(name)]).toEqual([200, true]);
    }
  });

  it('judges a metric, a group and an application called __proto__, which are texts', async () => {
    const sent = bodyOf(judge, '__proto__', 'g');
    const { body } = await post('/canary?wait=20s&application=__proto__', sent);
    expect(body.status).toBe('succeeded');
    expect(body.result.judgeResult.groupScores).toEqual([expect.objectContaining({ name: '__proto__', score: 0 })]);
    const list = await service.http.inject('/canary/executions?application=__proto__&limit=1');
    expect(list.json()).toHaveLength(1);
  });
});

describe('a field called __proto__', () => {
  const whole = JSON.stringify(bodyOf('WelchTJudge-v1.0', 'LOST'));
  const [config, request] = [JSON.parse(whole).canaryConfig, JSON.parse(whole).executionRequest];
  const named = (value: object) => JSON.stringify(value).replaceAll('LOST', '__proto__');

  it.each([
    [
      'a weight of a group',
      '/canary',
      named({ canaryConfig: { ...config, templates: {} }, executionRequest: {} }),
      'canaryConfig.classifier.groupWeights.__proto__',
    ],
    [
      'a template',
      '/canary',
      named({ canaryConfig: { ...config, classifier: {} }, executionRequest: {} }),
      'canaryConfig.templates.__proto__',
    ],
    ['a scope', '/canary', named({ canaryConfig: {}, executionRequest: request }), 'executionRequest.scopes.__proto__'],
    [
      'a weight in a config to store',
      '/canaryConfig',
      named({ classifier: config.classifier }),
      'classifier.groupWeights.__proto__',
    ],
    [
      'a weight, spelled with an escape',
      '/canaryConfig',
      '{"classifier":{"groupWeights":{"\\u005f_proto__":100}}}',
      'classifier.groupWeights.__proto__',
    ],
    [
      'a weight to check',
      '/canaryConfig/validate',
      named({ classifier: config.classifier }),
      'classifier.groupWeights.__proto__',
    ],
    [
      'a tag of a series',
      '/metricSetList',
      '[{"name":"m","tags":{"__proto__":"x"},"values":[1]}]',
      '[0].tags.__proto__',
    ],
    [
      'a parameter of an analysis',
      '/standalone_canary_analysis',
      '{"executionRequest":{"scopes":[{"extendedScopeParams":{"__proto__":"x"}}]}}',
      'executionRequest.scopes[0].extendedScopeParams.__proto__',
    ],
  ])('%s is refused', async (_, url, payload, path) => {
    const { status, body } = await post(url, payload);
    expect([status, body.message]).toEqual([400, `${path}: nothing can be called __proto__; choose another name`]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('is refused as the scope of an analysis, whose runs would have it as a field', async () => {
    const { executionRequest: _, canaryConfig } = bodyOf('WelchTJudge-v1.0', 'm', 'g');
    const window = { startTimeIso: scope.start, endTimeIso: scope.end };
    const scopes = [{ scopeName: '__proto__', controlScope: 'a', experimentScope: 'b', ...window }];
    const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 } };
    const { status, body } = await post('/standalone_canary_analysis', { canaryConfig, executionRequest });
    expect([status, body.message]).toEqual([
      400,
      'scopes[0].scopeName: nothing can be called __proto__; choose another name',
    ]);
  });

  it('as a text is read as any other', async () => {
    const { status, body } = await post(
      '/metricSetList',
      '[{"name":"__proto__","tags":{"a":"__proto__"},"values":[1]}]',
    );
    expect(status).toBe(200);
    const [set] = (await service.http.inject(`/metricSetList/${body.metricSetListId}`)).json();
    expect(set).toMatchObject({ name: '__proto__', tags: { a: '__proto__' } });
  });
});
