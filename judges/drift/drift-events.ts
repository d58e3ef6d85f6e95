import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { fisherTest, type Rate, rateDifferenceInterval } from '../stats/tests/two-rates.ts';
import { ALTERNATIVES } from '../steps/alternatives.ts';
import { formatPercent } from '../steps/format-number.ts';
import { valuesOf } from '../steps/values-of.ts';
import { perOfPair, total } from './drift-counts.ts';
import { CONFIDENCE, type DriftTest, tooFew, type Untested } from './drift-finding.ts';
import type { DriftRules } from './drift-settings.ts';
import { finiteOf } from './drift-values.ts';

type Side = 'control' | 'experiment';
const SIDES = ['control', 'experiment'] as const;
const NONE = { control: 0, experiment: 0 };

/** Bad outputs among all that were judged. */
export function testEvents(pair: MetricSetPair, rules: DriftRules): DriftTest | Untested {
  if (pair.denominator === undefined) {
    const untested = 'its values count events, and no outputs are counted; ask for them in query.denominator';
    return { untested, sizes: { control: 0, experiment: 0 } };
  }
  const counted = countEvents(pair, pair.denominator);
  if ('untested' in counted) return counted;
  const { control, experiment } = counted;
  const sizes = { control: control.trials, experiment: experiment.trials };
  const few = tooFew(sizes, rules);
  if (few !== undefined) return few;
  const impossible = [control, experiment].find(({ events, trials }) => events < 0 || events > trials);
  if (impossible !== undefined) {
    return { untested: `${impossible.events} events of ${impossible.trials} outputs are no share`, sizes };
  }
  const [before, after] = [control.events / control.trials, experiment.events / experiment.trials];
  return {
    test: "Fisher's exact test",
    pValue: fisherTest(control, experiment, ALTERNATIVES[rules.direction]),
    ...{ effect: after - before, measure: 'rateDifference', estimate: after - before, sizes },
    interval: rateDifferenceInterval(control, experiment, CONFIDENCE),
    found:
      `${experiment.events} of ${experiment.trials} (${formatPercent(after)}) against ` +
      `${control.events} of ${control.trials} (${formatPercent(before)})`,
  };
}

/** Points at which only one of both was counted say nothing of their share. */
function countEvents(
  pair: MetricSetPair,
  denominator: NonNullable<MetricSetPair['denominator']>,
): Record<Side, Rate> | Untested {
  const outputs = { ...denominator, name: pair.name };
  for (const side of SIDES) {
    const name = side === 'control' ? 'baseline' : 'canary';
    if (finiteOf(pair, side).length > 0 || finiteOf(outputs, side).length === 0) continue;
    // No series of a counter may be no event, or a query that finds nothing.
    const untested = `the ${name} has no count of events; where that means none, set query.emptyAs to "zero"`;
    return { untested, sizes: NONE };
  }
  if (areShares(pair)) return { untested: 'its values lie between 0 and 1: shares, not counts of events', sizes: NONE };
  const rate = (side: Side): Rate => {
    const isCounted = (index: number) =>
      [pair, outputs].every((one) => Number.isFinite(valuesOf(one, side)[index] ?? Number.NaN));
    const among = <Pair extends MetricSetPair>(one: Pair): Pair => {
      const values = valuesOf(one, side).filter((_, index) => isCounted(index));
      return { ...one, values: { ...one.values, [side]: values } };
    };
    return { events: Math.round(total(among(pair), side)), trials: Math.round(total(among(outputs), side)) };
  };
  return { control: rate('control'), experiment: rate('experiment') };
}

/** A count of a point is 0, or at least 1; shares would all be rounded to no events. */
function areShares(pair: MetricSetPair): boolean {
  const values = SIDES.flatMap((side) => (perOfPair(pair, side) === 'point' ? finiteOf(pair, side) : [1]));
  return values.every((value) => value < 1) && values.some((value) => value > 0);
}
