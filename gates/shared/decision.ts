import type { GateStanding } from '../../src/domain/gate.ts';

/**
 * What a tool that can only go on or go back does. Whatever has ended and is no pass goes back: a release that was not
 * judged is none that may go on.
 */
export function decisionOf({ verdict, isJudging }: GateStanding): 'wait' | 'go' | 'back' {
  if (verdict === undefined || !verdict.done || isJudging) return 'wait';
  return verdict.verdict === 'pass' ? 'go' : 'back';
}

const [LEAST_SECONDS, MOST_SECONDS] = [15, 300];

/** When to ask again. */
export function pauseSeconds({ verdict }: GateStanding): number {
  return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, verdict?.secondsLeft ?? 30));
}
