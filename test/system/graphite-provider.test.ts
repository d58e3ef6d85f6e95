/** The provider against a real graphite-web; what is worth knowing of it is in `providers/graphite/README.md`. */
import { afterAll, describe, expect, test } from 'vitest';
import { graphite } from '../../providers/graphite/index.ts';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { COMBINES, expectSameValues, writtenGauge } from '../support/samples/written-gauge.ts';
import { secondsSinceSamples, startGraphite } from '../support/servers/graphite-server.ts';
import { requiredServer } from '../support/servers/required-server.ts';

const START = Date.parse('2025-01-15T12:40:00Z') / 1000;
const counting = Array.from({ length: 240 }, (_, index) => [START + 15 * index, index] as const);

const server = await requiredServer('graphite-manage', () => startGraphite());
/** A day of points every 15 s, and 5 min before that, as of the samples. */
const tagged = await requiredServer('graphite-manage', () =>
  startGraphite(
    {
      'shop.canary.old': counting,
      'disk.used;version=canary;zone=a': counting,
      'disk.used;version=canary;zone=b': counting,
      'disk.used;version=baseline;zone=a': counting,
    },
    [
      [15, 86_400],
      [300, secondsSinceSamples()],
    ],
  ),
);
afterAll(() => Promise.all([server?.stop(), tagged?.stop()]));

const NEVER = new AbortController().signal;
const GAP = Number.NaN;
const LATENCY = 'shop.$scope.request_latency_seconds';
const WINDOW: { start: string; end: string; step?: number } = { start: '12:40:00', end: '12:47:00', step: 60 };

function requestOf(metricName: string, { query = {}, window = {}, from = server } = {}) {
  const { start, end, step } = { ...WINDOW, ...window };
  return fixtureRequest(graphite, {
    account: { endpoint: { baseUrl: from?.baseUrl } },
    metric: { name: 'm', query: { type: 'graphite', metricName, ...query } },
    scope: { scope: 'canary', start: at(start), end: at(end), step },
  });
}

function ask(...asked: Parameters<typeof requestOf>): Promise<MetricSet[]> {
  return askProvider(graphite, requestOf(...asked), NEVER);
}

async function valuesOf(...asked: Parameters<typeof requestOf>): Promise<number[]> {
  return (await ask(...asked))[0]?.values ?? [];
}

function at(time: string): string {
  return `2025-01-15T${time}Z`;
}

describe.skipIf(server === undefined || tagged === undefined)('a real graphite-web', () => {
  test('answers the mean of what was written, as many points as there are slots', async () => {
    expectSameValues(await valuesOf(LATENCY), writtenGauge({ start: at(WINDOW.start), count: 7 }));
  });

  test.each(['max', 'min', 'sum', 'last'] as const)('summarizes by %s', async (summarize) => {
    const expected = writtenGauge({ start: at(WINDOW.start), count: 7, combine: COMBINES[summarize] });
    expectSameValues(await valuesOf(LATENCY, { query: { summarize } }), expected);
  });

  test.each([
    ['in a whole minute', '12:40:00', '12:44:00'],
    ['between two points', '12:40:07', '12:44:07'],
    ['within a second', '12:40:14.500', '12:44:14.500'],
    ['a second before a point', '12:40:29', '12:44:29'],
  ])('begins where the window begins: %s', async (_, start, end) => {
    expectSameValues(await valuesOf(LATENCY, { window: { start, end } }), writtenGauge({ start: at(start), count: 4 }));
  });

  test('shows a silence as gaps', async () => {
    const values = await valuesOf(LATENCY, { window: { start: '12:48:00', end: '13:17:00' } });
    expectSameValues(values, writtenGauge({ start: at('12:48:00'), count: 29 }));
    expect(values.filter(Number.isNaN)).toHaveLength(25);
  });

  test('answers every point when the step is the interval, or there is none', async () => {
    const every = writtenGauge({ start: at('12:40:00'), count: 28, stepSeconds: 15 });
    expectSameValues(await valuesOf(LATENCY, { window: { step: 15 }, query: { summarize: 'none' } }), every);
    expectSameValues(await valuesOf(LATENCY, { window: { step: undefined } }), every);
    await expect(ask(LATENCY, { query: { summarize: 'none' } })).rejects.toMatchObject({
      code: 'METRICS_QUERY_INVALID',
      message: expect.stringContaining('every 15 s'),
    });
  });

  test('answers old points in longer steps, with a warning', async () => {
    const [set] = await ask('shop.$scope.old', { from: tagged, window: { end: '13:10:00' } });
    expect(set).toMatchObject({ stepMillis: 300_000, values: [19, 39, 59, 79, 99, 119] });
    expect(set?.attributes?.warnings).toContain('every 300 s here, not every 60 s');
  });

  test('tells series apart by their targets, aliases and tags', async () => {
    const tagsOf = async (...asked: Parameters<typeof requestOf>) => (await ask(...asked)).map(({ tags }) => tags);
    expect(await tagsOf('shop.$scope.{request_latency_seconds,work_queue_*}')).toEqual([
      { target: 'shop.${scope}.request_latency_seconds' },
      { target: 'shop.${scope}.work_queue_depth' },
    ]);
    expect(await tagsOf('aliasByNode(shop.$scope.work_*,2)')).toEqual([{ target: 'work_queue_depth' }]);
    expect(await tagsOf('sumSeries(shop.*.request_latency_seconds)')).toEqual([{}]);
    const byTag = (expression: string) => tagsOf(expression, { from: tagged, window: { end: '13:10:00' } });
    const canary = "seriesByTag('name=disk.used','version=${scope}')";
    const both = [
      { version: '${scope}', zone: 'a' },
      { version: '${scope}', zone: 'b' },
    ];
    expect(await byTag(canary)).toEqual(both);
    expect(await byTag(`movingMedian(${canary},2)`)).toEqual(both.map((tags) => ({ ...tags, movingMedian: '2' })));
    expect(await byTag(`sumSeries(${canary})`)).toEqual([{}]);
    expect(await byTag(`groupByTags(${canary},'sum','zone')`)).toEqual([{ zone: 'a' }, { zone: 'b' }]);
  });

  test('answers a target that is too long for an address', async () => {
    const paths = Array.from({ length: 120 }, () => LATENCY).join(',');
    expectSameValues(
      await valuesOf(`averageSeries(group(${paths}))`),
      writtenGauge({ start: at(WINDOW.start), count: 7 }),
    );
  });

  test('has no data of what it does not know, and says what that may be', async () => {
    const [set] = await ask('shop.$scope.no_such');
    expect(set?.values).toEqual(Array(7).fill(GAP));
    expect(set?.attributes?.warnings).toContain('the metric does not exist');
    const ratio = `divideSeries(${LATENCY},shop.$scope.no_such)`;
    expect(await valuesOf(ratio)).toEqual(Array(7).fill(GAP));
  });

  test.each([
    ['an unknown function', `nofunc(${LATENCY})`, 'unknown function: nofunc'],
    ['several divisors', `divideSeries(${LATENCY},shop.*.work_queue_depth)`, 'unknown token in target evaluator'],
    ['a wrong argument', `scale(${LATENCY},'x')`, "ValueError: could not convert string to float: 'x'"],
    ['a missing argument', `scale(${LATENCY})`, "missing 1 required positional argument: 'factor'"],
    ['an unknown consolidation', `summarize(${LATENCY},'5min','nope')`, 'nope'],
  ])('refuses %s', async (_, metricName, words) => {
    await expect(ask(metricName)).rejects.toMatchObject({
      code: 'METRICS_QUERY_REJECTED',
      message: expect.stringContaining(words),
    });
  });

  test('completes paths, and passes the check', async () => {
    const { account } = requestOf(LATENCY);
    const namesOf = async (filter: string) =>
      (await listNames(graphite, account, filter, NEVER)).map(({ name }) => name).sort();
    expect(await namesOf('')).toEqual(['shop.']);
    expect(await namesOf('shop.c')).toEqual(['shop.canary-fixed.', 'shop.canary.']);
    expect(await namesOf('shop.$scope.re')).toEqual(['shop.$scope.request_latency_seconds']);
    expect(await namesOf('nothing.')).toEqual([]);
    await graphite.check(account, NEVER);
  });
});
