/**
 * Records what a real Prometheus answers to the questions of the demo's two canaries:
 * `node test/tools/record-demo.ts` rewrites `openapi/examples/demo/prometheus-recording.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { prometheus } from '../../providers/prometheus/index.ts';
import type { Recording } from '../../src/cli/demo/replay-server.ts';
import { CanaryConfig, type CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../src/domain/canary-execution-request.ts';
import { SIDES } from '../../src/domain/canary-scope.ts';
import { companionMetric, ownQuery, QUERY_COMPANIONS } from '../../src/domain/companion-series.ts';
import { type QueriedMetric, queried } from '../../src/domain/metric-query.ts';
import { askProvider } from '../support/ask-provider.ts';
import { startLoopback } from '../support/servers/loopback-server.ts';
import { startPrometheus } from '../support/servers/prometheus-server.ts';

const FOLDER = new URL('../../openapi/examples/demo/', import.meta.url);

const server = await startPrometheus();
if (server === undefined) throw new Error('no prometheus on PATH; test/tools/install-debian.sh gets one');

const recorded = new Map<string, Recording[number]>();
const recorder = await startLoopback(async (request, response) => {
  const body = await text(request);
  const answer = await fetch(server.baseUrl + request.url, { method: 'POST', body: new URLSearchParams(body) });
  const answered = await answer.text();
  if (answer.ok)
    recorded.set(body, { form: Object.fromEntries(new URLSearchParams(body)), answer: JSON.parse(answered) });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answered);
});
try {
  await askAll(recorder.baseUrl);
} finally {
  await Promise.all([recorder.stop(), server.stop()]);
}
const lines = [...recorded.values()].map((one) => `  ${JSON.stringify(one)}`);
writeFileSync(new URL('prometheus-recording.json', FOLDER), `[\n${lines.join(',\n')}\n]\n`);
console.log(`${lines.length} answers recorded`);

async function askAll(baseUrl: string): Promise<void> {
  const config = CanaryConfig.parse(readExample('canary-config.json'));
  const account = prometheus.Account.parse({ name: 'recorder', type: 'prometheus', endpoint: { baseUrl } });
  for (const file of ['good-canary-request.json', 'bad-canary-request.json']) {
    const { scopes = {} } = CanaryExecutionRequest.parse(readExample(file));
    for (const metric of config.metrics ?? []) {
      const pair = scopes[metric.scopeName ?? ''];
      for (const side of SIDES) {
        const scope = side === 'control' ? pair?.controlScope : pair?.experimentScope;
        if (scope === undefined) throw new Error(`${file} has no ${side} scope for ${metric.name}`);
        for (const asked of askedFor(metric)) {
          const query = prometheus.Query.parse(asked.query);
          const request = { config, metric: asked, query, scope, side, account };
          await askProvider(prometheus, request, new AbortController().signal);
        }
      }
    }
  }
}

/** The metric's own query, and those beside it. */
function askedFor(metric: CanaryMetricConfig): QueriedMetric[] {
  const own = queried(metric);
  const beside = QUERY_COMPANIONS.flatMap((companion) => companionMetric(metric, companion) ?? []);
  return [{ ...own, query: ownQuery(own.query) }, ...beside];
}

function readExample(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}
