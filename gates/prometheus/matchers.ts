import { RE2JS } from 're2js';
import { CanaryError } from '../../src/errors.ts';
import type { Matcher } from './promql/expression.ts';

/** Whether the value of a label fits; a label that is not there has the value ''. */
export interface LabelCondition {
  readonly label: string;
  readonly fits: (value: string) => boolean;
}

/** Regular expressions are RE2, whole and in linear time, as in Prometheus. @throws CanaryError REQUEST_INVALID */
export function labelConditions(matchers: readonly Matcher[]): LabelCondition[] {
  return matchers.map((matcher) => ({ label: matcher.label, fits: condition(matcher) }));
}

function condition({ label, operator, value }: Matcher): LabelCondition['fits'] {
  if (operator === '=') return (text) => text === value;
  if (operator === '!=') return (text) => text !== value;
  const pattern = compile(label, value);
  return operator === '=~' ? (text) => pattern.matches(text) : (text) => !pattern.matches(text);
}

function compile(label: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    const reason = (error as Error).message.slice(0, 100);
    throw new CanaryError(
      'REQUEST_INVALID',
      `query: ${label}: '${pattern.slice(0, 80)}' is no RE2 pattern: ${reason}.`,
    );
  }
}
