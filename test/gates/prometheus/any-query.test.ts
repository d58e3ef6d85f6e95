import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrometheusApi } from '../../../gates/prometheus/index.ts';
import { CanaryError } from '../../../src/errors.ts';
import { fakeRuns, NOW, resultOf } from './fake-runs.ts';

const runs = fakeRuns(
  { began: 4, ended: 3, verdict: 'Pass', score: 97, result: resultOf({ p50: 1 }) },
  { began: 4, ended: 3, verdict: 'Fail', score: 40, canary: 'v3', result: resultOf({ p50: 2 }) },
  { began: 2, canary: 'v4' },
);
const api = createPrometheusApi({ source: runs, now: () => NOW, version: '0.0.0' });

const WORDS = [
  ...['haldane_score', 'haldane_run_done', 'haldane_verdict_code', '{canary="v3"}', '{canary=~"v.*",a!~"("}', '[5m]'],
  ...['(', ')', '+', '-', '*', '/', '%', '^', '==', '!=', '>', '<=', 'and', 'or', 'unless', 'bool', 'on', 'ignoring'],
  ...['by', 'without', '(canary)', '()', 'sum', 'min', 'count', 'avg', 'topk', 'vector', 'scalar', 'absent', 'rate'],
  ...[
    'last_over_time',
    'count_over_time',
    'offset',
    '1h',
    '@',
    '1',
    '-2',
    '.5',
    'Inf',
    'NaN',
    '"x"',
    '`y`',
    '# z\n',
    ',',
  ],
];
const query = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `haldane_score{canary=~${JSON.stringify(text)}}`),
);

describe('any query', () => {
  it('is answered, or refused in words', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        try {
          const { data } = await api.query({ parameters: new URLSearchParams({ query: text }) });
          const { result } = data as { result: { value: [number, string] }[] };
          for (const { value } of result) if (Array.isArray(value)) expect(typeof value[1]).toBe('string');
          answered += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(CanaryError);
          expect((error as CanaryError).status).toBe(400);
          expect((error as CanaryError).message).toMatch(/^query: ./);
        }
      }),
      { numRuns: 500 },
    );
    expect(answered).toBeGreaterThan(5);
  });
});
