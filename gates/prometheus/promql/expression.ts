/** A condition on a label, as in `{config=~"checkout.*"}`. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Series, and which of their samples. */
export interface Selector {
  /** with the metric's name as a condition on `__name__` */
  readonly matchers: readonly Matcher[];
  /** evaluated so much earlier */
  readonly offsetMillis: number;
  /** how far back a run may have ended; absent: the look-back of the query */
  readonly rangeMillis?: number | undefined;
  /** whether every run of the range is wanted rather than the newest of each series */
  readonly everyRun?: boolean;
}

export const ARITHMETIC = ['+', '-', '*', '/', '%'] as const;
export const COMPARISONS = ['==', '!=', '>', '<', '>=', '<='] as const;
export const SET_OPERATORS = ['and', 'or', 'unless'] as const;
export const AGGREGATIONS = ['min', 'max', 'avg', 'sum', 'count'] as const;
/** Functions of a range such as `haldane_score[6h]`. */
export const RANGE_FUNCTIONS = ['last_over_time', 'count_over_time'] as const;

export type BinaryOperator =
  | (typeof ARITHMETIC)[number]
  | (typeof COMPARISONS)[number]
  | (typeof SET_OPERATORS)[number];
export type Aggregation = (typeof AGGREGATIONS)[number];
export type RangeFunction = (typeof RANGE_FUNCTIONS)[number];

/** Labels to keep (`by`, `on`), or to leave out (`without`, `ignoring`). */
export interface Grouping {
  readonly labels: readonly string[];
  readonly keep: boolean;
}

/** The part of PromQL that is answered. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'selector'; readonly selector: Selector }
  | { readonly kind: 'range'; readonly name: RangeFunction; readonly selector: Selector }
  | { readonly kind: 'vector' | 'scalar' | 'absent' | 'negative'; readonly of: Expression }
  | {
      readonly kind: 'aggregate';
      readonly name: Aggregation;
      readonly of: Expression;
      readonly grouping: Grouping;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      /** a comparison that says 0 or 1 rather than leaving out what does not hold */
      readonly bool: boolean;
      readonly matching: Grouping;
    };

/** Whether an expression is one number rather than a list of series. */
export function isScalar(expression: Expression): boolean {
  if (expression.kind === 'number' || expression.kind === 'scalar') return true;
  if (expression.kind === 'negative') return isScalar(expression.of);
  return expression.kind === 'binary' && isScalar(expression.left) && isScalar(expression.right);
}

/** Every selector of an expression. */
export function selectorsOf(expression: Expression): Selector[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'selector':
    case 'range':
      return [expression.selector];
    case 'binary':
      return [...selectorsOf(expression.left), ...selectorsOf(expression.right)];
    default:
      return selectorsOf(expression.of);
  }
}
