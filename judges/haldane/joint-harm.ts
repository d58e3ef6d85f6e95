import type { Pace } from '../steps/in-turns.ts';
import type { DecidedMetric } from './decided-metric.ts';
import { type JointChange, jointChangeInTurns } from './joint-change.ts';
import { shareOf } from './looks.ts';
import { isTested } from './tested-metric.ts';

const JOINT_ALARM = 0.05;

/** All metrics together, when they are worse than chance explains and none is flagged by itself. */
export async function jointHarm(decided: readonly DecidedMetric[], pace: Pace): Promise<JointChange | undefined> {
  const counted = decided.filter(({ rules, guard }) => !rules.muted && guard?.enough !== false);
  if (counted.some(({ decision }) => decision.flag?.flagged)) return undefined;
  const look = counted.find((metric) => metric.look !== undefined)?.look;
  const share = look ? shareOf(look) : 1;
  const alarm = JOINT_ALARM * share;
  // Windows of the past differ in all metrics together, which the errors of each do not hold.
  const tests = counted.flatMap(({ test, earlier }) => (isTested(test) && earlier === undefined ? [test] : []));
  const joint = await jointChangeInTurns(tests, alarm, pace);
  return joint && joint.p < alarm ? joint : undefined;
}
