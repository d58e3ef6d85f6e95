import { describe, expect, it } from 'vitest';
import { decisionTimeInWords, rampOf } from '../../src/reports/decision-time.ts';
import { requestOf } from '../support/http/requests.ts';

describe('how long the metrics of a run need', () => {
  it('is told with the slowest metric, those that never can, and a ramp', () => {
    const time = { minutes: 29.3, metric: 'latency', never: ['disk'] };
    const ramp = rampOf(requestOf(), time);
    // An hour, and 29.3 minutes more; a twentieth of the traffic needs 5.3 times as long.
    expect(ramp?.find(({ percent }) => percent === 50)?.minutes).toBeCloseTo(89.3);
    expect(ramp?.find(({ percent }) => percent === 5)?.minutes).toBeCloseTo((89.3 * 0.25) / 0.0475);
    expect(decisionTimeInWords(time, ramp)).toEqual([
      'about 30 min more until a change of the allowed size would be found, with 90 % probability; latency needs longest',
      'however long the window, not in disk: allow a larger change there',
      expect.stringMatching(/^a ramp of the traffic would need .*7 h 50 min at 5 %, .*1 h 30 min at 50 %$/),
    ]);
  });

  it('of a canary with little traffic is that of little traffic', () => {
    const time = { minutes: 0, metric: 'latency', never: [] };
    const ramp = rampOf(requestOf({ trafficPercent: 5 }), time);
    expect(ramp?.find(({ percent }) => percent === 5)?.minutes).toBe(60);
    // Not all noise is of requests: no step is shorter than what was measured.
    expect(ramp?.find(({ percent }) => percent === 50)?.minutes).toBe(60);
    expect(decisionTimeInWords(time)).toEqual([
      'a change of the allowed size would already have been found, with 90 % probability',
    ]);
  });

  it('is not told where nobody knows', () => {
    expect(decisionTimeInWords(undefined)).toEqual([]);
    expect(rampOf(requestOf(), undefined)).toBeUndefined();
    expect(rampOf(requestOf({ scopes: {} }), { minutes: 3, never: [] })).toBeUndefined();
    expect(rampOf(requestOf({ trafficPercent: 100 }), { minutes: 3, never: [] })).toBeUndefined();
    const never = ['a', 'b', 'c', 'd', 'e'];
    expect(decisionTimeInWords({ never }, rampOf(requestOf(), { never }))).toEqual([
      'however long the window, not in a, b, c and 2 others: allow a larger change there',
    ]);
  });
});
