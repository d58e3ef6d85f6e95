import type { BinomialShare } from '../../domain/backtest-report.ts';
import { formatPercent } from '../../reports/format.ts';

/** `2 % (2 of 100; 0.6 % to 7 %)`: a share with its counts and its 95 % interval. */
export function shareText({ share, lower = 0, upper = 1, count: hits, of }: BinomialShare): string {
  if (share === undefined) return 'not tried';
  return `${formatPercent(share)} (${hits} of ${of}; ${formatPercent(lower)} to ${formatPercent(upper)})`;
}
