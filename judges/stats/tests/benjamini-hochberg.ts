/** What the procedure says of one of several hypotheses. */
export interface Adjusted {
  /** the smallest share of false discoveries at which this one would still be a discovery */
  readonly adjusted: number;
  readonly rejected: boolean;
}

/**
 * Rejects hypotheses so that at most the share `q` of all rejections is false on average; in the order they were given.
 *
 * The bound holds for independent p-values and for those that rise and fall together. When nothing is wrong anywhere it
 * is the chance of any rejection at all.
 *
 * Source: Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", J. R. Stat. Soc. B 57 (1995).
 *
 * @example benjaminiHochberg([0.2, 0.001, 0.03, 0.012], 0.05) // all but the first are rejected
 */
export function benjaminiHochberg(pValues: readonly number[], q: number): Adjusted[] {
  const m = pValues.length;
  const order = pValues.map((_, index) => index).sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  const results = new Array<Adjusted>(m);
  let smallest = 1;
  let rejected = false;
  for (let rank = m; rank >= 1; rank--) {
    const index = order[rank - 1] as number;
    const p = pValues[index] as number;
    smallest = Math.min(smallest, (p * m) / rank);
    rejected ||= p <= (q * rank) / m;
    results[index] = { adjusted: smallest, rejected };
  }
  return results;
}
