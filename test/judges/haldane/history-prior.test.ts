import { describe, expect, it } from 'vitest';
import { onOneGrid } from '../../../judges/haldane/arms.ts';
import { historyPriors } from '../../../judges/haldane/history-prior.ts';
import { autoregressive, drawsOf, seriesOf } from '../../support/samples/random-series.ts';

const POINTS = 31;
const PAST = 1440;
const USUAL = 0.4;

/** A control of a day and a canary after it; `load` is shared, `own` is not. Logarithms. */
function canary(own: () => readonly number[], load: readonly number[] = seriesOf(PAST + POINTS, () => 0)) {
  const arm = () => own().map((value, t) => 100 * Math.exp(value + (load[t] as number)));
  const [control, experiment] = [arm(), arm()];
  const history = onOneGrid(control.slice(0, PAST), []).control;
  return { arms: onOneGrid(control.slice(PAST), experiment.slice(PAST)), history };
}

const correlated = (name: string, rho: number, deviation = 0.05) => {
  const draws = drawsOf(name);
  return () => autoregressive(draws, PAST + POINTS, rho).map((x) => deviation * x);
};

describe("priors from the control's past", () => {
  it('are low where neighbours have nothing in common', () => {
    const { arms, history } = canary(correlated('white', 0));
    const { prior, scatterPrior } = historyPriors(arms, history, USUAL) ?? {};
    expect(prior).toBeLessThan(0.2);
    expect(scatterPrior).toBeLessThan(0.3);
  });

  it('are high where each arm wanders by itself, and as usual where both follow a load that wanders', () => {
    const alone = canary(correlated('waves', 0.9));
    expect(historyPriors(alone.arms, alone.history, USUAL)?.prior).toBeGreaterThan(0.6);
    const together = canary(correlated('own', 0.4), correlated('load', 0.95, 0.3)());
    expect(historyPriors(together.arms, together.history, USUAL)?.prior).toBeCloseTo(USUAL, 2);
  });

  it('see what lasts behind shared load that does not', () => {
    const draws = drawsOf('load');
    const load = seriesOf(PAST + POINTS, () => 0.15 * draws.normal());
    const hidden = canary(correlated('hidden', 0.6), load);
    expect(historyPriors(hidden.arms, hidden.history, USUAL)?.prior).toBeCloseTo(USUAL, 1);
  });

  it('need a long past of values above 0', () => {
    const { arms, history } = canary(correlated('white', 0));
    expect(historyPriors(arms, history.slice(0, 9 * POINTS), USUAL)).toBeDefined();
    expect(historyPriors(arms, history.slice(0, 9 * POINTS - 1), USUAL)).toBeUndefined();
    expect(historyPriors(arms, history.with(7, 0), USUAL)).toBeUndefined();
    expect(historyPriors(arms, history.with(7, Number.NaN), USUAL)).toBeDefined();
  });

  it('are numbers where the arms differ by the same ratio, or nowhere have two points in a row', () => {
    const { arms, history } = canary(correlated('waves', 0.9));
    const twice = { ...arms, experiment: arms.control.map((value) => 2 * value) };
    const gaps = { ...arms, control: arms.control.map((value, t) => (t % 2 === 0 ? value : Number.NaN)) };
    const three = { ...arms, control: arms.control.map((value, t) => (t % 12 === 0 ? value : Number.NaN)) };
    for (const odd of [twice, gaps, three]) {
      const { prior, scatterPrior } = historyPriors(odd, history, USUAL) ?? {};
      for (const one of [prior, scatterPrior]) expect(one).toBeGreaterThanOrEqual(0);
      for (const one of [prior, scatterPrior]) expect(one).toBeLessThan(1);
    }
  });

  it('stay as usual where nothing varies', () => {
    const { arms, history } = canary(() => seriesOf(PAST + POINTS, () => 1));
    expect(historyPriors(arms, history, USUAL)).toEqual({ prior: USUAL, scatterPrior: USUAL });
  });
});
