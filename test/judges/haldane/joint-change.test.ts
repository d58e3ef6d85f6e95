import { describe, expect, it } from 'vitest';
import { jointChange, jointChangeInTurns } from '../../../judges/haldane/joint-change.ts';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { createPace } from '../../../judges/steps/in-turns.ts';
import { drawsOf, seriesOf } from '../../support/samples/random-series.ts';
import { closeTo, tested } from './expectations.ts';

const { signal } = new AbortController();

/** Metrics with gaps here and there, each a little worse. */
function metrics(count: number, change: number) {
  return Array.from({ length: count }, (_, index) => {
    const draws = drawsOf('joint', index);
    const value = (factor: number) =>
      draws.uniform() < 0.05 * (index % 2) ? Number.NaN : factor * (1 + 0.05 * draws.normal());
    const arm = (factor: number) => seriesOf(60, () => value(factor));
    return tested(judgeSeriesPair({ control: arm(1), experiment: arm(change), direction: 'increase' }));
  });
}

describe('the joint statement over many metrics', () => {
  it('is the same when others get their turn in between', async () => {
    const tests = metrics(12, 1.03);
    const [atOnce, inTurns] = [jointChange(tests), await jointChangeInTurns(tests, 1.1, createPace(signal))];
    closeTo(inTurns?.p, atOnce?.p ?? Number.NaN, 'p', 1e-12);
    expect(inTurns?.changes).toEqual(atOnce?.changes);
  });

  it('is left out where no correlation could make it an alarm, and made wherever it is one', async () => {
    expect(await jointChangeInTurns(metrics(12, 0.98), 0.05, createPace(signal))).toBeUndefined();
    const worse = metrics(12, 1.06);
    expect(jointChange(worse)?.p).toBeLessThan(0.05);
    expect((await jointChangeInTurns(worse, 0.05, createPace(signal)))?.p).toBeLessThan(0.05);
  });
});
