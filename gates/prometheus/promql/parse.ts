import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { CanaryError } from '../../../src/errors.ts';
import {
  AGGREGATIONS,
  type Aggregation,
  ARITHMETIC,
  type BinaryOperator,
  COMPARISONS,
  type Expression,
  type Grouping,
  isScalar,
  type Matcher,
  RANGE_FUNCTIONS,
  type RangeFunction,
  SET_OPERATORS,
  type Selector,
} from './expression.ts';
import { readDuration, readNumber, readString } from './literals.ts';

export const LONGEST_QUERY = 8192;
const DEEPEST = 50;
const MOST_SELECTORS = 20;

const strict = parser.configure({ strict: true, top: 'PromQL' });

const ANSWERED =
  'selectors, numbers, + - * / %, comparisons, and, or, unless, min, max, avg, sum, count, vector, scalar, absent, ' +
  'last_over_time, count_over_time and offset';

/** A node of the tree, and the query it is a part of. */
interface Part {
  readonly node: SyntaxNode;
  readonly query: string;
  readonly depth: number;
}

/**
 * Reads a query with the grammar of Prometheus' own editor.
 *
 * @throws CanaryError REQUEST_INVALID for what is not PromQL, and for PromQL that is not answered, by its name
 */
export function parseQuery(query: string): Expression {
  if (query.trim() === '') throw invalid('query: is missing; send PromQL, such as haldane_score{config="checkout"}');
  if (query.length > LONGEST_QUERY) {
    throw invalid(`query: has ${query.length} characters; at most ${LONGEST_QUERY} are read`);
  }
  const count = { selectors: 0 };
  const root = childrenOf({ node: treeOf(query), query, depth: 0 })[0];
  if (root === undefined) throw invalid(`query: '${excerpt(query)}' holds no expression`);
  return read(root, count);
}

/** The selector of a `match[]` parameter. @throws CanaryError REQUEST_INVALID */
export function parseSelector(text: string): Selector {
  const expression = parseQuery(text);
  if (expression.kind === 'selector' && expression.selector.offsetMillis === 0) return expression.selector;
  throw invalid(`match[]: '${excerpt(text)}' is no selector; write one such as haldane_score{application="shop"}`);
}

function treeOf(query: string): SyntaxNode {
  try {
    return strict.parse(query).topNode;
  } catch (error) {
    const at = Number(/\d+/.exec((error as Error).message)?.[0] ?? 0);
    const rest = query.slice(at);
    const found = rest.trim() === '' ? 'ends too early' : `cannot be read from '${excerpt(rest)}' on`;
    throw invalid(`query: '${excerpt(query)}' ${found} (character ${at + 1}); is it PromQL?`);
  }
}

const READERS: Readonly<Record<string, (part: Part, count: { selectors: number }) => Expression>> = {
  NumberDurationLiteral: (part) => ({ kind: 'number', value: numberOf(part) }),
  ParenExpr: (part, count) => read(first(part), count),
  UnaryExpr: readUnary,
  VectorSelector: (part, count) => ({ kind: 'selector', selector: readSelector(part, count) }),
  OffsetExpr: readOffset,
  FunctionCall: readCall,
  AggregateExpr: readAggregate,
  BinaryExpr: readBinary,
};

/** How other constructs are called. */
const NAMES: Readonly<Record<string, string>> = {
  StringLiteral: 'a string as a value',
  SubqueryExpr: 'a subquery',
  StepInvariantExpr: 'the modifier @',
  AnchoredExpr: 'the modifier anchored',
  SmoothedExpr: 'the modifier smoothed',
};

function read(part: Part, count: { selectors: number }): Expression {
  if (part.depth > DEEPEST) throw invalid(`query: is nested more than ${DEEPEST} deep`);
  const { name } = part.node;
  if (name === 'MatrixSelector') {
    throw invalid(`query: the range ${textOf(part)} must be inside ${RANGE_FUNCTIONS.join(' or ')}`);
  }
  const reader = READERS[name];
  if (reader === undefined) throw unsupported(part, NAMES[name] ?? name);
  return reader(part, count);
}

function readUnary(part: Part, count: { selectors: number }): Expression {
  const [sign, operand] = childrenOf(part);
  const of = read(operand ?? part, count);
  return sign !== undefined && textOf(sign) === '-' ? { kind: 'negative', of } : of;
}

function readSelector(part: Part, count: { selectors: number }): Selector {
  count.selectors += 1;
  if (count.selectors > MOST_SELECTORS) throw invalid(`query: has more than ${MOST_SELECTORS} selectors`);
  const named = (label: Part): Matcher => ({ label: '__name__', operator: '=', value: textOf(label) });
  const matchers = childrenOf(part).flatMap((child): Matcher[] =>
    child.node.name === 'Identifier' ? [named(child)] : childrenOf(child).map(readMatcher),
  );
  if (!matchers.some(excludesEmpty)) {
    throw invalid(`query: ${textOf(part)} selects everything; name a metric or a label, such as haldane_score`);
  }
  return { matchers, offsetMillis: 0 };
}

/** Prometheus refuses selectors that match series without any of their labels, too. */
function excludesEmpty({ operator, value }: Matcher): boolean {
  if (operator === '=' || operator === '!=') return (value === '') === (operator === '!=');
  return operator === '=~' && !/^(?:\.\*)?$/.test(value);
}

function readMatcher(part: Part): Matcher {
  const [label, operator, value] = childrenOf(part);
  if (part.node.name === 'QuotedLabelName') return { label: '__name__', operator: '=', value: stringOf(part) };
  if (label === undefined || operator === undefined || value === undefined) throw unsupported(part, 'this matcher');
  const name = label.node.name === 'QuotedLabelName' ? stringOf(label) : textOf(label);
  return { label: name, operator: textOf(operator) as Matcher['operator'], value: stringOf(value) };
}

function readOffset(part: Part, count: { selectors: number }): Expression {
  const [of, , distance] = childrenOf(part);
  if (of === undefined || distance === undefined) throw unsupported(part, 'this offset');
  const expression = read(of, count);
  if (expression.kind !== 'selector') throw unsupported(part, 'offset after anything but a selector');
  return { kind: 'selector', selector: { ...expression.selector, offsetMillis: millisOf(distance) } };
}

function readCall(part: Part, count: { selectors: number }): Expression {
  const [identifier, body] = childrenOf(part);
  const name = identifier === undefined ? '' : textOf(identifier);
  const [argument, ...others] = body === undefined ? [] : childrenOf(body);
  if ((RANGE_FUNCTIONS as readonly string[]).includes(name)) {
    if (argument === undefined || others.length > 0) throw wrongArguments(name, 'one range, such as haldane_score[6h]');
    return { kind: 'range', name: name as RangeFunction, selector: readRange(name, argument, count) };
  }
  if (name !== 'vector' && name !== 'scalar' && name !== 'absent') throw unsupported(part, `the function ${name}`);
  const wanted = name === 'vector' ? 'one number' : 'one list of series';
  if (argument === undefined || others.length > 0) throw wrongArguments(name, wanted);
  const of = read(argument, count);
  if (isScalar(of) !== (name === 'vector')) throw wrongArguments(name, wanted);
  return { kind: name, of };
}

function readRange(name: string, part: Part, count: { selectors: number }): Selector {
  const [inner, , distance] = part.node.name === 'OffsetExpr' ? childrenOf(part) : [part];
  const [of, range] = inner?.node.name === 'MatrixSelector' ? childrenOf(inner) : [];
  if (of?.node.name !== 'VectorSelector' || range === undefined) {
    throw wrongArguments(name, 'one range of a selector, such as haldane_score[6h]');
  }
  const rangeMillis = millisOf(range);
  if (rangeMillis <= 0) throw invalid(`query: the range [${textOf(range)}] must be longer than 0`);
  const offsetMillis = distance === undefined ? 0 : millisOf(distance);
  return { ...readSelector(of, count), rangeMillis, offsetMillis, everyRun: name === 'count_over_time' };
}

function readAggregate(part: Part, count: { selectors: number }): Expression {
  const children = childrenOf(part);
  const find = (name: string) => children.find(({ node }) => node.name === name);
  const [operator, body, modifier] = [find('AggregateOp'), find('FunctionCallBody'), find('AggregateModifier')];
  const name = operator === undefined ? '' : textOf(operator).toLowerCase();
  if (!(AGGREGATIONS as readonly string[]).includes(name)) throw unsupported(part, `the aggregation ${name}`);
  const [argument, ...others] = body === undefined ? [] : childrenOf(body);
  if (argument === undefined || others.length > 0) throw wrongArguments(name, 'one list of series');
  const of = read(argument, count);
  if (isScalar(of)) throw wrongArguments(name, 'one list of series');
  const [keyword, labels] = modifier === undefined ? [] : childrenOf(modifier);
  const keep = keyword?.node.name !== 'Without';
  return { kind: 'aggregate', name: name as Aggregation, of, grouping: { keep, labels: labelsOf(labels) } };
}

function readBinary(part: Part, count: { selectors: number }): Expression {
  const children = childrenOf(part);
  const [leftPart, operatorPart] = children;
  const rightPart = children.at(-1);
  if (leftPart === undefined || operatorPart === undefined || rightPart === undefined) throw unsupported(part, 'this');
  const operator = textOf(operatorPart).toLowerCase();
  const known: readonly string[] = [...ARITHMETIC, ...COMPARISONS, ...SET_OPERATORS];
  if (!known.includes(operator)) throw unsupported(part, `the operator ${operator}`);
  const find = (name: string) => children.find(({ node }) => node.name === name);
  if (find('FillModifier') !== undefined) throw unsupported(part, 'the modifier fill');
  const [left, right] = [read(leftPart, count), read(rightPart, count)];
  const bool = find('BoolModifier') !== undefined;
  const matching = readMatching(part, find('MatchingModifierClause'));
  const scalars = [left, right].filter(isScalar).length;
  if ((SET_OPERATORS as readonly string[]).includes(operator) && scalars > 0) {
    throw invalid(`query: ${operator} combines lists of series; a number stands in ${textOf(part)}`);
  }
  const compares = (COMPARISONS as readonly string[]).includes(operator);
  if (bool && !compares) throw invalid(`query: bool belongs after a comparison, not after ${operator}`);
  if (scalars === 2 && compares && !bool) {
    throw invalid(`query: a comparison of two numbers needs bool: write ${operator} bool`);
  }
  return { kind: 'binary', operator: operator as BinaryOperator, left, right, bool, matching };
}

function readMatching(part: Part, clause: Part | undefined): Grouping {
  if (clause === undefined) return { keep: false, labels: [] };
  const [keyword, labels, many] = childrenOf(clause);
  if (many !== undefined) throw unsupported(part, `the modifier ${textOf(many)}`);
  return { keep: keyword?.node.name === 'On', labels: labelsOf(labels) };
}

function labelsOf(part: Part | undefined): string[] {
  if (part === undefined) return [];
  return childrenOf(part).map((label) => (label.node.name === 'QuotedLabelName' ? stringOf(label) : textOf(label)));
}

function numberOf(part: Part): number {
  const value = readNumber(textOf(part));
  if (value === undefined) throw invalid(`query: '${textOf(part)}' is no number`);
  return value;
}

function millisOf(part: Part): number {
  const text = textOf(part);
  const millis = text.startsWith('-') ? -(readDuration(text.slice(1)) ?? Number.NaN) : readDuration(text);
  if (millis === undefined || Number.isNaN(millis)) throw unsupported(part, `the duration '${text}'`);
  return millis;
}

function stringOf(part: Part): string {
  const text = readString(textOf(part));
  if (text === undefined) throw invalid(`query: the string ${textOf(part)} has an escape that PromQL does not know`);
  return text;
}

function childrenOf({ node, query, depth }: Part): Part[] {
  const parts: Part[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') parts.push({ node: child, query, depth: depth + 1 });
  }
  return parts;
}

function first(part: Part): Part {
  const [child] = childrenOf(part);
  if (child === undefined) throw unsupported(part, 'this');
  return child;
}

function textOf({ node, query }: Part): string {
  return query.slice(node.from, node.to);
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function unsupported(part: Part, construct: string): CanaryError {
  return invalid(`query: ${construct} is not answered here (in '${excerpt(textOf(part))}'); use ${ANSWERED}`);
}

function wrongArguments(name: string, wanted: string): CanaryError {
  return invalid(`query: ${name}() takes ${wanted}`);
}

function invalid(message: string): CanaryError {
  return new CanaryError('REQUEST_INVALID', `${message}.`);
}
