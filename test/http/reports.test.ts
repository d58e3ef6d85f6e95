import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import type { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { CanaryError } from '../../src/errors.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

const HOSTILE = '<script>alert(1)</script> & "quotes" \u202egpj | `code` @team \u0007';

let service: TestService;
let refused = false;
beforeAll(async () => {
  const store = fakeProvider((request) => {
    if (refused) throw new CanaryError('METRICS_QUERY_REJECTED', "account 'fake-metrics': <b>parse error</b>");
    const higher = request.side === 'experiment' && request.metric.name !== 'm1' ? 5 : 0;
    return [
      seriesOf(
        request,
        Array.from({ length: 60 }, (_, slot) => 10 + (slot % 7) + higher),
      ),
    ];
  });
  service = await createTestService({ providers: [store], judges: createJudges({}), attempts: 1 });
});
afterAll(() => service.close());

async function run(metricNames: readonly string[]): Promise<CanaryExecutionStatusResponse> {
  const { metrics = [], ...config } = configOf(metricNames.length, { judge: { name: 'NetflixACAJudge-v1.0' } });
  const named = metrics.map((metric, index) => ({ ...metric, name: metricNames[index] ?? '' }));
  const payload = { canaryConfig: { ...config, metrics: named }, executionRequest: requestOf() };
  return (await service.http.inject({ method: 'POST', url: '/canary?wait=5s', payload })).json();
}
const get = (url: string, accept = 'text/html') => service.http.inject({ url, headers: { accept } });

describe('the report of a run', () => {
  it('says in JSON what the API says, what matters first', async () => {
    const { pipelineId, result } = await run(['m1', 'm2']);
    const report = (await get(`/reports/${pipelineId}.json`)).json();
    expect(report).toMatchObject({
      id: pipelineId,
      verdict: result?.judgeResult.score.classification,
      score: result?.judgeResult.score.score,
      thresholds: { pass: 95, marginal: 75 },
      metrics: [
        { name: 'm2', classification: 'High', standing: 'failure' },
        { name: 'm1', classification: 'Pass', standing: 'pass' },
      ],
    });
  });

  it('is that of the run as it now is, though it was asked for before its series were deleted', async () => {
    const { pipelineId, metricSetPairListId } = await run(['m1', 'm2']);
    const read = async () => (await get(`/reports/${pipelineId}.json`)).body;
    const before = await read();
    expect(await read()).toBe(before);
    await service.http.inject({ method: 'DELETE', url: `/metricSetPairList/${metricSetPairListId}` });
    expect(await read()).not.toBe(before);
  });

  it('is a page that loads nothing from elsewhere, and says so to the browser', async () => {
    const { pipelineId } = await run(['m1', 'm2']);
    const page = await get(`/reports/${pipelineId}`);
    expect(page.statusCode).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const links = [...page.body.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !link.startsWith('/') && !link.startsWith('data:'))).toEqual([]);
    for (const asset of links.filter((link) => link.startsWith('/assets/'))) {
      expect((await get(asset)).headers['cache-control']).toContain('immutable');
    }
  });

  it('is one file, whose policy lets in its own style and scripts and nothing else', async () => {
    const { pipelineId } = await run(['m1', 'm2']);
    const file = await get(`/reports/${pipelineId}.html`);
    expect(file.headers['content-type']).toContain('text/html');
    expect(file.body).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(file.body).toContain('<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;');
    expect(file.headers['content-security-policy']).toContain("default-src 'none'");
    expect(file.body).not.toContain('unsafe-inline');
    expect(file.body).toContain('High');
  });

  it('is a test case for each metric, as build servers read it', async () => {
    const { pipelineId } = await run(['m1', 'm2']);
    const junit = await get(`/reports/${pipelineId}.junit.xml`);
    expect(junit.headers['content-type']).toContain('application/xml');
    expect(junit.body).toContain('tests="2" failures="1" errors="0" skipped="0"');
    expect(junit.body.match(/<testcase /g)).toHaveLength(2);
    expect(junit.body).toMatch(/<testcase classname="group" name="m2" time="0"><failure type="High"/);
  });

  it('is Markdown for a comment', async () => {
    const { pipelineId, result } = await run(['m1', 'm2']);
    const { body, headers } = await get(`/reports/${pipelineId}.md`);
    expect(headers['content-type']).toContain('text/markdown');
    expect(body.split('\n')[0]).toContain(`${result?.judgeResult.score.score} of 100`);
    expect(body).toContain('| m2 | High |');
  });

  it('keeps names text in every form', async () => {
    const { pipelineId } = await run([HOSTILE]);
    const [page, file, junit, markdown] = await Promise.all(
      ['', '.html', '.junit.xml', '.md'].map(async (ending) => (await get(`/reports/${pipelineId}${ending}`)).body),
    );
    for (const text of [page, file, junit, markdown]) {
      expect(text).not.toContain('<script>alert');
      expect(text).not.toContain('\u202e');
      expect(text).not.toContain('\u0007');
    }
    expect(markdown).not.toMatch(/[^\\]\| `code`/);
    expect(markdown).not.toContain('@team');
  });

  it("of a failed run says where it failed, in the store's words", async () => {
    refused = true;
    const { pipelineId, status } = await run(['not asked before']);
    refused = false;
    expect(status).toBe('terminal');
    const [page, junit] = await Promise.all(
      ['', '.junit.xml'].map(async (ending) => (await get(`/reports/${pipelineId}${ending}`)).body),
    );
    expect(page).toContain('parse error');
    expect(page).not.toContain('<b>parse error');
    expect(junit).toContain('parse error');
    expect(junit).toMatch(/errors="[12]"/);
  });
});

describe('a report there is not', () => {
  it('is a page for people and JSON for programs', async () => {
    const page = await get('/reports/nobody');
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, expect.stringContaining('text/html')]);
    expect(page.body).toContain('nobody');
    const answer = await get('/reports/nobody.json', 'application/json');
    expect([answer.statusCode, answer.json().message]).toEqual([404, expect.stringContaining('nobody')]);
  });
});
