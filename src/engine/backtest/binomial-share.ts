import type { BinomialShare } from '../../domain/backtest-report.ts';

/** The 0.975 quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * How often something happened, with Wilson's 95 % interval: close to its nominal coverage for few trials and for shares
 * near 0 and 1, where the usual one has none. Without a trial there is neither a share nor an interval.
 *
 * Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).
 *
 * @example binomialShare(1, 20) // { count: 1, of: 20, share: 0.05, lower: 0.00888…, upper: 0.23613… }
 */
export function binomialShare(count: number, of: number): BinomialShare {
  if (of === 0) return { count, of };
  const share = count / of;
  const spread = Z ** 2 / of;
  const middle = (share + spread / 2) / (1 + spread);
  const reach = (Math.sqrt(spread) / (1 + spread)) * Math.sqrt(share * (1 - share) + spread / 4);
  // At the ends the interval reaches them exactly, but for rounding.
  return {
    count,
    of,
    share,
    lower: count === 0 ? 0 : Math.max(0, middle - reach),
    upper: count === of ? 1 : Math.min(1, middle + reach),
  };
}
