import { CanaryError } from '../../src/errors.ts';
import { type BinaryOperator, COMPARISONS, type Expression, type Grouping } from './promql/expression.ts';
import { labelKey } from './run-labels.ts';
import type { LabelledSample } from './select.ts';
import { groupLabels, keyed, type Value, withoutName } from './vectors.ts';

type Binary = Extract<Expression, { kind: 'binary' }>;

const CALCULATE: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '>=': (left, right) => Number(left >= right),
  '<=': (left, right) => Number(left <= right),
};

/** @throws CanaryError REQUEST_INVALID where series of both sides do not match one to one */
export function applyBinary(expression: Binary, left: Value, right: Value): Value {
  const { operator, matching } = expression;
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right);
  if (typeof right === 'number') return withScalar(expression, left as readonly LabelledSample[], right, false);
  if (typeof left === 'number') return withScalar(expression, right, left, true);
  if (operator === 'and' || operator === 'unless') {
    const keys = new Set(right.map((sample) => matchKey(sample, matching)));
    return left.filter((sample) => keys.has(matchKey(sample, matching)) === (operator === 'and'));
  }
  if (operator === 'or') {
    const keys = new Set(left.map((sample) => matchKey(sample, matching)));
    return [...left, ...right.filter((sample) => !keys.has(matchKey(sample, matching)))];
  }
  return oneToOne(expression, left, right);
}

export function scalarOf(value: Value): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function calculate(operator: BinaryOperator, left: number, right: number): number {
  return CALCULATE[operator]?.(left, right) ?? Number.NaN;
}

function isComparison(operator: BinaryOperator): boolean {
  return (COMPARISONS as readonly string[]).includes(operator);
}

function withScalar(
  { operator, bool }: Binary,
  samples: readonly LabelledSample[],
  scalar: number,
  isLeft: boolean,
): LabelledSample[] {
  return samples.flatMap((sample) => {
    const value = isLeft ? calculate(operator, scalar, sample.value) : calculate(operator, sample.value, scalar);
    // A comparison that is no `bool` leaves the samples that hold as they are.
    if (isComparison(operator) && !bool) return value === 1 ? [sample] : [];
    return [{ ...withoutName(sample), value }];
  });
}

function matchKey({ labels }: LabelledSample, matching: Grouping): string {
  return labelKey(groupLabels(labels, matching));
}

function oneToOne(
  { operator, bool, matching }: Binary,
  left: readonly LabelledSample[],
  right: readonly LabelledSample[],
): LabelledSample[] {
  const others = new Map<string, LabelledSample>();
  for (const sample of right) others.set(unique(others, sample, matching, 'right'), sample);
  const seen = new Map<string, LabelledSample>();
  return left.flatMap((sample) => {
    const key = matchKey(sample, matching);
    const other = others.get(key);
    if (other === undefined) return [];
    seen.set(unique(seen, sample, matching, 'left'), sample);
    const value = calculate(operator, sample.value, other.value);
    const compares = isComparison(operator) && !bool;
    if (compares && value !== 1) return [];
    const labels = groupLabels(sample.labels, matching);
    const name = sample.labels.__name__;
    if (!compares) return [keyed(labels, value)];
    return [keyed(name === undefined || matching.keep ? labels : { __name__: name, ...labels }, sample.value)];
  });
}

function unique(
  seen: ReadonlyMap<string, LabelledSample>,
  sample: LabelledSample,
  matching: Grouping,
  side: string,
): string {
  const key = matchKey(sample, matching);
  if (!seen.has(key)) return key;
  const labels = JSON.stringify(groupLabels(sample.labels, matching));
  throw new CanaryError(
    'REQUEST_INVALID',
    `query: several series on the ${side} have the labels ${labels.slice(0, 300)}; ` +
      'match them one to one with on (...) or ignoring (...), or aggregate first.',
  );
}
