import type { BoundCheck } from './checked-bounds.ts';
import { formatNumber, formatPercent, plainNumber } from './format-number.ts';
import type { Limits } from './limit-fields.ts';
import type { Reference } from './limit-finding.ts';
import { roundAway } from './round-away.ts';

interface Said {
  readonly limits: Limits;
  /** that were held against it */
  readonly points: number;
  readonly reference: Reference | undefined;
}

/** A bound and what was found, without a full stop. */
export function boundInWords(check: BoundCheck, { limits, points, reference }: Said): string {
  const { kind, bound, found, held, level = Number.NaN } = check;
  const limit = formatNumber(bound);
  const compared = `the ${formatNumber(reference?.level ?? Number.NaN)} of ${reference?.words ?? 'the baseline'}`;
  switch (kind) {
    case 'points': {
      const { beyond = '', within = '' } = PLACES[check.name] ?? {};
      const where = `${beyond} ${limit}`;
      if (check.beyond === 0)
        return within.startsWith('not') ? `no point is ${where}` : `every point is ${within} ${limit}`;
      const allowed = `allowed are ${formatPercent(limits.share)}`;
      return `${check.beyond} of ${points} points ${check.beyond === 1 ? 'is' : 'are'} ${where} (${formatPercent(found)}, ${allowed})`;
    }
    case 'statistic':
      return `its ${statisticName(limits)} is ${formatNumber(level)}, ${PLACES[check.name]?.[held ? 'within' : 'beyond']} ${limit}`;
    case 'relative':
      return `its ${statisticName(limits)} is ${formatNumber(level)}, ${changeInWords(check)} ${compared}; ${allowedInWords(check, formatPercent(Math.abs(bound)))}`;
    case 'difference':
      return `its ${statisticName(limits)} is ${formatNumber(level)}, beside ${compared}; ${allowedInWords(check, formatNumber(Math.abs(bound)))}`;
    case 'burnRate':
      if (check.windows !== undefined) {
        const times = `${formatNumber(found)} times as fast as the objective allows`;
        return `over ${check.windows} at once the error budget was used up at most ${times}; the limit is ${limit}`;
      }
      return (
        `${formatPercent(level)} of the requests are bad, which uses the error budget up ${formatNumber(found)} times ` +
        `as fast as the objective allows; the limit is ${limit}`
      );
  }
}

export function statisticName({ of }: Limits): string {
  if (of === 'last') return 'last point';
  return of === 'points' ? 'mean' : of;
}

/** Where a value lies that does not hold the bound, and one that does. */
const PLACES: Readonly<Record<string, { readonly beyond: string; readonly within: string }>> = {
  max: { beyond: 'above', within: 'not above' },
  min: { beyond: 'below', within: 'not below' },
  below: { beyond: 'not below', within: 'below' },
  above: { beyond: 'not above', within: 'above' },
};

function changeInWords({ found, side }: BoundCheck): string {
  const change = side === 'High' ? found : -found;
  if (!Number.isFinite(change)) return 'away from';
  return `${formatPercent(Math.abs(change))} ${change < 0 ? 'below' : 'above'}`;
}

function allowedInWords({ bound, side }: BoundCheck, size: string): string {
  const isUp = side === 'High';
  if (bound < 0) return `it must be at least ${size} ${isUp ? 'below' : 'above'}`;
  return `allowed is ${size} ${isUp ? 'above' : 'below'}`;
}

/** What the limit would have to be, a sentence; none where no limit would do. */
export function boundThatHolds({ kind, name, found, side }: BoundCheck, { of }: Limits): string[] {
  if (!Number.isFinite(found)) return [];
  if (kind === 'points') {
    return found < 1
      ? [`It would be within its limits if limits.share were at least ${plainNumber(roundAway(found, true))}.`]
      : [];
  }
  if (name === 'burnRates') {
    const rate = plainNumber(roundAway(found, true));
    return [`It would be within its limits if the rate of limits.burnRates were at least ${rate}.`];
  }
  const up = kind !== 'statistic' || side === 'High';
  const value = plainNumber(roundAway(found, up));
  const size = name === 'below' ? 'above' : name === 'above' ? 'below' : up ? 'at least' : 'at most';
  const what = kind === 'statistic' && of !== 'points' ? `, for the ${of}` : '';
  return [`It would be within its limits if limits.${name} were ${size} ${value}${what}.`];
}
