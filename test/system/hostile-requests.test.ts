import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService, type TestService } from '../support/http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

const post = (url: string, payload: object | string) =>
  service.http.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });
const adhoc = (changes: object) => ({ canaryConfig: configOf(), executionRequest: { ...requestOf(), ...changes } });
const analysis = (changes: object, scope: object = {}) => ({
  canaryConfig: configOf(),
  executionRequest: { scopes: [scope], thresholds: { pass: 95, marginal: 75 }, lifetimeDurationMins: 60, ...changes },
});

/** What the fuzzer found, and what would have been answered 200 and then broken every reading. */
const REFUSED: readonly [string, string, object, RegExp][] = [
  [
    'a time in a year of five digits, given in milliseconds',
    '/canary',
    adhoc({ scopes: { default: { controlScope: { start: 317_000_000_000_000 }, experimentScope: {} } } }),
    /start: '317000000000000' is beyond the year 9999/,
  ],
  [
    'a time that its offset moves beyond the year 9999',
    '/canary',
    adhoc({ scopes: { default: { controlScope: { start: '9999-12-31T23:59:59-01:00' }, experimentScope: {} } } }),
    /is not an instant/,
  ],
  [
    'an archived run of another age',
    '/canaryResultArchive',
    { buildTimeMillis: 8.64e15 + 1 },
    /^buildTimeMillis: must be at most/,
  ],
  [
    'an analysis whose windows reach beyond the year 9999',
    '/standalone_canary_analysis',
    analysis({}, { startTimeIso: '9999-12-31T23:30:00Z' }),
    /beyond the years 0 to 9999/,
  ],
  [
    'an analysis whose control lies before the year 0',
    '/standalone_canary_analysis',
    analysis({}, { startTimeIso: '0000-01-01T00:00:00Z', controlOffsetInMinutes: 1 }),
    /beyond the years 0 to 9999/,
  ],
  [
    'an analysis of more judgements than can be stepped through',
    '/standalone_canary_analysis',
    analysis({ lifetimeDurationMins: 2001, analysisIntervalMins: 1 }),
    /^2001 judgements are too many/,
  ],
  [
    'an analysis of too many scopes',
    '/standalone_canary_analysis',
    analysis({ scopes: new Array(1001).fill({}) }),
    /scopes: must have at most 1000 elements/,
  ],
  ...['__proto__', 'constructor', 'toString'].map((pass): [string, string, object, RegExp] => [
    `the number "${pass}"`,
    '/canary',
    adhoc({ thresholds: { pass, marginal: 75 } }),
    /thresholds.pass: '\w+' is not a number from/,
  ]),
  ['the sample "__proto__"', '/metricSetList', [{ name: 'm', values: ['__proto__'] }], /"__proto__" is not a number/],
  [
    'an id that fits no path',
    '/canaryConfig',
    configOf(1, { id: 'x'.repeat(257) }),
    /^id: must have at most 256 characters/,
  ],
  [
    'an id of half a character',
    '/canaryConfig',
    configOf(1, { id: '\ud800' }),
    /^id: must not contain half a character/,
  ],
  [
    'a config for more applications than a query can name',
    '/canaryConfig',
    configOf(1, { applications: Array.from({ length: 1001 }, (_, index) => `a${index}`) }),
    /^applications: must have at most/,
  ],
];

describe('a hostile request', () => {
  it.each(REFUSED)('with %s is refused', async (_, url, payload, message) => {
    const answer = await post(url, payload);
    expect(answer.json()).toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });

  it.each([
    ['elements of a list', '/metricSetPairList', () => `[${'{},'.repeat(3_000_000)}{}]`, /^\[0\]\.name: /],
    [
      'texts that are numbers',
      '/canaryConfig',
      () => `{"metrics":[{"groups":[${'1,'.repeat(4_500_000)}1]}]}`,
      /groups\[0\]/,
    ],
    [
      'scopes',
      '/standalone_canary_analysis',
      () => `{"executionRequest":{"scopes":[${'{},'.repeat(3_000_000)}{}]}}`,
      /scopes: must have at most/,
    ],
  ])(
    'with millions of wrong %s is refused soon, and in few words',
    async (_, url, body, message) => {
      const text = body();
      const begun = process.cpuUsage();
      const answer = await post(url, text);
      // Telling of every problem takes several times as long. The clock would also count what else the machine does.
      expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(5);
      expect(answer.json()).toMatchObject({ status: 400, message: expect.stringMatching(message) });
      expect(answer.json().details.length).toBeLessThanOrEqual(20);
      expect(answer.body.length).toBeLessThan(10_000);
    },
    30_000,
  );

  it('names the place of a problem far down a long list', async () => {
    const sets = Array.from({ length: 6000 }, (_, index) => ({ name: index === 5432 ? 1 : 'm', values: [] }));
    const tags = Object.fromEntries(
      Array.from({ length: 6000 }, (_, index) => [`k${index}`, index === 5432 ? 1 : 'v']),
    );
    expect((await post('/metricSetList', sets)).json().details).toEqual([
      '[5432].name: must be a text, not a number (got 1)',
    ]);
    expect((await post('/metricSetList', [{ name: 'm', tags, values: [] }])).json().details).toEqual([
      '[0].tags.k5432: must be a text, not a number (got 1)',
    ]);
  });

  it('is not told back whole', async () => {
    for (const payload of [configOf(1, { name: ' '.repeat(5_000_000) }), { name: { first: 'x'.repeat(5_000_000) } }]) {
      const answer = await post('/canaryConfig', payload);
      expect(answer.statusCode).toBe(400);
      expect(answer.body.length).toBeLessThan(5000);
    }
  });

  it('with an empty id brings a run an id of its own', async () => {
    const { pipelineId } = (await post('/canaryResultArchive', { pipelineId: '' })).json();
    expect((await service.http.inject(`/canaryResultArchive/${pipelineId}`)).json()).toMatchObject({ pipelineId });
  });

  it('with a cursor of another age is refused', async () => {
    const cursor = Buffer.from('[1e308,"x"]').toString('base64url');
    const answer = await service.http.inject(`/canary/executions?cursor=${cursor}`);
    expect(answer.json()).toMatchObject({ status: 400, message: expect.stringMatching(/^cursor: not a valid cursor/) });
  });
});
