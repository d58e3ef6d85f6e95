import { type MetricSetPair, SAME_QUERY, UNPAIRED } from '../../src/domain/metric-set-pair.ts';
import { fisherTest } from '../stats/tests/two-rates.ts';
import { formatNumber } from '../steps/format-number.ts';
import { valuesOf } from '../steps/values-of.ts';
import type { DriftRules } from './drift-settings.ts';

type Side = 'control' | 'experiment';
const SIDES = ['control', 'experiment'] as const;
const NAMES = { control: 'baseline', experiment: 'canary' } as const;

/**
 * Why a comparison of these outputs would say nothing, or hide what matters, as the end of a sentence. Undefined where it
 * may be made.
 */
export function whyNotTested(pairs: readonly MetricSetPair[], rules: DriftRules, alpha: number): string | undefined {
  return (
    whyNotCompared(pairs) ?? pairs.map((pair) => whyNoOutputs(pair, rules, alpha)).find((why) => why !== undefined)
  );
}

function whyNotCompared(pairs: readonly MetricSetPair[]): string | undefined {
  if (pairs.some(({ attributes }) => attributes?.experiment?.[SAME_QUERY] !== undefined)) {
    return 'baseline and canary were asked the same question, so they cannot differ; use ${scope} in its query';
  }
  const isHistogram = pairs.every(({ tags = {} }) => 'le' in tags || 'vmrange' in tags);
  // Buckets without a common bound say so themselves.
  return isHistogram ? undefined : pairs.map(({ attributes }) => attributes?.experiment?.[UNPAIRED]).find(Boolean);
}

function whyNoOutputs(pair: MetricSetPair, { data }: DriftRules, alpha: number): string | undefined {
  const isCounted = data === 'counts' || data === 'buckets' || data === 'events';
  for (const side of SIDES) {
    const values = [...valuesOf(pair, side), ...(data === 'events' ? (pair.denominator?.values[side] ?? []) : [])];
    const infinite = values.filter((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);
    if (infinite.length > 0) return `${infinite.length} values of the ${NAMES[side]} are infinite, which no output is`;
    const negative = isCounted ? values.find((value) => value < 0) : undefined;
    if (negative !== undefined) {
      const hint = 'a counter that was reset needs increase()';
      return `the ${NAMES[side]} has a count of ${formatNumber(negative)}, and counts are never below 0; ${hint}`;
    }
  }
  return isCounted ? undefined : whyMissing(pair, data, alpha);
}

/** A challenger that gives no answer where it would be a bad one looks as good as the champion. */
function whyMissing(pair: MetricSetPair, data: DriftRules['data'], alpha: number): string | undefined {
  const last = (side: Side) => valuesOf(pair, side).findLastIndex((value) => !Number.isNaN(value)) + 1;
  // Requests are asked of both; outputs of its own are as many as a side has.
  const asked = (side: Side) => (data === 'pairs' ? Math.max(last('control'), last('experiment')) : last(side));
  const [control, experiment] = SIDES.map((side) => {
    const given = valuesOf(pair, side).slice(0, last(side));
    return { events: asked(side) - given.filter((value) => !Number.isNaN(value)).length, trials: asked(side) };
  }) as [MissingShare, MissingShare];
  if (Math.min(control.trials, experiment.trials) === 0) return undefined;
  if (fisherTest(control, experiment, 'two-sided') > alpha) return undefined;
  return (
    `${experiment.events} of ${experiment.trials} values of the canary are missing, and ${control.events} of ` +
    `${control.trials} of the baseline: those that are missing may be the bad ones`
  );
}

interface MissingShare {
  readonly events: number;
  readonly trials: number;
}
