import { type JudgeName, judgeCanary, ofEveryJudge } from './judged-canary.ts';
import type { Pair } from './simulated-families.ts';

/** What each judge says of single metrics. */
export type PairTrials = Readonly<Record<JudgeName, PairOutcomes>>;

export interface PairOutcomes {
  /** How often there was an alarm, and how often it was High, or Low. */
  readonly alarms: number;
  readonly high: number;
  readonly low: number;
  readonly strengths: readonly number[];
}

/** The error budget of a metric that is judged alone: the share that one of five metrics has. */
export const ALONE = { errorBudget: 0.01 };

export function tryPairs(pairs: readonly Pair[]): Promise<PairTrials> {
  return ofEveryJudge(async (name) => {
    let [high, low] = [0, 0];
    const strengths: number[] = [];
    for (const pair of pairs) {
      const [metric] = (await judgeCanary(name, [pair], name === 'Haldane' ? ALONE : {})).metrics;
      if (metric?.alarm === 'High') high++;
      if (metric?.alarm === 'Low') low++;
      strengths.push(metric?.strength ?? 0);
    }
    return { alarms: high + low, high, low, strengths };
  });
}
