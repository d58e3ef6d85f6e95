import createClient from 'openapi-fetch';
import type { components, paths } from './haldane.d.ts';

// Creates a config, starts a run, reads its verdict, with types from the contract: node verdict.ts <address>

type Schemas = components['schemas'];
const client = createClient<paths>({ baseUrl: process.argv[2] ?? '' });

const query: Schemas['PrometheusQuery'] = {
  type: 'prometheus',
  customInlineTemplate: 'PromQL:avg(avg_over_time(request_latency_seconds{version="${scope}"}[1m]))',
};
// @ts-expect-error: a store's query has the fields of that store
export const wrongField: Schemas['PrometheusQuery'] = { ...query, evaluateAt: 'noon' };
// @ts-expect-error: a store that is known has its own fields only
export const wrongStore: Schemas['KnownMetricQuery'] = { type: 'datadog', expr: 'up' };
export const otherStore: Schemas['CanaryMetricQuery'] = { type: 'of-tomorrow', anything: ['goes'] };

const metric: Schemas['CanaryMetricConfig'] = {
  name: 'latency, mean',
  query,
  groups: ['latency'],
  analysisConfigurations: { canary: { direction: 'increase', importance: 'critical' } },
  scopeName: 'default',
};
const created = await client.POST('/canaryConfig', {
  body: {
    name: 'from-typescript',
    applications: ['shop'],
    judge: { name: 'HaldaneJudge-v1.0', judgeConfigurations: {} },
    metrics: [metric],
    classifier: { groupWeights: { latency: 100 } },
  },
});
if (created.error !== undefined) throw new Error(created.error.message);

const window = { start: '2025-01-15T12:30:00Z', end: '2025-01-15T14:30:00Z', step: 60 };
const started = await client.POST('/canary/{id}', {
  params: { path: { id: created.data.canaryConfigId }, query: { wait: '60s' } },
  body: {
    scopes: {
      default: {
        controlScope: { scope: 'baseline', ...window },
        experimentScope: { scope: 'canary', ...window },
      },
    },
    thresholds: { pass: 95, marginal: 75 },
  },
});
if (started.error !== undefined) throw new Error(started.error.message);
const id = 'canaryExecutionId' in started.data ? started.data.canaryExecutionId : undefined;

const read = await client.GET('/canary/{id}', { params: { path: { id: id ?? '' } } });
if (read.error !== undefined) throw new Error(read.error.message);
const score = read.data.result?.judgeResult.score;
const [judged] = read.data.result?.judgeResult.results ?? [];
console.log(JSON.stringify({ verdict: score?.classification, score: score?.score, metric: judged?.classification }));

const missing = await client.GET('/canary/{id}', { params: { path: { id: 'nobody' } } });
console.log(JSON.stringify({ status: missing.error?.status, errorCode: missing.error?.errorCode }));
