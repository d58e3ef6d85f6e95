import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { atlas } from '../../providers/atlas/index.ts';
import { graphite } from '../../providers/graphite/index.ts';
import { providers } from '../../providers/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import { web } from '../../providers/web/index.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

// Gateways and hosted stores have a key in the path of their address. It is a secret as any other.

const SECRET = 'correct-horse-battery';
const QUERIES = {
  prometheus: { expr: 'up{k="v"}' },
  graphite: { metricName: 'a.b' },
  atlas: { q: 'name,a,:eq' },
  web: { url: 'values/a', timesPath: '$.times[*]', valuesPath: '$.values[*]' },
};
type Type = keyof typeof QUERIES;

let store: LoopbackServer;
/** with status and text; absent: nothing is answered */
let answered: { status: number; location?: string } | undefined;
let service: TestService;
const log: string[] = [];

beforeAll(async () => {
  store = await startLoopback((request, response) => {
    if (answered === undefined) return void response.destroy();
    const { status, location } = answered;
    response.writeHead(status, location === undefined ? {} : { location: `${store.baseUrl}/${SECRET}/login` });
    response.end(`cannot serve ${request.url}`);
  });
  const at = { endpoint: { baseUrl: `${store.baseUrl}/prometheus/${SECRET}/api` } };
  const metricsStores = [prometheus, graphite, atlas, web].map(({ Account, type }) =>
    Account.parse({ name: type, type, ...at }),
  );
  const written = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  service = await createTestService({
    ...{ providers, judges: createJudges({}), metricsStores, attempts: 1, log: written },
  });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

const get = async (url: string) => (await service.http.inject({ method: 'GET', url })).body;

async function failedRun(type: Type): Promise<string> {
  const scope = { scope: 's', start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:20:00Z', step: 60 };
  const metric = { name: 'm', query: { type, ...QUERIES[type] }, groups: ['g'], scopeName: 'default' };
  const canaryConfig = { name: 'x', metrics: [metric], classifier: { groupWeights: { g: 100 } } };
  const scopes = { default: { controlScope: scope, experimentScope: scope } };
  const payload = { canaryConfig, executionRequest: { scopes, thresholds: { pass: 95, marginal: 75 } } };
  const url = `/canary?wait=30s&metricsAccountName=${type}`;
  return (await service.http.inject({ method: 'POST', url, payload })).body;
}

it('is not shown with the accounts; the rest of the address is', async () => {
  const shown = await get('/credentials');
  expect(shown).not.toContain(SECRET);
  for (const type of Object.keys(QUERIES)) {
    const account = JSON.parse(shown).find(({ name }: { name: string }) => name === type);
    expect(account.endpoint.baseUrl).toBe(`${store.baseUrl}/prometheus/***/api`);
  }
});

it.each(
  (Object.keys(QUERIES) as Type[]).flatMap((type) =>
    [{ status: 404 }, { status: 500 }, { status: 302, location: 'there' }, { status: 200 }, undefined].map(
      (answer) => ({
        type,
        answer,
      }),
    ),
  ),
)('is in no error, no report and no line of the log: $type, $answer', async ({ type, answer }) => {
  answered = answer;
  const run = await failedRun(type);
  const { pipelineId, status } = JSON.parse(run);
  expect([pipelineId, status]).toEqual([expect.any(String), 'terminal']);
  const reports = await Promise.all(
    ['', '.html', '.md', '.json', '.junit.xml'].map((form) => get(`/reports/${pipelineId}${form}`)),
  );
  const health = await get('/health?deep=true');
  expect([run, ...reports, health, ...log].join('\n')).not.toContain(SECRET);
});

it('is in no preview of what would be sent', async () => {
  const queries = Object.entries(QUERIES).map(([type, query], index) => ({
    ...{ name: `m${index}`, query: { type, accountName: type, ...query }, groups: ['g'], scopeName: 'default' },
  }));
  const answer = await service.http.inject({
    method: 'POST',
    url: '/canaryConfig/queries?metricsAccountName=prometheus',
    payload: { canaryConfig: { name: 'x', metrics: queries }, executionRequest: {} },
  });
  expect(answer.body).not.toContain(SECRET);
});
