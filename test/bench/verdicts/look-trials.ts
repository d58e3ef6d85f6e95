import { flagMetrics } from '../../../judges/haldane/flag-metrics.ts';
import { judgeSeriesPair } from '../../../judges/haldane/judge-series-pair.ts';
import { afterLook, type LookState } from '../../../judges/haldane/looks.ts';
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
    const first = name === 'Haldane' ? firstOfHaldane : firstOf;
    const alarms = { unchanged: [], '+10 %': [], '+25 %': [] } as Record<keyof FirstAlarms, (number | null)[]>;
    for (const change of LOOKED_AT) {
      for (const { metrics, inject } of canaries) {
        const harmed = change === 'unchanged' ? undefined : inject;
        alarms[change].push((await first(name, worsened(metrics, inject, CHANGES[change]), harmed)) ?? null);
      }
    }
    return alarms;
  });
}

function upTo({ control, experiment }: Pair, look: number): Pair {
  const end = Math.round((control.length * look) / LOOKS);
  return { control: control.slice(0, end), experiment: experiment.slice(0, end) };
}

async function firstOf(name: JudgeName, metrics: readonly Pair[], inject?: number): Promise<number | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    const judged = await judgeCanary(
      name,
      metrics.map((pair) => upTo(pair, look)),
    );
    const found = inject === undefined ? judged.metrics.some(({ alarm }) => alarm) : isHigh(judged.metrics[inject]);
    if (found) return look;
  }
  return undefined;
}

function isHigh(metric: { alarm: 'High' | 'Low' | undefined } | undefined): boolean {
  return metric?.alarm === 'High';
}

async function firstOfHaldane(_: JudgeName, metrics: readonly Pair[], inject?: number): Promise<number | undefined> {
  const states = new Array<LookState | undefined>(metrics.length).fill(undefined);
  for (let look = 1; look <= LOOKS; look++) {
    for (const [index, pair] of metrics.entries()) {
      const test = judgeSeriesPair({ ...upTo(pair, look), direction: 'either' });
      if (test.route === 'untested') continue;
      states[index] = afterLook(states[index], { p: test.p, side: test.side, fraction: look / LOOKS });
    }
    const flags = flagMetrics(
      states.map((state) => ({ p: state?.p, critical: false })),
      0.05,
    );
    const isFound = (index: number) => flags[index]?.flagged === true;
    const found =
      inject === undefined ? flags.some(({ flagged }) => flagged) : isFound(inject) && states[inject]?.side === 'High';
    if (found) return look;
  }
  return undefined;
}
