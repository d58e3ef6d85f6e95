import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { findProgram, type RunningServer, startPrometheus } from '../support/servers/prometheus-server.ts';

const run = promisify(execFile);
const GO_SOURCES = resolve('test/system/contract/prometheus-clients');
const GO_ENV = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOPROXY: 'off' };
const hasGo =
  spawnSync('go', ['list', '-m', 'github.com/argoproj/argo-rollouts'], { cwd: GO_SOURCES, env: GO_ENV }).status === 0;
const promtool = findProgram('promtool') ?? '';
if (promtool === '') throw new Error('no promtool on PATH; test/tools/install-debian.sh gets one');
if (!hasGo) console.warn('skipped: no go on PATH, or no modules; test/tools/install-contract-tools.sh gets them');

let service: TestService;
let address: string;
beforeAll(async () => {
  // The canary of a bad application is twice as slow.
  const provider = fakeProvider((request) => {
    const factor = request.scope.scope === 'bad' ? 2 : 1;
    return [
      seriesOf(
        request,
        Array.from({ length: 60 }, (_, minute) => factor * (100 + (minute % 7))),
      ),
    ];
  });
  service = await createTestService({ providers: [provider], judges: createJudges({}) });
  // Windows of their own: the same question within a minute is asked once.
  await start('sound', 'good', '2026-01-01T01:00:00Z');
  await start('slow', 'bad', '2026-01-02T01:00:00Z');
  await start('going', 'good', new Date(Date.now() + 3_600_000).toISOString());
  address = `${await service.http.listen({ port: 0, host: '127.0.0.1' })}/prometheus`;
});
afterAll(() => service.close());

async function start(application: string, canary: string, end: string): Promise<void> {
  const scope = { start: new Date(Date.parse(end) - 3_600_000).toISOString(), end, step: 60 };
  const scopes = { default: { controlScope: { scope: 'v1', ...scope }, experimentScope: { scope: canary, ...scope } } };
  const config = configOf(2, { judge: { name: 'NetflixACAJudge-v1.0' } });
  const payload = { canaryConfig: config, executionRequest: requestOf({ scopes }) };
  const url = `/canary?application=${application}${application === 'going' ? '' : '&wait=30s'}`;
  const { statusCode, body } = await service.http.inject({ method: 'POST', url, payload });
  expect([statusCode, body]).toEqual([200, expect.any(String)]);
}

describe('promtool', () => {
  const query = async (...args: string[]) => (await run(promtool, ['query', ...args])).stdout.trim().split('\n');

  it('asks for scores now and over time, for series and for labels', async () => {
    const labels = 'application="sound", baseline="v1", canary="good", config="checkout"';
    expect(await query('instant', address, 'haldane_score{application="sound"}')).toEqual([
      expect.stringMatching(`^haldane_score{${labels}} => 100 @\\[`),
    ]);
    expect(await query('instant', address, 'vector(1)')).toEqual([expect.stringMatching(/^\{\} => 1 @/)]);
    const now = Math.ceil(Date.now() / 1000);
    const times = [`--start=${now - 300}`, `--end=${now + 60}`, '--step=30s'];
    const range = await query('range', ...times, address, 'haldane_verdict_code{application="slow"}');
    expect(range.slice(1)).toContainEqual(expect.stringMatching(/^0 @\[/));
    const found = await query('series', '--match=haldane_verdict{verdict="fail"}', address);
    expect(found.map((one) => JSON.parse(one.replaceAll(/(\w+)=/g, '"$1":')))).toMatchObject([{ application: 'slow' }]);
    expect(await query('labels', address, 'application')).toEqual(['going', 'slow', 'sound']);
  });

  it('finds no fault with the alert rules of the manual', async () => {
    const { stdout } = await run(promtool, ['check', 'rules', 'openapi/examples/integrations/alert-rules.yaml']);
    expect(stdout).toContain('SUCCESS: 3 rules found');
  });

  it('is told in words what is not answered', async () => {
    const refused = query('instant', address, 'rate(haldane_score[5m])');
    await expect(refused).rejects.toMatchObject({
      stderr: expect.stringContaining('bad_data: query: the function rate'),
    });
  });
});

/** The documents of a file that the manual links to. */
// biome-ignore lint/suspicious/noExplicitAny: whatever is in the file
function example(name: string): any[] {
  const text = readFileSync(join('openapi/examples/integrations', name), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}

function filled(text: string, variable: RegExp, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(variable, (_all, name: string) => values[name] ?? '');
}

interface Answer {
  readonly value?: unknown;
  readonly phase?: string;
  readonly error?: string;
}

describe.runIf(hasGo)("the rollout controllers' own code", () => {
  let ask: (question: object) => Promise<Answer>;
  let stop: () => void;
  beforeAll(async () => {
    // In a folder that stays, so that the next run compiles nothing.
    const folder = resolve('node_modules/.cache/contract/prometheus-clients');
    mkdirSync(folder, { recursive: true });
    await run('go', ['build', '-o', join(folder, 'clients'), '.'], { cwd: GO_SOURCES, env: GO_ENV });
    const child = spawn(join(folder, 'clients'), { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    ask = async (question) => {
      child.stdin.write(`${JSON.stringify({ address, ...question })}\n`);
      return JSON.parse((await lines.next()).value as string) as Answer;
    };
    stop = () => child.kill();
  }, 600_000);
  afterAll(() => stop());

  const of = (application: string, series = 'haldane_score') => `${series}{application="${application}"}`;

  it('of Flagger finds it there, and reads scores', async () => {
    expect(await ask({ ask: 'flagger-online' })).toEqual({ value: true });
    expect(await ask({ ask: 'flagger', query: of('sound') })).toEqual({ value: 100 });
    expect((await ask({ ask: 'flagger', query: of('slow') })).value).toBeLessThan(75);
    expect(await ask({ ask: 'flagger', query: of('sound', 'haldane_verdict_code') })).toEqual({ value: 2 });
  });

  it('of Flagger finds no value while a run is going, so it does not go on, and sees why a query is refused', async () => {
    expect((await ask({ ask: 'flagger', query: of('going') })).error).toContain('no values found');
    expect(await ask({ ask: 'flagger', query: of('going', 'haldane_run_done') })).toEqual({ value: 0 });
    expect((await ask({ ask: 'flagger', query: 'rate(x[5m])' })).error).toContain('the function rate is not answered');
  });

  const conditions = { success: 'result[0] == 2', failure: 'result[0] == 0' };
  it.each([
    ['sound', 'Successful'],
    ['slow', 'Failed'],
    ['going', 'Error'],
  ])('of Argo measures %s as %s', async (application, phase) => {
    const query = of(application, 'haldane_verdict_code');
    expect((await ask({ ask: 'argo', query, ...conditions })).phase).toBe(phase);
  });

  it.each([
    ['sound', 'good', 'Successful'],
    ['slow', 'bad', 'Failed'],
    ['going', 'good', 'Inconclusive'],
    ['nowhere', 'good', 'Inconclusive'],
  ])('of Argo measures %s with the example of the manual', async (application, canary, phase) => {
    const { metrics } = example('argo-prometheus-analysis-template.yaml')[0].spec;
    const { successCondition, failureCondition, provider } = metrics[0];
    const args = { application, canary, config: 'checkout' };
    const query = filled(provider.prometheus.query, /\{\{args\.(\w+)\}\}/g, args);
    const asked = { ask: 'argo', query, success: successCondition, failure: failureCondition };
    expect((await ask(asked)).phase).toBe(phase);
  });

  it('of Flagger reads what the example of the manual asks', async () => {
    const [template, canary] = example('flagger-metric-template.yaml');
    const query = (target: string) =>
      filled(template.spec.query, /\{\{ (?:variables\.)?(\w+) \}\}/g, { target, config: 'checkout' });
    expect(canary.spec.analysis.metrics[0].thresholdRange).toEqual({ min: 2 });
    expect(await ask({ ask: 'flagger', query: query('sound') })).toEqual({ value: 2 });
    expect(await ask({ ask: 'flagger', query: query('slow') })).toEqual({ value: 0 });
    expect((await ask({ ask: 'flagger', query: query('going') })).error).toContain('no values found');
  });
});

describe('a real Prometheus with the same samples', () => {
  let prometheus: RunningServer;
  let at: number;
  beforeAll(async () => {
    at = Math.floor(Date.now() / 1000) + 1;
    const all = await ask(`${address}`, '{__name__=~"haldane_.+"}');
    const names = [...new Set(all.map(({ metric }) => metric.__name__ ?? ''))];
    const samples = names.flatMap((name) => [
      `# TYPE ${name} gauge`,
      ...all.filter(({ metric }) => metric.__name__ === name).map((one) => `${textOf(one)} ${at}`),
    ]);
    const started = await startPrometheus([...samples, '# EOF', ''].join('\n'));
    if (started === undefined) throw new Error('no prometheus on PATH; test/tools/install-debian.sh gets one');
    prometheus = started;
  });
  afterAll(() => prometheus.stop());

  interface Found {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }

  async function ask(base: string, query: string): Promise<Found[]> {
    const response = await fetch(`${base}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query, time: `${at}` }),
    });
    const { data, error } = (await response.json()) as {
      data?: { resultType: string; result: Found[] };
      error?: string;
    };
    if (data === undefined) throw new Error(error);
    return data.resultType === 'vector' ? data.result : [{ metric: {}, value: data.result as never }];
  }

  function textOf({ metric: { __name__: name = '', ...labels }, value }: Found): string {
    const pairs = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
    return `${name}{${pairs.map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',')}} ${Number(value[1])}`;
  }

  it.each([
    '{__name__=~"haldane_.+"}',
    'haldane_score',
    'haldane_score{application=~"s.*",canary!="bad"}',
    'haldane_score{application!~"so"}',
    'haldane_score{location=""}',
    'haldane_score * 2 + 1',
    '100 - haldane_score / 3 % 7',
    '-haldane_score',
    '2 * -3 - 4 / 8',
    'haldane_score > 50',
    'haldane_score <= bool 50',
    '50 < haldane_score',
    'haldane_score == haldane_score',
    'haldane_score >= haldane_pass_threshold',
    'haldane_score - on (application) haldane_pass_threshold',
    'haldane_score > on (application, canary) haldane_marginal_threshold',
    'haldane_score > ignoring (config) haldane_marginal_threshold',
    'haldane_score >= bool haldane_pass_threshold',
    'haldane_score unless haldane_verdict_code == 0',
    'haldane_run_done unless on (application) haldane_score',
    'haldane_run_done and on (application) haldane_score > 50',
    'haldane_score or haldane_run_done',
    'haldane_score or on (application) haldane_run_done',
    'sum(haldane_metric_effect_ratio)',
    'avg by (application) (haldane_metric_effect_ratio)',
    'max without (metric, tags) (haldane_metric_effect_ratio)',
    'min(haldane_score) by (config)',
    'count by (classification, nobody) (haldane_metric_classification)',
    'count(haldane_score) - 1 > 5',
    'absent(haldane_score{application="none", canary=~"x"})',
    'absent(haldane_score)',
    'vector(scalar(haldane_score))',
    'scalar(haldane_score{application="slow"}) + 1',
    'haldane_score + haldane_score * 2 > 1 and haldane_score',
    'last_over_time(haldane_score[1m])',
    'count_over_time(haldane_score[1h])',
    'haldane_score offset 1h',
  ])('answers %s alike', async (query) => {
    const [ours, theirs] = [await ask(address, query), await ask(prometheus.baseUrl, query)];
    expect(ours.map(textOf).sort()).toEqual(theirs.map(textOf).sort());
  });
});
