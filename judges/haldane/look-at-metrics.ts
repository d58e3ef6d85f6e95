import { z } from 'zod';
import type { CanaryJudgeResult } from '../../src/domain/canary-judge-result.ts';
import type { Look, LookOutcome } from '../../src/domain/look.ts';
import type { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryError } from '../../src/errors.ts';
import { formatPercent } from '../steps/format-number.ts';
import { allowedChange, type DecidedMetric, harmfulSides, USUAL_ALLOWED } from './decided-metric.ts';
import type { HaldaneSettings } from './haldane-settings.ts';
import { pOfHarm } from './harm.ts';
import { afterLook, type LookState, lookInWords, shareOf } from './looks.ts';
import { isTested, type TestedMetric } from './tested-metric.ts';

/** The look at one metric: what it saw itself, and what all looks so far say. */
export interface MetricLook {
  readonly number: number;
  /** Absent: nobody knows how many there will be. */
  readonly of: number | undefined;
  /** The p-value of this look alone. */
  readonly ownP: number;
  readonly state: LookState & {
    /** The number of the look that `p` comes from; looks without a test count too. */
    readonly decidedAt: number;
  };
}

const Looked = z.object({
  looks: z.number().int().min(1),
  p: z.number().min(0).max(1),
  side: z.enum(['High', 'Low']),
  decidedAtLook: z.number().int().min(1),
  decidedAt: z.number().int().min(1),
});
const State = z.discriminatedUnion('plan', [
  Looked.extend({ plan: z.literal('planned'), fraction: z.number().gt(0).max(1) }),
  Looked.extend({ plan: z.literal('open') }),
]);
const Carried = z.object({ metrics: z.record(z.string(), State) });
export type Carried = z.infer<typeof Carried>;

/** What the looks before found. @throws CanaryError JUDGEMENT_FAILED when that is not what this judge carries on */
export function carriedBy({ carried, of }: Look): Carried {
  const read = Carried.safeParse(carried ?? { metrics: {} });
  const plan = of === undefined ? 'open' : 'planned';
  if (read.success && Object.values(read.data.metrics).some((state) => state.plan !== plan)) {
    throw new CanaryError(
      'JUDGEMENT_FAILED',
      'look.of is given at some looks of this canary and missing at others; give it at all of them, or at none.',
    );
  }
  if (read.success) return read.data;
  throw new CanaryError(
    'JUDGEMENT_FAILED',
    'look.carried is not what HaldaneJudge carries on; send look.carried of its result of the look before, or leave it out.',
  );
}

/** The tests with the p-value of all looks so far, and the side it comes from. Without a look they stay as they are. */
export function lookAt(
  tested: TestedMetric,
  pair: MetricSetPair,
  look: Look | undefined,
  before: Carried | undefined,
): TestedMetric {
  const { test } = tested;
  if (look === undefined || !isTested(test)) return tested;
  const known = before?.metrics[keyOf(pair)];
  const fraction = look.of === undefined ? {} : { fraction: look.number / look.of };
  const after = afterLook(known, { p: test.p, side: test.side, ...fraction });
  const isNewest = known === undefined || after.decidedAtLook > known.decidedAtLook;
  const state = { ...after, decidedAt: isNewest ? look.number : known.decidedAt };
  const { p, side } = state;
  return { ...tested, test: { ...test, p, side }, look: { number: look.number, of: look.of, ownP: test.p, state } };
}

interface Looked {
  readonly decided: readonly DecidedMetric[];
  /** In the order of `decided`. */
  readonly pairs: readonly MetricSetPair[];
  readonly look: Look;
  readonly before: Carried;
  readonly verdict: Pick<CanaryJudgeResult, 'score'>;
  readonly settings: HaldaneSettings;
}

/** What is carried on, also of metrics that could not be tested this time; and whether no further look is needed. */
export function lookOutcome(looked: Looked): LookOutcome {
  const { decided, pairs, before } = looked;
  const states = decided.flatMap((metric, index) => {
    const pair = pairs[index];
    return metric.look === undefined || pair === undefined ? [] : [[keyOf(pair), metric.look.state] as const];
  });
  const settled = settledBy(looked);
  const carried = { metrics: { ...before.metrics, ...Object.fromEntries(states) } };
  return { carried, ...(settled === undefined ? {} : { settled }) };
}

function keyOf({ name, tags = {} }: MetricSetPair): string {
  const own = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return own.length === 0 ? name : JSON.stringify([name, own]);
}

/** So sure must be what is excluded, over all looks together. */
const DOUBT = 0.05;

/** Whether no further look is needed: every metric excludes more harm than allowed, however often was looked. */
function settledBy({ decided, verdict, settings, look }: Looked): string | undefined {
  if (
    look.of === undefined ||
    look.number === look.of ||
    !settings.passEarly ||
    verdict.score.classification !== 'Pass'
  )
    return undefined;
  const counted = decided.filter(({ rules }) => !rules.muted);
  const share = shareOf(look);
  if (counted.length === 0 || !counted.every((metric) => excludesHarm(metric, DOUBT * share))) return undefined;
  const limits = counted.flatMap(({ rules }) =>
    harmfulSides(rules.direction).map((side) => allowedChange(rules.allowed, side) ?? USUAL_ALLOWED),
  );
  return (
    `It passed early, at ${lookInWords(look.number, look.of).toLowerCase()}: harm of more than ` +
    `${formatPercent(Math.max(...limits))} is ruled out for every metric.`
  );
}

function excludesHarm({ test, rules, decision, earlier }: DecidedMetric, doubt: number): boolean {
  // How far one more window of the past might lie is not in the errors of the points.
  if (earlier !== undefined) return false;
  if (!isTested(test) || decision.consequence !== 'none' || decision.classification !== 'Pass') return false;
  return harmfulSides(rules.direction).every(
    (side) => pOfHarm(test, side, allowedChange(rules.allowed, side) ?? USUAL_ALLOWED) <= doubt,
  );
}
