/** The template packs for Prometheus against real servers that have what they ask for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { providers, readTemplatePacks } from '../../providers/index.ts';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { CanaryAnalysisResult } from '../../src/domain/canary-judge-result.ts';
import type { TemplatePack } from '../../src/domain/template-pack.ts';
import { TemplatePacks } from '../../src/engine/configs/template-packs.ts';
import { askProvider } from '../support/ask-provider.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { packsWithSamples, TEMPLATE_SAMPLES, templateSamplesText } from '../support/samples/template-samples.ts';
import { startPrometheus } from '../support/servers/prometheus-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';
import { startVictoriaMetrics } from '../support/servers/victoria-metrics-server.ts';

const samples = templateSamplesText();
const servers = [
  { name: 'Prometheus', server: await requiredServer('prometheus', () => startPrometheus(samples)) },
  { name: 'VictoriaMetrics', server: await requiredServer('victoria-metrics', () => startVictoriaMetrics(samples)) },
];
afterAll(async () => {
  for (const { server } of servers) await server?.stop();
});

const NEVER = new AbortController().signal;
const { location, control, worse, sound, runFrom: start, end } = TEMPLATE_SAMPLES;
const SCOPES = [control, `${control}|no-such.*`];
const packs = readTemplatePacks().filter(({ provider }) => provider === 'prometheus');
const metrics = packs.flatMap((pack) => new TemplatePacks(() => [pack]).get(pack.id).metrics);

test('there are samples for every pack', () => {
  expect(packsWithSamples().sort()).toEqual(packs.map(({ id }) => id).sort());
});

describe.each(servers.filter(({ server }) => server !== undefined))('$name', ({ name, server }) => {
  const flavor = name.toLowerCase();
  const account = { name: 'prom', type: 'prometheus', flavor, endpoint: { baseUrl: server?.baseUrl } };
  let service: TestService;
  beforeAll(async () => {
    const metricsStores = [prometheus.Account.parse(account)];
    service = await createTestService({ providers, judges: createJudges({}), metricsStores });
  });
  afterAll(() => service.close());

  test.each(metrics.map((metric) => [metric.name, metric] as const))('has data for %s', async (name = '', metric) => {
    for (const scope of SCOPES) {
      const request = fixtureRequest(prometheus, {
        account,
        metric: { name, query: { ...metric.query } },
        scope: { scope, location, start, end, step: 60 },
      });
      const sets = await askProvider(prometheus, request, NEVER);
      expect(sets).toHaveLength(1);
      expect(sets[0]?.values.filter(Number.isFinite)).toHaveLength(60);
    }
  });

  const run = async ({ id }: TemplatePack, experiment: string, judge = {}) => {
    const scopeOf = (scope: string) => ({ scope, location, start, end, step: 60 });
    const scopes = { default: { controlScope: scopeOf(control), experimentScope: scopeOf(experiment) } };
    const thresholds = { pass: 95, marginal: 75 };
    const payload = { canaryConfig: { use: id, ...judge }, executionRequest: { scopes, thresholds } };
    const answer = await service.http.inject({ method: 'POST', url: '/canary?wait=60s', payload });
    expect(answer.json()).toMatchObject({ status: 'succeeded' });
    const { results, score } = answer.json().result.judgeResult;
    const labels = (results as CanaryAnalysisResult[]).map(({ name, classification }) => [name, classification]);
    return { labels: Object.fromEntries(labels), verdict: score.classification };
  };

  test.each(packs)('$id: every metric that can get worse shows the regression', async (pack) => {
    const expected = pack.metrics.map(({ name, direction }) => [name, LABELS[direction]]);
    expect(await run(pack, worse)).toEqual({ labels: Object.fromEntries(expected), verdict: 'Fail' });
  });

  test.each(packs)('$id: a version like the one that runs passes', async (pack) => {
    const expected = pack.metrics.map(({ name }) => [name, 'Pass']);
    expect(await run(pack, sound, KAYENTA)).toEqual({ labels: Object.fromEntries(expected), verdict: 'Pass' });
  });

  // Errors are judged as a rate of their requests, so that not even a critical share of them leaves anybody in doubt.
  test.each(packs)(
    '$id: so it does with the judge of packs, which finds nothing worse and is sure of it',
    async (pack) => {
      const { labels, verdict } = await run(pack, sound);
      expect([labels, verdict]).toEqual([Object.fromEntries(pack.metrics.map(({ name }) => [name, 'Pass'])), 'Pass']);
    },
  );
});

const KAYENTA = { judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} } };
/** The load is the same on both sides. */
const LABELS = { increase: 'High', decrease: 'Low', either: 'Pass' };
