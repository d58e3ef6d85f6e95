import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricSet } from '../../../src/domain/metric-set.ts';
import { toInstant } from '../../../src/domain/values/instant.ts';
import { AnswerCache } from '../../../src/engine/fetching/answer-cache.ts';

let millis: number;
let cache: AnswerCache;
beforeEach(() => {
  millis = Date.parse('2026-01-01T12:00:00Z');
  cache = new AnswerCache({ now: () => millis, monotonic: () => millis });
});

const series = (points: number): MetricSet[] => [
  { name: 'm', tags: {}, values: new Array<number>(points).fill(1), attributes: {} },
];
const endedAgo = (seconds: number) => ({ end: toInstant(millis - seconds * 1000), step: 60 });

describe('the answers that are kept', () => {
  it('are there for a minute', () => {
    cache.put('a', endedAgo(3600), series(3));
    millis += 59_999;
    expect(cache.get('a')).toEqual(series(3));
    millis += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it.each([
    ['has been over for a step and half a minute', 90, true],
    ['may still get points', 89, false],
    ['goes on', -60, false],
  ])('of a window that %s', (_, seconds, kept) => {
    cache.put('a', endedAgo(seconds), series(3));
    expect(cache.get('a') !== undefined).toBe(kept);
  });

  it('of a window without end are not kept', () => {
    cache.put('a', { step: 60 }, series(3));
    expect(cache.get('a')).toBeUndefined();
  });

  it('give way when there are too many points, the one asked for least recently first', () => {
    for (const key of ['a', 'b', 'c']) cache.put(key, endedAgo(3600), series(60_000));
    cache.get('a');
    cache.put('d', endedAgo(3600), series(60_000));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
  });

  it('are not driven out by one that is larger than all', () => {
    cache.put('a', endedAgo(3600), series(3));
    cache.put('b', endedAgo(3600), series(200_001));
    expect(cache.get('a')).toBeDefined();
    expect(cache.get('b')).toBeUndefined();
  });

  it('count series without points too', () => {
    cache.put('first', endedAgo(3600), series(0));
    for (let index = 0; index < 4000; index++) cache.put(`${index}`, endedAgo(3600), series(0));
    expect(cache.get('first')).toBeUndefined();
    expect(cache.get('3999')).toBeDefined();
  });
});
