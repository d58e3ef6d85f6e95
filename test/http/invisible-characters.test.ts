import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

// NUL, other controls, and what reorders text: a name with them must not look like another one on a page or in a file.

const ODD = 'pay\u0000\u0008\u001b\u007f\u0085\u202elapyap\u2066\u2069';
const IN_ADDRESS = encodeURIComponent('q\u0000\u202ez');
const INVISIBLE = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/u;

let service: TestService;
let run: string;
let config: string;
beforeAll(async () => {
  service = await createTestService({ providers, judges: createJudges({}), attempts: 1 });
  const values = [5, 6, 7, 6, 5, 6, 7, 6, 5, 6];
  const scope = { scope: ODD, location: ODD, start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:10:00Z', step: 60 };
  const query = { type: 'inline', control: values, experiment: values, unit: ODD };
  const metric = { name: ODD, query, groups: [ODD], scopeName: 'd', analysisConfigurations: { canary: {} } };
  const canaryConfig = {
    ...{ name: ODD, description: ODD, applications: [ODD], judge: { name: 'WelchTJudge-v1.0' }, metrics: [metric] },
    classifier: { groupWeights: { [ODD]: 100 } },
  };
  const scopes = { d: { controlScope: scope, experimentScope: scope } };
  const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 } };
  const post = async (url: string, payload: object) =>
    (await service.http.inject({ method: 'POST', url, payload })).json();
  const application = encodeURIComponent(ODD);
  ({ pipelineId: run } = await post(`/canary?wait=20s&application=${application}`, { canaryConfig, executionRequest }));
  const asked = { ...metric, query: { type: 'prometheus', expr: `up{a="${ODD}"}`, unit: ODD } };
  ({ canaryConfigId: config } = await post('/canaryConfig', { ...canaryConfig, name: 'odd', metrics: [asked] }));
});
afterAll(() => service.close());

describe('invisible characters', () => {
  it.each([
    '/',
    `/?application=${IN_ADDRESS}&config=${IN_ADDRESS}`,
    '/?show=analyses',
    '/reports/{run}',
    '/reports/{run}/metrics/m1',
    '/reports/{run}.html',
    '/reports/{run}.md',
    '/reports/{run}.junit.xml',
    '/configs',
    '/configs/{config}',
    `/configs/{config}?control=${IN_ADDRESS}&experiment=${IN_ADDRESS}&try=queries`,
    '/configs/{config}/edit',
    '/configs/new?from={config}',
    `/configs/new?pack=${IN_ADDRESS}`,
    '/compare?a={run}&b={run}',
    `/compare?a=${IN_ADDRESS}`,
    `/reports/${IN_ADDRESS}`,
    `/configs/${IN_ADDRESS}`,
    `/nowhere/${IN_ADDRESS}`,
  ])('are shown as such at %s', async (path) => {
    const url = path.replaceAll('{run}', run).replaceAll('{config}', config);
    const { body } = await service.http.inject({ url, headers: { accept: 'text/html' } });
    expect(body.length).toBeGreaterThan(100);
    expect(INVISIBLE.exec(body)).toBeNull();
  });

  it('are kept by the editor, which writes them as escapes', async () => {
    const { body } = await service.http.inject({ url: `/configs/${config}/edit`, headers: { accept: 'text/html' } });
    const text = />\n(\{.*?)<\/textarea>/s.exec(body)?.[1] ?? '';
    const written = text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
    expect(written).toContain('\\u202e');
    expect(JSON.parse(written).metrics[0].name).toBe(ODD);
  });

  it('are kept in what the API answers', async () => {
    const { config: stored } = (await service.http.inject(`/canary/${run}`)).json();
    expect(stored.metrics[0].name).toBe(ODD);
  });
});
