import { describe, expect, it } from 'vitest';
import { readTemplatePacks } from '../../../providers/index.ts';
import type { SeriesLabels, SeriesSource } from '../../../src/domain/series-labels.ts';
import { TemplatePacks } from '../../../src/engine/configs/template-packs.ts';
import { armsOf } from '../../../src/engine/discovery/arms.ts';
import { discover } from '../../../src/engine/discovery/discover.ts';
import { discoveredConfig, packsTogether } from '../../../src/engine/discovery/discovered-config.ts';
import { matchPacks, seriesOf } from '../../../src/engine/discovery/match-packs.ts';
import { scopeLabel } from '../../../src/engine/discovery/scope-label.ts';
import { versionLabels } from '../../../src/engine/discovery/version-labels.ts';

const packs = readTemplatePacks().filter(({ provider }) => provider === 'prometheus');
const packOf = (id: string) => packs.find((pack) => pack.id === id) ?? expect.unreachable(id);
const names = (...values: string[]) => new Map(values.map((value) => [value, 1]));

/** A store with these series. */
function storeOf(all: Readonly<Record<string, readonly SeriesLabels[]>>): SeriesSource {
  return { names: async () => Object.keys(all), series: async (metric) => all[metric] ?? [] };
}

/** Series of a service in two versions, with a label of the request. */
const requests = (label: string, values: readonly string[], more: SeriesLabels = { job: 'shop' }) =>
  values.flatMap((value, index) =>
    ['200', '500'].map((code) => ({ ...more, code, [label]: value, instance: `10.0.0.${index}:80` })),
  );

describe('seriesOf', () => {
  it.each(packs.flatMap(({ metrics }) => metrics))('knows what $name reads', (metric) => {
    expect(seriesOf(metric).length).toBeGreaterThan(0);
  });
});

describe('matchPacks', () => {
  it('puts what can tell errors and latency first, and says what is missing', () => {
    const chance = 'container_memory_working_set_bytes';
    const [first, ...others] = matchPacks(packs, ['http_requests_total', 'go_goroutines', chance]);
    expect(first?.pack.id).toBe('client-libraries');
    expect(first?.metrics).toEqual(['client-error-ratio', 'client-traffic', 'go-goroutines']);
    expect(first?.missing[0]).toEqual({
      metric: 'client-duration-error-ratio',
      series: ['http_request_duration_seconds_count'],
    });
    expect(others).toEqual([]);
    expect(matchPacks(packs, ['up', 'http_requests'])).toEqual([]);
  });
});

describe('scopeLabel', () => {
  it('reads the workload from the name of a pod, and nothing where a pattern has no end', () => {
    const pod = scopeLabel(packOf('spring-boot'), 'scope');
    expect(pod?.label).toBe('pod');
    expect(pod?.read('shop-canary-7d9f8b6c5-x2x4z')).toBe('shop-canary');
    expect(scopeLabel(packOf('spring-boot'), 'location')?.label).toBe('namespace');
    expect(scopeLabel(packOf('otel-http'), 'scope')?.read('1.2.3')).toBe('1.2.3');
    expect(scopeLabel(packOf('apisix'), 'scope')).toBeUndefined();
  });
});

describe('armsOf', () => {
  it.each([
    [names('shop-canary', 'shop-stable'), ['shop-stable', 'shop-canary']],
    [names('shop', 'shop-canary', 'search'), ['shop', 'shop-canary']],
    [names('shop-primary', 'shop-canary', 'other-primary'), ['shop-primary', 'shop-canary']],
    [names('canary', 'stable'), ['stable', 'canary']],
    [names('v10', 'v9'), ['v9', 'v10']],
    [names('1.2.0', '1.10.0', '1.9.3'), ['1.9.3', '1.10.0']],
    [
      new Map([
        ['6f5c', 1],
        ['7d9f', 9],
      ]),
      ['7d9f', '6f5c'],
    ],
  ])('%o', (counts, [baseline, canary] = []) => {
    expect(armsOf(counts)).toMatchObject({ baseline, canary });
  });

  it('guesses aloud, and not among three', () => {
    expect(armsOf(names('a', 'b'))?.told).toContain('guess');
    expect(armsOf(names('a', 'b', 'c'))).toBeUndefined();
    expect(armsOf(names('a'))).toBeUndefined();
  });
});

describe('versionLabels', () => {
  it('takes what belongs to a target, by name first, and nothing that belongs to a request', () => {
    const series = requests('version', ['v1', 'v2']).map((labels, index) => ({
      ...labels,
      odd: index < 2 ? 'a' : 'b',
    }));
    expect(versionLabels(series).map(({ name }) => name)).toEqual(['version', 'odd', 'instance']);
    expect(versionLabels(series)[0]?.arms).toMatchObject({ baseline: 'v1', canary: 'v2' });
  });

  it('finds none where there is one version, and none of too many values', () => {
    expect(versionLabels(requests('version', ['v1']))).toEqual([]);
    const many = Array.from({ length: 30 }, (_, index) => `v${index}`);
    expect(versionLabels(requests('version', many))).toEqual([]);
  });
});

describe('discover', () => {
  const found = async (all: Readonly<Record<string, readonly SeriesLabels[]>>) => discover(storeOf(all), packs);

  it('finds the label that tells versions apart, the service, and the label of the status', async () => {
    const other = requests('version', ['1.0'], { job: 'search' });
    const shop = requests('version', ['1.0', '1.1']).map(({ code, ...rest }) => ({ ...rest, status_code: code }));
    const { metrics, packs: all } = await found({ http_requests_total: [...other, ...shop], go_goroutines: [] });
    expect(metrics).toBe(2);
    expect(all[0]).toMatchObject({
      id: 'client-libraries',
      metrics: ['client-error-ratio', 'client-traffic', 'go-goroutines'],
      variables: { place: 'job', label: 'version', status: 'status_code' },
      seenIn: 'http_requests_total',
      versions: { label: 'version', arms: { baseline: '1.0', canary: '1.1' } },
      place: { label: 'job', chosen: 'shop' },
    });
    const config = new TemplatePacks(() => packs).expand(discoveredConfig('shop', 'shop', packsTogether(all)));
    expect(JSON.stringify(config)).toContain(
      'http_requests_total{job=~\\"${location}\\",version=~\\"${scope}\\",status_code=~',
    );
    expect(config.classifier?.groupWeights).toEqual({ errors: 57, traffic: 14, saturation: 29 });
  });

  it('takes the job for the version where each version is a job', async () => {
    const series = [
      ...requests('x', ['1'], { job: 'shop-stable', namespace: 'prod' }),
      ...requests('x', ['1'], { job: 'shop-canary', namespace: 'prod' }).map((labels) => ({
        ...labels,
        instance: 'b',
      })),
    ];
    const {
      packs: [first],
    } = await found({ http_requests_total: series });
    expect(first).toMatchObject({
      variables: { place: 'namespace', label: 'job' },
      versions: { arms: { baseline: 'shop-stable', canary: 'shop-canary' } },
    });
  });

  it('says what to do where one version runs, and counts no errors without a status', async () => {
    const series = requests('version', ['v1']).map(({ code: _, ...labels }) => labels);
    const {
      packs: [first],
    } = await found({ http_requests_total: series });
    expect(first?.metrics).toEqual(['client-traffic']);
    expect(first?.problem).toMatch(/^no label of http_requests_total of shop has two values now.*--baseline-start/);
  });

  it('reads workloads from pods for a pack that names its labels, and judges together what has the same sides', async () => {
    const pods = ['shop-stable-7d9f8b6c5-x2x4z', 'shop-stable-7d9f8b6c5-aaaaa', 'shop-canary-6c5f8b6c5-bbbbb'];
    const series = pods.map((pod) => ({ pod, namespace: 'prod', container: 'shop' }));
    const { packs: all } = await found({
      http_server_requests_seconds_count: series,
      http_server_requests_seconds_sum: series,
      ...Object.fromEntries(
        packOf('kubernetes')
          .metrics.flatMap(seriesOf)
          .map((name) => [name, series]),
      ),
      jvm_gc_pause_seconds_sum: series,
    });
    expect(all.map(({ id }) => id)).toEqual(['spring-boot', 'kubernetes']);
    expect(all[0]).toMatchObject({
      versions: { label: 'pod', arms: { baseline: 'shop-stable', canary: 'shop-canary' } },
      place: { label: 'namespace', chosen: 'prod' },
    });
    expect(packsTogether(all).map(({ id }) => id)).toEqual(['spring-boot', 'kubernetes']);
  });

  it('says when a pack looks at a label that is not there', async () => {
    const {
      packs: [first],
    } = await found({ http_server_requests_seconds_count: requests('version', ['1', '2']) });
    expect(first?.problem).toBe(
      'its queries tell versions apart by the label pod, which http_server_requests_seconds_count does not have',
    );
  });
});
