import { type JsonValue, query } from 'jsonpath-rfc9535';
import parse, { type JsonPathQuery } from 'jsonpath-rfc9535/parser';

/** A JSONPath, RFC 9535. */
export interface JsonPath {
  /** as it was written, without braces */
  readonly text: string;
  /** selects at most one value: no wildcard, no filter */
  readonly singular: boolean;
  /** the values it finds, in order */
  find(json: unknown): unknown[];
}

type Segment = JsonPathQuery['segments'][number];
type Step = string | number;

const MAX_LENGTH = 500;

/**
 * Parses a path, also in braces: `{$.data}`. Rejects constructs that could take longer than one walk through an answer:
 * several `..`, lists of selectors, functions, and filters beyond their own element.
 *
 * @throws Error with the reason
 */
export function readPath(written: string): JsonPath {
  const text = written.replace(/^\{(.*)\}$/s, '$1');
  const { segments } = parsed(text);
  const problem = problemOf(segments);
  if (problem !== undefined) throw new Error(problem);
  const steps = singularSteps(segments);
  if (steps === undefined) return { text, singular: false, find: (json) => query(json as JsonValue, text) };
  return { text, singular: true, find: (json) => walk(json, steps) };
}

/** Why a text is not a supported path; undefined when it is. */
export function pathProblem(written: string): string | undefined {
  try {
    readPath(written);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parsed(text: string): JsonPathQuery {
  if (text.length > MAX_LENGTH) throw new Error(`is longer than ${MAX_LENGTH} characters`);
  try {
    return parse(text);
  } catch {
    throw new Error('is not a JSONPath (RFC 9535), such as $.data[*].value');
  }
}

function problemOf(segments: readonly Segment[]): string | undefined {
  if (segments.filter(({ type }) => type === 'DescendantSegment').length > 1) return "may contain '..' only once";
  for (const { node } of segments) {
    if (node.type !== 'BracketedSelection') continue;
    const [first, second] = node.selectors;
    if (second !== undefined) return 'may contain one selector per pair of brackets';
    if (first?.type === 'FilterSelector' && !isSimple(first.value)) {
      return 'may only compare members of an element in a filter, such as [?@.name == "x"]';
    }
  }
  return undefined;
}

/** Constructs a filter must not contain: they would look at more than a few members of each element. */
const HEAVY = [
  'FunctionExpr',
  'JsonPathQuery',
  'AbsSingularQuery',
  'DescendantSegment',
  'WildcardSelector',
  'SliceSelector',
  'FilterSelector',
];

function isSimple(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return true;
  const { type, selectors } = node as { readonly type?: string; readonly selectors?: readonly unknown[] };
  if (type !== undefined && HEAVY.includes(type)) return false;
  return (selectors?.length ?? 1) === 1 && Object.values(node).every(isSimple);
}

/** Names and positions; undefined for anything else. */
function singularSteps(segments: readonly Segment[]): Step[] | undefined {
  const steps: Step[] = [];
  for (const { type, node } of segments) {
    const selector = node.type === 'BracketedSelection' ? node.selectors[0] : node;
    if (type !== 'ChildSegment' || selector === undefined || !('value' in selector)) return undefined;
    if (selector.type === 'FilterSelector') return undefined;
    steps.push(selector.value);
  }
  return steps;
}

function walk(json: unknown, steps: readonly Step[]): unknown[] {
  let value = json;
  for (const step of steps) {
    if (typeof step === 'number') {
      if (!Array.isArray(value)) return [];
      value = value.at(step);
    } else {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return [];
      value = (value as Readonly<Record<string, unknown>>)[step];
    }
    if (value === undefined) return [];
  }
  return [value];
}
