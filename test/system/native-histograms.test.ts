import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drift } from '../../judges/drift/index.ts';
import { prometheus as provider } from '../../providers/prometheus/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { askProvider } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { findProgram, type RunningServer, startPrometheusWith } from '../support/servers/prometheus-server.ts';

// Native histograms are scraped by protobuf only, so this is a target that speaks it.
// Source: io.prometheus.client.MetricFamily of prometheus/client_model, and protobuf's encoding.

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
const zigzag = (value: number) => varint(value < 0 ? -2 * value - 1 : 2 * value);
const number = (field: number, bytes: readonly number[]) => [...varint(field * 8), ...bytes];
const bytes = (field: number, content: readonly number[]) => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);
const double = (field: number, value: number) => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...varint(field * 8 + 1), ...buffer];
};

/** A histogram of schema 0, whose buckets end at powers of 2: bucket 1 is (1, 2], bucket 2 is (2, 4]. */
function histogram(version: string, first: number, second: number): number[] {
  const label = bytes(1, [...text(1, 'version'), ...text(2, version)]);
  const span = bytes(12, [...number(1, zigzag(1)), ...number(2, varint(2))]);
  const value = [
    ...number(1, varint(first + second)),
    ...double(2, 1.5 * first + 3 * second),
    ...number(5, zigzag(0)),
    ...double(6, 0.001),
    ...number(7, varint(0)),
    ...span,
    ...number(13, zigzag(first)),
    ...number(13, zigzag(second - first)),
  ];
  return bytes(4, [...label, ...bytes(7, value)]);
}

/** Thirty outputs a second; of the canary's most are slow. */
function family(seconds: number): Buffer {
  const metrics = [
    ...histogram('v1', 1 + 20 * seconds, 1 + 10 * seconds),
    ...histogram('v2', 1 + 5 * seconds, 1 + 25 * seconds),
  ];
  const content = [...text(1, 'ttft_seconds'), ...text(2, 'Time to first token.'), ...number(3, varint(4)), ...metrics];
  return Buffer.from([...varint(content.length), ...content]);
}

const PROTOBUF = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
const isThere = findProgram('prometheus') !== undefined;

describe.skipIf(!isThere)('native histograms of a real Prometheus', () => {
  let target: Server;
  let server: RunningServer;
  const started = Date.now();
  beforeAll(async () => {
    target = createServer((_, response) => {
      response.writeHead(200, { 'content-type': PROTOBUF }).end(family(Math.floor((Date.now() - started) / 1000)));
    }).listen(0, '127.0.0.1');
    await new Promise((done) => target.once('listening', done));
    const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
    const jobs = [{ job_name: 'model', scrape_interval: '1s', static_configs: [{ targets: [address] }] }];
    server = await startPrometheusWith(JSON.stringify({ scrape_configs: jobs }), '--enable-feature=native-histograms');
    await sleep(12_000);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    target?.close();
  });

  const ask = (version: string, query: object): Promise<MetricSet[]> => {
    const end = Math.floor(Date.now() / 1000) * 1000;
    const request = fixtureRequest(provider, {
      account: { endpoint: { baseUrl: server.baseUrl } },
      metric: { name: 'ttft', query: { type: 'prometheus', ...query } },
      scope: { scope: version, start: end - 4000, end, step: 4 },
    });
    return askProvider(provider, request, new AbortController().signal);
  };
  const expr = 'sum(increase(ttft_seconds{version="${scope}"}[4s]))';

  it('are buckets that DriftJudge compares', async () => {
    const [control, experiment] = [
      await ask('v1', { expr, nativeHistograms: 'buckets' }),
      await ask('v2', { expr, nativeHistograms: 'buckets' }),
    ];
    expect(control.map(({ tags }) => tags.vmrange)).toEqual(['1...2', '2...4']);
    const pairs = control.map(({ tags, values }, index) => {
      return {
        name: 'ttft',
        tags: { ...tags },
        values: { control: values, experiment: experiment[index]?.values ?? [] },
      };
    });
    const metrics = [{ name: 'ttft', groups: ['g'], analysisConfigurations: { canary: { data: 'buckets' } } }];
    const { score, results } = await drift.judge(
      {
        canaryConfig: { metrics, classifier: { groupWeights: { g: 100 } } },
        scoreThresholds: { pass: 95, marginal: 75 },
        metricSetPairList: pairs,
      },
      new AbortController().signal,
    );
    const sentences = results.map(({ evidence }) => evidence?.sentence).join(' ');
    expect([score.classification, sentences]).toEqual(['Fail', expect.stringContaining('has drifted')]);
  });

  it('are refused with the remedy where a single value is asked for', async () => {
    await expect(ask('v1', { expr })).rejects.toThrow('set nativeHistograms to "buckets"');
  });
});
