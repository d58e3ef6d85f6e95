import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

interface Row {
  readonly of: 'metric' | 'config' | 'request' | 'scope' | 'parameters';
  readonly write: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly said: string;
}
const rows: readonly Row[] = JSON.parse(readFileSync('test/fixtures/riddles/unknown-fields.json', 'utf8'));
const label = ({ at, write }: Row) => `${at} of ${JSON.stringify(write)}`;
const inConfig = rows.filter(({ of }) => of === 'metric' || of === 'config');
/** Fields without which a query of that type can be written. */
const canRun = ({ write }: Row) => write.query === undefined;

let service: TestService;
beforeAll(async () => {
  const judges = createJudges({});
  service = await createTestService({ providers: [fakeProvider(), ...providers], judges });
});
afterAll(() => service.close());

const post = async (url: string, payload: object) => {
  const answer = await service.http.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};

function configWith({ of, write }: Row, name = 'checkout'): CanaryConfig {
  const config = configOf(1, { judge: {}, name });
  if (of === 'config') return { ...config, ...write };
  return of === 'metric' ? { ...config, metrics: [{ ...config.metrics?.[0], ...write } as never] } : config;
}

function bodyWith(row: Row) {
  const { of, write } = row;
  const request = requestOf();
  const { controlScope, experimentScope } = request.scopes?.default ?? {};
  const scopes = { default: { controlScope: { ...controlScope, ...write }, experimentScope } };
  const executionRequest =
    of === 'request' ? { ...request, ...write } : of === 'scope' ? { ...request, scopes } : request;
  return { canaryConfig: configWith(row), executionRequest };
}

function urlWith(path: string, { of, write }: Row): string {
  return of === 'parameters' ? `${path}?${new URLSearchParams(write as Record<string, string>)}` : path;
}

describe('a field nobody reads', () => {
  it.each(inConfig.map((row) => [label(row), row] as const))(
    'is a problem that prevents nothing: %s',
    async (_, row) => {
      const { body } = await post('/canaryConfig/validate', configWith(row));
      expect(body.problems).toContainEqual({
        path: row.at,
        message: row.said,
        prevents: 'nothing',
        rule: 'field-unknown',
      });
      expect(body.valid).toBe(true);
    },
  );

  it.each(inConfig.map((row, index) => [label(row), row, index] as const))(
    'is told when the config is stored, which it can be: %s',
    async (_, row, index) => {
      const { status, body } = await post('/canaryConfig', configWith(row, `stored-${index}`));
      expect(status).toBe(200);
      expect(body.warnings).toContain(`${row.at}: ${row.said}`);
    },
  );

  it.each(rows.map((row) => [label(row), row] as const))('is told by the dry run: %s', async (_, row) => {
    const { status, body } = await post(urlWith('/canaryConfig/queries', row), bodyWith(row));
    expect(status).toBe(200);
    if (row.of !== 'parameters') expect(body[0].warning).toContain(`${row.at}: ${row.said}`);
  });

  it.each(rows.filter(canRun).map((row) => [label(row), row] as const))(
    'is told by the answer to the start, by the run and by every form of its report: %s',
    async (_, row) => {
      const { status, body } = await post(urlWith('/canary', row), bodyWith(row));
      const told = `${row.at}: ${row.said}`;
      expect(status).toBe(200);
      expect(Object.values(body).every((value) => typeof value === 'string')).toBe(true);
      expect(body.warnings).toContain(told);
      const run = await service.http.inject(`/canary/${body.canaryExecutionId}`);
      expect(run.json().warnings).toContainEqual(told);
      await service.runs.waitFor(body.canaryExecutionId, 5000);
      const report = await service.http.inject(`/reports/${body.canaryExecutionId}.json`);
      expect(report.json().warnings).toContainEqual(told);
      for (const kind of ['md', 'junit.xml', 'html']) {
        const file = await service.http.inject(`/reports/${body.canaryExecutionId}.${kind}`);
        expect(unescaped(file.body)).toContain(told);
      }
    },
  );

  it.each(['stat', 'application', 'aplication'])(
    'is told in a header where the answer has no room: ?%s',
    async (name) => {
      const { headers } = await service.http.inject(`/canaryConfig?${name}=shop`);
      const said = {
        stat: undefined,
        application: undefined,
        aplication: "?aplication: not known, does nothing; did you mean 'application'?",
      };
      if (name === 'stat') expect(headers['x-haldane-warnings']).toMatch(/^\?stat: not known, does nothing; /);
      else expect(headers['x-haldane-warnings']).toBe(said[name as keyof typeof said]);
    },
  );

  it.each([
    '/judges',
    '/storage',
    '/templates',
    '/judges/comparison/none',
    '/canary/none',
    '/canary/executions',
    '/metricSetList',
  ])('is told in a header by a route without parameters, and beside an error: %s', async (path) => {
    const { headers } = await service.http.inject(`${path}?zzz=1`);
    expect(headers['x-haldane-warnings']).toMatch(/^\?zzz: not known, does nothing; /);
  });

  it('is told by an analysis, whose start stays one flat object of texts', async () => {
    const executionRequest = {
      scopes: [{ scopeName: 'default', controlScope: 'a', experimentScope: 'b', lookback: 3 }],
      thresholds: { pass: 95, marginal: 75 },
      lifetimeDurationMins: 5,
      lookBackMins: 2,
    };
    const { body } = await post('/standalone_canary_analysis?usr=me', {
      canaryConfig: configOf(1, { judge: {} }),
      executionRequest,
    });
    expect(Object.values(body).every((value) => typeof value === 'string')).toBe(true);
    expect(body.warnings).toContain(
      "executionRequest.lookBackMins: not known, does nothing; did you mean 'lookbackMins'?",
    );
    expect(body.warnings).toContain("?usr: not known, does nothing; did you mean 'user'?");
    expect(body.warnings).toMatch(/executionRequest\.scopes\[0\]\.lookback: not known/);
    const { canaryAnalysisExecutionId: id } = body;
    const analysis = (await service.http.inject(`/standalone_canary_analysis/${id}`)).json();
    expect(analysis.warnings.join('\n')).toBe(body.warnings);
    const report = (await service.http.inject(`/reports/${id}.md`)).body;
    expect(unescaped(report)).toContain('did you mean');
    await service.http.inject({ method: 'PUT', url: `/standalone_canary_analysis/${id}/cancel` });
  });
});

describe('what is not told', () => {
  it.each([
    ['a field of Kayenta that only editors read', { isNew: true }, { id: '#0' }],
    ['a note', { $schema: 'x', _comment: 'why' }, { comment: 'why', '//': 'why' }],
    ['no value', { template: null }, { critical: null }],
  ])('%s', async (_, changes, ofMetric) => {
    const config = configOf(1, { judge: {} });
    const { body } = await post('/canaryConfig/validate', {
      ...config,
      ...changes,
      metrics: [{ ...config.metrics?.[0], ...ofMetric }],
    });
    expect(body.problems).toEqual([]);
  });

  it('a start of which all is read', async () => {
    const { body } = await post('/canary?configurationAccountName=haldane', {
      canaryConfig: configOf(1, { judge: {} }),
      executionRequest: requestOf(),
    });
    expect(Object.keys(body)).toEqual(['canaryExecutionId', 'reportUrl']);
  });

  it('more than a person reads', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`unknown${index}`, 1]));
    const { body } = await post('/canary', {
      canaryConfig: { ...configOf(1, { judge: {} }), ...many },
      executionRequest: requestOf(),
    });
    expect(body.warnings.match(/not known/g)).toHaveLength(30);
    expect(body.warnings).toMatch(/And 20 more\.$/);
  });
});

function unescaped(text: string): string {
  return text
    .replaceAll(/<wbr>|\\/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('&quot;', '"');
}
