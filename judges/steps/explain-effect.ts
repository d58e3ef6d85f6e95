import type { Finding } from './finding.ts';
import { formatNumber, formatPercent } from './format-number.ts';
import { shownChange } from './shown-change.ts';

type Change = 'increase' | 'decrease';

/** How direction and limits apply to a difference; continues a clause without its full stop. */
export function explainEffect(finding: Finding): string {
  const { allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease } = finding.settings.effectSize;
  switch (finding.clause) {
    case 'harmlessIncrease':
      return ', but only a decrease counts.';
    case 'harmlessDecrease':
      return ', but only an increase counts.';
    case 'allowedIncrease':
      return within(finding, allowedIncrease, 'increase');
    case 'allowedDecrease':
      return within(finding, allowedDecrease, 'decrease');
    case 'increase':
      return beyond(finding, allowedIncrease, 'increase');
    case 'decrease':
      return beyond(finding, allowedDecrease, 'decrease');
    case 'criticalIncrease':
      return beyond(finding, criticalIncrease, 'increase') + criticalConsequence(finding);
    case 'criticalDecrease':
      return beyond(finding, criticalDecrease, 'decrease') + criticalConsequence(finding);
    default:
      return noDifference(finding);
  }
}

/** A muted metric fails nothing. */
export function criticalConsequence({ settings }: Finding): string {
  return settings.muted ? '' : ' The metric is critical, so the canary fails.';
}

function within(finding: Finding, limit: number, change: Change): string {
  if (finding.settings.effectSize.measure === 'cles') return `, within the limit: ${winsAgainst(finding, limit)}.`;
  if (isAny(finding, limit, change)) {
    const points = change === 'increase' ? 'higher' : 'lower';
    return `; its points are ${points} on the whole, but its mean is what counts.`;
  }
  return `${itsMean(finding)} within the allowed ${change} of ${changeOf(limit)}.`;
}

function beyond(finding: Finding, limit: number, change: Change): string {
  if (Number.isNaN(finding.evidence.effect?.value))
    return '; with a mean of 0 there is no ratio, and any change counts.';
  if (isAny(finding, limit, change)) return `, and any ${change} counts.`;
  if (finding.settings.effectSize.measure === 'cles') return `, beyond the limit: ${winsAgainst(finding, limit)}.`;
  const word = finding.clause.startsWith('critical') ? `critical ${change} of` : 'allowed';
  return `${itsMean(finding)} ${change === 'increase' ? 'above' : 'more than'} the ${word} ${changeOf(limit)}.`;
}

/** What is held against a limit, where it is not the change that stands before it. */
function itsMean(finding: Finding): string {
  const { value } = finding.evidence.effect ?? {};
  const shown = shownChange(finding);
  if (value === undefined || shown === undefined || formatPercent(value - 1) === formatPercent(shown)) return ',';
  return '; its mean is';
}

function isAny({ settings: { effectSize } }: Finding, limit: number, change: Change): boolean {
  const noEffect = effectSize.measure === 'cles' ? 0.5 : 1;
  return change === 'increase' ? limit <= noEffect : limit >= noEffect;
}

/** The change expressed by a ratio of means. */
function changeOf(limit: number): string {
  return limit > 0 ? formatPercent(Math.abs(limit - 1)) : `${formatNumber(limit)} times baseline`;
}

function winsAgainst({ evidence }: Finding, limit: number): string {
  const share = formatPercent(evidence.effect?.value ?? Number.NaN);
  return `of two points the canary's is the higher one in ${share} of cases, the limit is ${formatPercent(limit)}`;
}

/** An interval without 0 in it is not enough for a test with a tolerance. */
function noDifference({ evidence: { interval, tolerance }, samples }: Finding): string {
  const isBesideZero = interval !== undefined && (interval.lower > 0 || interval.upper < 0);
  if (!isBesideZero || !tolerance) return ', no clear difference.';
  const control = samples.control.stats.mean;
  const bound = control > 0 ? `${formatPercent(tolerance / control)} of baseline` : formatNumber(tolerance);
  return `, not clearly beyond the tolerated ${bound}.`;
}
