import { beforeEach, describe, expect, it } from 'vitest';
import { RequestRate } from '../../../src/engine/fetching/request-rate.ts';

let millis: number;
const now = () => millis;
beforeEach(() => {
  millis = 1_000_000;
});

/** How many requests may begin in the next so many seconds, asking every millisecond. */
function sentIn(rate: RequestRate, seconds: number): number {
  let sent = 0;
  for (const end = millis + seconds * 1000; millis < end; millis++) {
    for (let more = 0; more < 100 && rate.take() === 0; more++) sent++;
  }
  return sent;
}

describe('the rate of an account', () => {
  it('holds over time', () => {
    const rate = new RequestRate({ requestsPerSecond: 10, now });
    sentIn(rate, 1);
    expect(sentIn(rate, 10)).toBe(100);
  });

  it('does not save up more than a second', () => {
    const rate = new RequestRate({ requestsPerSecond: 10, now });
    millis += 3_600_000;
    expect(sentIn(rate, 1)).toBeLessThanOrEqual(20);
  });

  it('tells for how long to wait', () => {
    const rate = new RequestRate({ requestsPerSecond: 1, now });
    expect([rate.take(), rate.take()]).toEqual([0, 1000]);
    rate.slowDown(millis, 7000);
    expect(rate.take()).toBe(7000);
  });

  it('is halved when the store has had too much, and full again ten seconds later', () => {
    const rate = new RequestRate({ requestsPerSecond: 100, now });
    sentIn(rate, 1);
    rate.slowDown(millis, 0);
    const first = sentIn(rate, 1);
    expect(first).toBeGreaterThan(49);
    expect(first).toBeLessThan(56);
    sentIn(rate, 9);
    expect(sentIn(rate, 1)).toBe(100);
  });

  it('is halved once by refusals of requests that were sent together', () => {
    const rate = new RequestRate({ requestsPerSecond: 100, now });
    const sentAt = millis;
    millis += 50;
    for (let refused = 0; refused < 8; refused++) rate.slowDown(sentAt, 0);
    expect(sentIn(rate, 1)).toBeGreaterThan(45);
  });

  it('never falls so low that it does not come back', () => {
    const rate = new RequestRate({ requestsPerSecond: 32, now });
    for (let refused = 0; refused < 100; refused++) rate.slowDown(++millis, 0);
    expect(sentIn(rate, 2)).toBeGreaterThanOrEqual(1);
    sentIn(rate, 30);
    expect(sentIn(rate, 1)).toBe(32);
  });

  it('without a limit is half of what was sent last, and in the end without a limit again', () => {
    const rate = new RequestRate({ now });
    for (let sent = 0; sent < 40; sent++) expect(rate.take()).toBe(0);
    millis += 900;
    rate.slowDown(millis, 0);
    const first = sentIn(rate, 1);
    expect(first).toBeGreaterThan(18);
    expect(first).toBeLessThan(24);
    sentIn(rate, 11);
    expect(sentIn(rate, 0.01)).toBe(1000);
  });
});
