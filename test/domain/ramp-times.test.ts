import { describe, expect, it } from 'vitest';
import { rampTimes } from '../../src/domain/ramp-times.ts';

describe('the times of a ramp', () => {
  it('grow as the smaller side has fewer requests, and never fall below what was measured', () => {
    const times = rampTimes({ minutes: 10, percent: 50 });
    expect(times.map(({ percent }) => percent)).toEqual([1, 5, 25, 50, 100]);
    expect(times[0]?.minutes).toBeCloseTo(10 * (0.25 / 0.0099), 9);
    expect(times[1]?.minutes).toBeCloseTo(10 * (0.25 / 0.0475), 9);
    expect(times[2]?.minutes).toBeCloseTo(10 * (0.25 / 0.1875), 9);
    expect(times[3]?.minutes).toBe(10);
    expect(rampTimes({ minutes: 10, percent: 5 }, [5, 25, 50])).toEqual([
      { percent: 5, minutes: 10 },
      { percent: 25, minutes: 10 },
      { percent: 50, minutes: 10 },
    ]);
  });

  it('are none where no baseline is left, or no length is enough', () => {
    expect(rampTimes({ minutes: 10, percent: 50 }, [0, 100])).toEqual([{ percent: 0 }, { percent: 100 }]);
    expect(rampTimes({ minutes: undefined, percent: 50 }, [5])).toEqual([{ percent: 5 }]);
  });
});
