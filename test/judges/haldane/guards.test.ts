import { describe, expect, it, test } from 'vitest';
import { onOneGrid } from '../../../judges/haldane/arms.ts';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { overlapOf, rangeOfQuery } from '../../../judges/haldane/overlap-guard.ts';
import { trafficGuard } from '../../../judges/haldane/traffic-guard.ts';
import { closeTo, tested } from './expectations.ts';
import { CASES } from './published-cases.ts';

describe('the guard of percentiles', () => {
  const requests = (control: number, experiment: number) => onOneGrid([control, control], [experiment, experiment]);

  it('wants ten requests beyond the percentile at each point of either arm', () => {
    expect(trafficGuard(0.99, requests(1000, 1000)).enough).toBe(true);
    expect(trafficGuard(0.99, requests(1000, 20)).enough).toBe(false);
    expect(trafficGuard(0.99, requests(20, 1000)).enough).toBe(false);
    expect(trafficGuard(0.5, requests(1000, 20)).enough).toBe(true);
  });

  it('says what would be enough', () => {
    const guard = trafficGuard(0.99, requests(1000, 20));
    closeTo(guard.needed, 1000);
    closeTo(guard.times, 50);
    expect(guard).toMatchObject({ control: 1000, experiment: 20, highestQuantile: 0.5 });
    expect(trafficGuard(0.5, requests(1000, 5)).highestQuantile).toBe(0);
  });

  it('takes traffic that nobody knows for too little', () => {
    expect(trafficGuard(0.5, onOneGrid([], [])).enough).toBe(false);
    expect(trafficGuard(0.5, onOneGrid([1000], [])).enough).toBe(false);
  });
});

describe('the guard of overlapping points', () => {
  test.each([
    ['rate(http_requests_total{app="web"}[15m])', 900],
    ['histogram_quantile(0.99, sum by (le) (rate(x[5m])))', 300],
    ['max_over_time(rate(x[1m])[1h30m:30s])', 5400],
    ['rate(a[30s]) / rate(b[2m])', 120],
    ['increase(x[1d])', 86_400],
    ["movingAverage(web.latency, '15min')", 900],
    ['movingMedian(web.latency,"1hour")', 3600],
    ["data('latency').mean(over='10m').publish()", 600],
    ['rate(x[500ms])', 0.5],
    ['up{job="a[5m]b"}', 300],
    ['avg:system.cpu.user{host:a}', undefined],
    ['series[0]', undefined],
    ['x[${interval}]', undefined],
    ['', undefined],
  ])('reads %s as a range of %s seconds', (text, seconds) => {
    expect(rangeOfQuery(text)).toBe(seconds);
  });

  it('counts the steps that each point is made from', () => {
    expect(overlapOf(900, 60)).toBe(15);
    expect(overlapOf(30, 60)).toBe(1);
    expect(overlapOf(undefined, 60)).toBe(1);
  });

  it('makes a series of overlapping points worth as many independent ones', () => {
    const plain = tested(judgeSeriesPair({ ...CASES.G10, direction: 'either' }));
    const overlapping = tested(judgeSeriesPair({ ...CASES.G10, direction: 'either', settings: { overlap: 15 } }));
    closeTo(plain.effect.effectivePoints, 60);
    closeTo(overlapping.effect.effectivePoints, 4);
    expect(overlapping.p).toBeGreaterThan(plain.p);
  });
});
