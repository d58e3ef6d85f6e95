import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createJudges } from '../../judges/index.ts';
import { cloudwatch } from '../../providers/cloudwatch/index.ts';
import { providers } from '../../providers/index.ts';
import { PrometheusAccount } from '../../providers/prometheus/account.ts';
import { signalfx } from '../../providers/signalfx/index.ts';
import { verdictText } from '../../src/cli/terminal/verdict-text.ts';
import { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse } from '../../src/domain/run.ts';
import { bodyOf, type HonestyCase, prometheusOf, readHonestyCases } from '../support/http/honesty-cases.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

// Cases as data: what is sent and what must be answered. Nothing passes by accident, nothing is a riddle.

let service: TestService;
let store: LoopbackServer;
let stored: HonestyCase['store'];
beforeAll(async () => {
  store = await startLoopback(prometheusOf(() => stored ?? []));
  const account = { name: 'prom', type: 'prometheus', supportedTypes: ['METRICS_STORE'] };
  const prometheus = PrometheusAccount.parse({ ...account, endpoint: { baseUrl: store.baseUrl } });
  service = await createTestService({
    providers,
    judges: createJudges({}),
    metricsStores: [prometheus, ...nobodysStores()],
    attempts: 1,
  });
});
afterAll(async () => {
  await service.close();
  await store.stop();
});

/** Accounts that are asked for texts and checks only. */
function nobodysStores() {
  const endpoint = { baseUrl: store.baseUrl };
  const sigv4 = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'none' };
  return [
    signalfx.Account.parse({
      name: 'splunkcloud',
      type: 'signalfx',
      accessToken: 'none',
      defaultScopeKey: 'version',
      endpoint,
    }),
    cloudwatch.Account.parse({ name: 'aws', type: 'cloudwatch', region: 'eu-west-1', sigv4, endpoint }),
  ];
}

const cases = readHonestyCases();

describe.each([...Map.groupBy(cases, ({ file }) => file)])('%s', (_file, own) => {
  it.each(own)('$name', async (one) => {
    stored = one.store;
    const { status, body, text, headers } = await send(one);
    const { expect: expected } = one;
    expect([status, text]).toEqual([expected.status ?? 200, text]);
    for (const words of expected.answer ?? []) expect(text).toContain(words);
    for (const words of expected.notInAnswer ?? []) expect(text).not.toContain(words);
    for (const value of expected.once ?? [])
      expect([body.message, body.message.split(value).length]).toEqual([body.message, 2]);
    for (const [header, words] of Object.entries(expected.headers ?? {})) expect(headers[header]).toContain(words);
    if (status >= 400) expect(riddlesIn(body)).toEqual([]);
    if (one.run !== undefined && one.send === undefined && status === 200) await checkRun(body, expected);
  });
});

it('have names of their own', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

it('an analysis whose intervals judged nothing is drawn as a plain pass nowhere', async () => {
  const query = { type: 'inline', control: [5], experiment: [5.5] };
  const [metric] = bodyOf({ judge: '', metrics: [{ name: 'm', query }] }, 'here').canaryConfig.metrics;
  const canaryConfig = {
    ...{ name: 'honesty', applications: ['shop'], judge: { name: 'NetflixACAJudge-v1.0' } },
    ...{ metrics: [metric], classifier: { groupWeights: { g: 100 } } },
  };
  const window = { startTimeIso: '2026-01-01T00:00:00Z', endTimeIso: '2026-01-01T00:20:00Z', step: 60 };
  const scopes = [{ scopeName: 'default', controlScope: 'stable', experimentScope: 'fresh', ...window }];
  const executionRequest = { scopes, thresholds: { pass: 95, marginal: 75 }, analysisIntervalMins: 10 };
  const payload = { canaryConfig, executionRequest };
  const started = await service.http.inject({ method: 'POST', url: '/standalone_canary_analysis', payload });
  const id = started.json().canaryAnalysisExecutionId;
  const get = async (url: string) => (await service.http.inject({ url, headers: { accept: 'text/html' } })).body;
  await expect.poll(() => get(`/standalone_canary_analysis/${id}`), { timeout: 20_000 }).toContain('"complete":true');
  const [page = '', markdown = '', junit = '', list = ''] = await Promise.all(
    [`/reports/${id}`, `/reports/${id}.md`, `/reports/${id}.junit.xml`, '/?show=analyses'].map(get),
  );
  for (const form of [page, markdown, junit]) {
    expect(form).toContain('In the last interval 0 of 1 metrics could be judged.');
    expect(form).toContain('Pass over nothing');
  }
  expect(page).toContain('<section class="head analysis nodata"');
  expect(page).not.toContain('class="pass"');
  expect(page).not.toContain('badge pass');
  expect(markdown.startsWith('### ⏳')).toBe(true);
  expect(junit).toContain('skipped="3"');
  expect(list.split('<tr ').find((row) => row.includes(id))).toContain('class="badge nodata"');
});

it('a part of a window is judged in the same words everywhere', async () => {
  const values = { repeat: [5, 6], times: 5 };
  const minute = Math.floor(Date.now() / 60_000);
  const scope = { start: (minute - 10) * 60_000, end: (minute + 10) * 60_000 };
  const metrics = [{ name: 'm', control: values, experiment: values }];
  const payload = bodyOf({ judge: 'WelchTJudge-v1.0', metrics, control: scope, experiment: scope }, 'part');
  const answer = await service.http.inject({ method: 'POST', url: '/canary?wait=20s&partial=true', payload });
  await checkRun(answer.json(), { everyForm: ['The window had not ended: judged on 10 of 20 expected points.'] });
});

const PATHS = {
  validate: '/canaryConfig/validate',
  queries: '/canaryConfig/queries',
  series: '/canaryConfig/series',
  start: '/canary',
  analysis: '/standalone_canary_analysis',
} as const;

async function send({ name, run, request, send: where }: HonestyCase) {
  const path = request?.path ?? (where === undefined ? '/canary?wait=20s' : PATHS[where]);
  const payload = request?.raw ?? request?.body ?? (run && bodyOf(run, name));
  const { method = 'POST', headers = {} } = request ?? {};
  const answer = await service.http.inject({ method, url: path, headers, ...(payload && { payload }) });
  const body = answer.headers['content-type']?.includes('json') ? answer.json() : undefined;
  return { status: answer.statusCode, body, text: readable(answer.body), headers: answer.headers };
}

/** What makes an error a riddle: no message, a code that is text, or the words of a program. */
function riddlesIn(body: Record<string, unknown> | undefined): string[] {
  const { message, status, errorCode, code } = body ?? {};
  return [
    ...(typeof message === 'string' && message.length > 10 ? [] : ['no message']),
    ...(typeof status === 'number' && typeof errorCode === 'string' && code === undefined ? [] : ['no error of ours']),
    ...(/undefined|NaN|\[object |ZodError|TypeError|Cannot read|Unexpected token/.exec(String(message)) ?? []),
  ];
}

/** The run as the API has it, then as every form of its report has it. */
async function checkRun(run: Record<string, unknown>, expected: HonestyCase['expect']): Promise<void> {
  expect([run.status, run.exception]).toEqual(['succeeded', undefined]);
  const { score, results } = (run.result as { judgeResult: Record<string, never> }).judgeResult as unknown as {
    score: { score: number; classification: string; classificationReason: string };
    results: { classification: string }[];
  };
  if (expected.verdict !== undefined)
    expect([score.classification, score.score]).toEqual([expected.verdict, expected.score ?? score.score]);
  for (const words of expected.reason ?? []) expect(score.classificationReason).toContain(words);
  if (expected.metrics !== undefined) expect(results.map((one) => one.classification)).toEqual(expected.metrics);
  const { headline } = JSON.parse(await formOf(run, '.json')) as { headline: string };
  for (const ending of ENDINGS) {
    const body = await formOf(run, ending);
    const form = readable(body);
    for (const words of [headline, ...saidByApi(score.classificationReason), ...(expected.everyForm ?? [])])
      expect([ending, form]).toEqual([ending, expect.stringContaining(words)]);
    for (const words of expected.inNoForm ?? [])
      expect([ending, form]).not.toEqual([ending, expect.stringContaining(words)]);
    if (expected.tone !== undefined && (ending === '' || ending === '.html'))
      expect(body).toContain(`<section class="head ${expected.tone}"`);
    if (expected.tone !== undefined && ending === '.md')
      expect(body.startsWith(`### ${SIGNS[expected.tone]}`)).toBe(true);
  }
  if (expected.tone !== undefined) await checkList(String(run.pipelineId), expected.tone);
}

const ENDINGS = ['', '.html', '.md', '.junit.xml', '.json', 'text'];

/** What the API's reason says besides the names of what failed, which reports say in sentences of their own. */
function saidByApi(reason: string): string[] {
  return reason.startsWith('Canary Failed') ? [] : [reason];
}

/** A report by the ending of its address, or the text of the command line. */
async function formOf(run: Record<string, unknown>, ending: string): Promise<string> {
  const get = async (url: string) => (await service.http.inject({ url, headers: { accept: 'text/html' } })).body;
  if (ending !== 'text') return get(`/reports/${run.pipelineId}${ending}`);
  const pairs = z.array(MetricSetPair).parse(JSON.parse(await get(`/metricSetPairList/${run.metricSetPairListId}`)));
  return stripVTControlCharacters(await verdictText(CanaryExecutionStatusResponse.parse(run), pairs));
}

const SIGNS = { pass: '✅', marginal: '⚠️', fail: '❌', nodata: '⏳' } as const;

async function checkList(id: string, tone: string): Promise<void> {
  const { body } = await service.http.inject({ url: '/', headers: { accept: 'text/html' } });
  const row = body.split('<tr ').find((line) => line.includes(`data-id="${id}"`));
  expect(row).toContain(`class="badge ${tone}"`);
  const compared = await service.http.inject({ url: `/compare?a=${id}`, headers: { accept: 'text/html' } });
  expect(compared.body).toContain(`class="badge ${tone}"`);
}

/** Without what HTML, XML, Markdown and JSON write for a character. */
function readable(text: string): string {
  return text
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll('\\"', '"')
    .replaceAll(/\\([\\`*_[\]#|~$])/g, '$1');
}
