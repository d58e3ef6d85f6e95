import { describe, expect, it } from 'vitest';
import { failuresInWords, nextToDecideInWords } from '../../src/reports/course-words.ts';

type Outcome = 'High' | 'Pass';
/** Intervals of an analysis, from what each found of its metrics. */
const intervals = (...found: readonly Readonly<Record<string, Outcome | number>>[]) =>
  found.map((metrics, index) => ({
    number: index + 1,
    score: 90,
    metrics: Object.entries(metrics).map(([name, outcome]) => ({
      name,
      classification: typeof outcome === 'number' ? 'Pass' : outcome,
      critical: false,
      muted: false,
      ...(typeof outcome === 'number' ? { minutesToDecision: outcome } : {}),
    })),
  }));

describe('the failures of an analysis in words', () => {
  it('name the metric that failed before the others', () => {
    const scored = intervals({ a: 'Pass', b: 'High' }, { a: 'High', b: 'High' }, { a: 'High', b: 'High' });
    expect(failuresInWords(scored)).toBe(
      'Failed in the last interval: “a” (since interval 2), “b” (since interval 1). “b” was first.',
    );
  });

  it.each([
    ['two began at once', intervals({ a: 'Pass', b: 'Pass' }, { a: 'High', b: 'High' })],
    ['only one failed', intervals({ a: 'Pass' }, { a: 'High' })],
    ['it passed in between', intervals({ a: 'High', b: 'Pass' }, { a: 'Pass', b: 'Pass' }, { a: 'High', b: 'High' })],
  ])('name none where %s', (_, scored) => {
    expect(failuresInWords(scored)).not.toContain('was first');
  });
});

describe('what decides next', () => {
  it('is the open metric that needs the fewest minutes', () => {
    expect(nextToDecideInWords(intervals({ slow: 90, soon: 11.6, failed: 'High' }))).toBe(
      '“soon” decides next, with about 12 more minutes of data.',
    );
  });

  it('is not told where nothing is open', () => {
    expect(nextToDecideInWords(intervals({ failed: 'High', decided: 0 }))).toBe('');
    expect(nextToDecideInWords([])).toBe('');
  });
});
