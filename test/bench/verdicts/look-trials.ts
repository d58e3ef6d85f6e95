import { worsened } from './canary-trials.ts';
import { type JudgeName, judgeCanary, ofEveryJudge } from './judged-canary.ts';
import type { LabelledCanary } from './labelled-series.ts';
import { CHANGES, type ChangeName, type Pair } from './simulated-families.ts';

export const LOOKS = 12;
export const LOOKED_AT = ['unchanged', '+10 %', '+25 %'] as const satisfies readonly ChangeName[];

/** The first look at which a judge raises the alarm, from 1; absent when none does. */
export type FirstAlarms = Readonly<Record<(typeof LOOKED_AT)[number], readonly (number | null)[]>>;
export type LookTrials = Readonly<Record<JudgeName, FirstAlarms>>;

/** Canaries judged again and again while they grow. Ours carries its error budget from look to look. */
export function tryLooks(canaries: readonly LabelledCanary[]): Promise<LookTrials> {
  return ofEveryJudge(async (name) => {
    const alarms = { unchanged: [], '+10 %': [], '+25 %': [] } as Record<keyof FirstAlarms, (number | null)[]>;
    for (const change of LOOKED_AT) {
      for (const { metrics, inject } of canaries) {
        const harmed = change === 'unchanged' ? undefined : inject;
        alarms[change].push((await firstOf(name, worsened(metrics, inject, CHANGES[change]), harmed)) ?? null);
      }
    }
    return alarms;
  });
}

function upTo({ control, experiment }: Pair, look: number): Pair {
  const end = Math.round((control.length * look) / LOOKS);
  return { control: control.slice(0, end), experiment: experiment.slice(0, end) };
}

/** Kayenta's judge and the others know nothing of looks; ours is told which one it is, and what the one before found. */
async function firstOf(name: JudgeName, metrics: readonly Pair[], inject?: number): Promise<number | undefined> {
  let carried: unknown;
  for (let number = 1; number <= LOOKS; number++) {
    const soFar = metrics.map((pair) => upTo(pair, number));
    const look = { number, of: LOOKS, ...(carried !== undefined && { carried }) };
    const judged = await judgeCanary(name, soFar, {}, look);
    const isFound =
      inject === undefined
        ? judged.metrics.some(({ alarm }) => alarm !== undefined)
        : judged.metrics[inject]?.alarm === 'High';
    if (isFound) return number;
    carried = judged.carried;
  }
  return undefined;
}
