import { describe, expect, it } from 'vitest';
import { type ScoredResult, scoreCanary } from '../../src/domain/score.ts';
import { roundHalfUp } from '../../src/domain/values/round-half-up.ts';

const metric = (classification: ScoredResult['classification'], ...groups: string[]): ScoredResult => ({
  classification,
  classificationReason: 'the reason',
  groups,
  critical: false,
  muted: false,
});
const thresholds = { pass: 95, marginal: 75 };

describe('the score of a canary', () => {
  it('is the sum of what passed of each group, by the weights of the groups', () => {
    const results = [metric('Pass', 'a'), metric('High', 'a'), metric('Pass', 'b')];
    expect(scoreCanary(results, { groupWeights: { a: 40 }, thresholds })).toEqual({
      groups: [
        { name: 'a', weight: 40, passed: 1, counted: 2, score: 50 },
        { name: 'b', weight: 60, passed: 1, counted: 1, score: 100 },
      ],
      score: 80,
      verdict: 'Marginal',
    });
  });

  it('counts a group as passed in which nothing counts, and shows it as 0', () => {
    const results = [metric('Error', 'a'), metric('Pass', 'b')];
    const { groups, score } = scoreCanary(results, { groupWeights: { a: 50, b: 50 }, thresholds });
    expect([groups[0]?.score, score]).toEqual([0, 100]);
  });

  it('is 0 with a critical failure, and with no data in half of the metrics', () => {
    const critical = { ...metric('High', 'a'), critical: true };
    const rules = { groupWeights: {}, thresholds };
    expect(scoreCanary([critical, metric('Pass', 'a')], rules)).toMatchObject({
      score: 0,
      verdict: 'Fail',
      failure: 'Canary Failed: the reason',
    });
    expect(scoreCanary([metric('Nodata', 'a'), metric('Pass', 'a')], rules)).toMatchObject({
      score: 0,
      failure: 'Canary Failed: 50% or more metrics returned NODATA',
    });
  });

  it('leaves out what is muted', () => {
    const muted = { ...metric('High', 'a'), critical: true, muted: true };
    expect(scoreCanary([muted, metric('Pass', 'b')], { groupWeights: {}, thresholds }).score).toBe(100);
  });

  it('lists groups in the order that is asked for', () => {
    const results = [metric('Pass', 'b'), metric('Pass', 'a')];
    const order = (names: readonly string[]) => names.toSorted();
    const names = scoreCanary(results, { groupWeights: {}, thresholds, order }).groups.map(({ name }) => name);
    expect(names).toEqual(['a', 'b']);
  });

  it('is rounded as its decimals are printed, a five away from zero', () => {
    expect([2.675, 1.005, -2.675, 66.66666666666667].map(roundHalfUp)).toEqual([2.68, 1.01, -2.68, 66.67]);
  });
});
