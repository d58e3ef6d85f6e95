import { applyBinary, scalarOf } from './binary.ts';
import type { Expression, Selector } from './promql/expression.ts';
import type { Labels } from './run-labels.ts';
import { type LabelledSample, newestAt, type Selection } from './select.ts';
import { aggregate, keyed, type Value, withoutName } from './vectors.ts';

export interface Moment {
  /** milliseconds since 1970 */
  readonly at: number;
  readonly lookBackMillis: number;
  readonly selections: ReadonlyMap<Selector, Selection>;
}

/**
 * Evaluates an expression at one moment, as Prometheus does, but for one rule: the newest run of a series decides. While
 * it is going, or where it has no verdict, a selector gives nothing of the runs before it, with a range or without.
 *
 * @throws CanaryError REQUEST_INVALID where series of both sides do not match one to one
 */
export function evaluate(expression: Expression, moment: Moment): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'selector':
      return newest(expression.selector, moment);
    case 'range':
      return expression.name === 'last_over_time'
        ? newest(expression.selector, moment)
        : counts(expression.selector, moment);
    case 'vector':
      return [keyed({}, scalarOf(evaluate(expression.of, moment)))];
    case 'scalar':
      return scalarOfVector(vectorOf(expression.of, moment));
    case 'absent':
      return vectorOf(expression.of, moment).length > 0 ? [] : [keyed(labelsOfAbsent(expression.of), 1)];
    case 'negative':
      return negative(evaluate(expression.of, moment));
    case 'aggregate':
      return aggregate(expression.name, vectorOf(expression.of, moment), expression.grouping);
    case 'binary':
      return applyBinary(expression, evaluate(expression.left, moment), evaluate(expression.right, moment));
  }
}

function vectorOf(expression: Expression, moment: Moment): readonly LabelledSample[] {
  const value = evaluate(expression, moment);
  return typeof value === 'number' ? [keyed({}, value)] : value;
}

function newest(selector: Selector, { at, lookBackMillis, selections }: Moment): LabelledSample[] {
  const moment = at - selector.offsetMillis;
  const back = selector.rangeMillis ?? lookBackMillis;
  return (selections.get(selector)?.groups ?? []).flatMap((runs) =>
    newestAt(runs, moment, back).flatMap(({ end, going, ended }) =>
      end === undefined || end > moment ? going : ended,
    ),
  );
}

/** How many runs ended within the range, by series: history, of which the newest run decides nothing. */
function counts(selector: Selector, { at, selections }: Moment): LabelledSample[] {
  const moment = at - selector.offsetMillis;
  const after = moment - (selector.rangeMillis ?? 0);
  const runs = (selections.get(selector)?.groups ?? []).flat();
  const samples = runs.flatMap(({ end, ended }) =>
    end !== undefined && end > after && end <= moment ? ended.map(withoutName) : [],
  );
  return aggregate('count', samples, { keep: false, labels: [] });
}

function scalarOfVector(samples: readonly LabelledSample[]): number {
  const [sample] = samples;
  return samples.length === 1 && sample !== undefined ? sample.value : Number.NaN;
}

/** As Prometheus says it: the labels that a selector wants to be equal to one value. */
function labelsOfAbsent(of: Expression): Labels {
  if (of.kind !== 'selector' && of.kind !== 'range') return {};
  const matchers = of.selector.matchers.filter(({ label }) => label !== '__name__');
  const once = matchers.filter(({ label }) => matchers.filter((other) => other.label === label).length === 1);
  const equal = once.filter(({ operator, value }) => operator === '=' && value !== '');
  return Object.fromEntries(equal.map(({ label, value }) => [label, value]));
}

function negative(value: Value): Value {
  if (typeof value === 'number') return -value;
  return value.map((sample) => ({ ...withoutName(sample), value: -sample.value }));
}
