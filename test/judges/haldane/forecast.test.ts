import { describe, expect, it } from 'vitest';
import {
  logOfChange,
  minutesToDecision,
  pointsToFind,
  sensitivityOf,
  smallestChanges,
} from '../../../judges/haldane/forecast.ts';
import { largestHarm, pOfHarm } from '../../../judges/haldane/harm.ts';
import { judgeSeriesPair, type SeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { normalQuantile } from '../../../judges/stats/distributions/normal-quantile.ts';
import { closeTo, tested } from './expectations.ts';
import { CASES, type CaseName, RATES_G11 } from './published-cases.ts';

const judge = (name: CaseName, more: Partial<SeriesPair> = {}) =>
  tested(judgeSeriesPair({ ...CASES[name], direction: 'either', ...more }));
const EIGHT = { errorBudget: 0.05, metrics: 8 };

describe('the forecast', () => {
  const test = judge('G10');
  const sensitivity = sensitivityOf(test, EIGHT);
  const noise = { standardError: 0.1, degreesOfFreedom: 59, spent: 1, points: 60, tau: 0.015 };

  it('gives the whole window its share of the budget', () => {
    // whole, half, quarter, spikes and late8 are present
    closeTo(sensitivity.level, ((0.05 / 16) * 0.63) / 0.97);
    closeTo(sensitivityOf(judge('G10', { direction: 'increase' }), EIGHT).level, ((0.05 / 8) * 0.63) / 0.97);
  });

  it('sees nothing under about 9 % among eight metrics, ever', () => {
    closeTo(smallestChanges(noise, sensitivity).ever, 0.085, '', 0.02);
    expect(smallestChanges(noise, sensitivity).now).toBeGreaterThan(0.4);
  });

  it('needs as many points as make the error small enough', () => {
    const z = normalQuantile(1 - sensitivity.level) + normalQuantile(0.9);
    const points = pointsToFind(Math.log(1.25), noise, sensitivity) ?? 0;
    const standardError = 0.1 * Math.sqrt(60 / points);
    closeTo(sensitivity.limit + z * Math.hypot(standardError, 0.015), Math.log(1.25));
    expect(points).toBeGreaterThan(60);
  });

  it('adds points where few of them leave the error itself unsure', () => {
    const quiet = { ...noise, standardError: 0.02, points: 12, degreesOfFreedom: 11 };
    // Two points would do if the error were known.
    expect(pointsToFind(Math.log(1.25), quiet, sensitivity)).toBe(7);
    expect(pointsToFind(Math.log(3), quiet, sensitivity)).toBe(5);
  });

  it('says never of what harmless differences between machines explain', () => {
    expect(pointsToFind(Math.log(1.08), noise, sensitivity)).toBeUndefined();
    expect(pointsToFind(Math.log(1.01), noise, sensitivity)).toBeUndefined();
    expect(minutesToDecision(undefined, 60, 60)).toBeUndefined();
  });

  it('counts the minutes that are left', () => {
    expect(minutesToDecision(90, 60, 120)).toBe(60);
    expect(minutesToDecision(30, 60, 120)).toBe(0);
  });

  it('takes a drop for as far as the rise that undoes it', () => {
    closeTo(logOfChange(0.25, 'High'), logOfChange(0.2, 'Low'));
  });
});

describe('harm that is ruled out', () => {
  it.each(['G1', 'G2', 'G4', 'G6', 'G7', 'S5'] as const)('of %s is what has a p-value of 0.05', (name) => {
    const test = judge(name);
    closeTo(pOfHarm(test, 'High', largestHarm(test, 'High')), 0.05, 'High', 1e-6);
    if (largestHarm(test, 'Low') < 1) closeTo(pOfHarm(test, 'Low', largestHarm(test, 'Low')), 0.05, 'Low', 1e-6);
  });

  it('of rates and of values of either sign is too', () => {
    const rates = tested(judgeSeriesPair({ ...RATES_G11, direction: 'either' }));
    closeTo(pOfHarm(rates, 'High', largestHarm(rates, 'High')), 0.05, 'High', 1e-6);
    const signed = tested(
      judgeSeriesPair({
        control: [-2, 1, 3, -1, 2, 1, -3, 2],
        experiment: [-1, 2, 3, 1, 2, 0, -3, 4],
        direction: 'either',
      }),
    );
    expect(signed.route).toBe('signed');
    closeTo(pOfHarm(signed, 'High', largestHarm(signed, 'High')), 0.05, 'High', 1e-6);
  });

  it('belongs to the test: High at 5 % means that no less than the margin is ruled out', () => {
    for (const name of ['G1', 'G2', 'G3', 'G7', 'G9', 'G10'] as const) {
      const { components, effect } = judge(name);
      const whole = components.find((component) => component.name === 'whole');
      expect((whole?.high ?? 1) < 0.05).toBe(effect.atLeast > 0.02);
      expect((whole?.low ?? 1) < 0.05).toBe(effect.atMost < 1 / 1.02 - 1);
    }
  });
});
