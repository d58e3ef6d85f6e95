import { describe, expect, it } from 'vitest';
import { onOneGrid } from '../../../judges/haldane/arms.ts';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { overlapOf, rangeOf } from '../../../judges/haldane/overlap-guard.ts';
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

  it('compares arms that have as few requests: both are wrong alike', () => {
    expect(trafficGuard(0.99, requests(20, 20)).enough).toBe(true);
    expect(trafficGuard(0.99, requests(22, 20)).enough).toBe(true);
    expect(trafficGuard(0.99, requests(26, 20)).enough).toBe(false);
    expect(trafficGuard(0.99, requests(0, 20)).enough).toBe(false);
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
  it('takes points for apart that have gaps as long as their range between them', () => {
    const every = (steps: number) => Array.from({ length: 60 }, (_, t) => (t % steps === 0 ? 1 : Number.NaN));
    const range = (steps: number) =>
      rangeOf(['mean(x) GROUP BY time(5m)'], { stepSeconds: 60, control: every(steps), experiment: every(steps) });
    expect([range(1), range(5)]).toEqual([300, 0]);
  });

  it('counts the steps that each point is made from', () => {
    expect(overlapOf(900, 60)).toBe(15);
    expect(overlapOf(30, 60)).toBe(1);
    expect(overlapOf(0, 60)).toBe(1);
  });

  it('makes a series of overlapping points worth as many independent ones', () => {
    const plain = tested(judgeSeriesPair({ ...CASES.G10, direction: 'either' }));
    const overlapping = tested(judgeSeriesPair({ ...CASES.G10, direction: 'either', settings: { overlap: 15 } }));
    closeTo(plain.effect.effectivePoints, 60);
    closeTo(overlapping.effect.effectivePoints, 4);
    expect(overlapping.p).toBeGreaterThan(plain.p);
  });
});
