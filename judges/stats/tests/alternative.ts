/** What a test of x against y looks for: x greater than y, x less than y, or either. */
export type Alternative = 'greater' | 'less' | 'two-sided';

/** A confidence interval; a one-sided one is infinite on the other side. */
export interface ConfidenceInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The p-value of the alternative, from those of its two sides. The two-sided one is twice the smaller, at most 1.
 *
 * @example pValueFor('two-sided', { greater: 0.01, less: 0.99 }) // 0.02
 */
export function pValueFor(alternative: Alternative, sides: { greater: number; less: number }): number {
  if (alternative === 'two-sided') return Math.min(1, 2 * Math.min(sides.greater, sides.less));
  return sides[alternative];
}

/**
 * The chance of error a bound of the interval may use up: all of it, or half of it where there are two bounds.
 *
 * @example errorPerBound('two-sided', 0.98) // 0.01, up to rounding
 */
export function errorPerBound(alternative: Alternative, confidence: number): number {
  return alternative === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence;
}

/** The interval with the bounds its alternative has: a test for `greater` bounds from below only. */
export function boundedFor(alternative: Alternative, lower: number, upper: number): ConfidenceInterval {
  return {
    lower: alternative === 'less' ? Number.NEGATIVE_INFINITY : lower,
    upper: alternative === 'greater' ? Number.POSITIVE_INFINITY : upper,
  };
}
