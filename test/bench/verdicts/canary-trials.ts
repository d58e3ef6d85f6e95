import type { Draws } from '../../support/samples/random-series.ts';
import { type Judged, type JudgeName, judgeCanary, ofEveryJudge } from './judged-canary.ts';
import type { LabelledCanary } from './labelled-series.ts';
import { CHANGES, type Change, type ChangeName, FAMILIES, type Pair } from './simulated-families.ts';

/** What is done to one metric of a canary. */
export const INJECTED = ['+10 %', '+25 %', '+50 % from half time'] as const satisfies readonly ChangeName[];

/** What a judge says of the canaries of one trial each: unchanged, and with one metric made worse. */
export interface CanaryTrial {
  readonly unchanged: CanaryOutcome;
  readonly injected: Readonly<Record<(typeof INJECTED)[number], CanaryOutcome>>;
}

export interface CanaryOutcome {
  /** Unchanged: any metric is called High or Low. Else: the metric that was made worse is called High. */
  readonly alarm: boolean;
  /** The verdict is Fail: a pipeline stops. */
  readonly fails: boolean;
  /** Of the most alarming metric, or of the one that was made worse. */
  readonly strength: number;
}

export type CanaryTrials = Readonly<Record<JudgeName, readonly CanaryTrial[]>>;

/** Judges every canary as it is, and with its metric `inject` made worse in each way. */
export function tryCanaries(canaries: readonly LabelledCanary[]): Promise<CanaryTrials> {
  return ofEveryJudge(async (name) => {
    const trials: CanaryTrial[] = [];
    for (const canary of canaries) trials.push(await tryCanary(name, canary));
    return trials;
  });
}

async function tryCanary(name: JudgeName, { metrics, inject }: LabelledCanary): Promise<CanaryTrial> {
  const injected = await Promise.all(
    INJECTED.map(async (change) => {
      return [change, outcomeOf(await judgeCanary(name, worsened(metrics, inject, CHANGES[change])), inject)] as const;
    }),
  );
  return {
    unchanged: outcomeOf(await judgeCanary(name, metrics)),
    injected: Object.fromEntries(injected) as CanaryTrial['injected'],
  };
}

function outcomeOf({ metrics, verdict }: Judged, inject?: number): CanaryOutcome {
  const harmed = inject === undefined ? undefined : metrics[inject];
  return {
    alarm: harmed ? harmed.alarm === 'High' : metrics.some(({ alarm }) => alarm !== undefined),
    fails: verdict === 'Fail',
    strength: harmed ? harmed.strength : Math.max(...metrics.map(({ strength }) => strength)),
  };
}

/** One metric with its canary's level changed. */
export function worsened(metrics: readonly Pair[], index: number, change: Change): Pair[] {
  return metrics.map(({ control, experiment }, i) => ({
    control,
    experiment: i === index ? experiment.map((value, t) => value * change(t, experiment.length)) : experiment,
  }));
}

/** Eight metrics as a service has them: load that both arms share, latency, errors. */
const OF_A_SERVICE = [
  'replica-like: shared load 20 %, own noise 5 %, AR 0.5',
  'replica-like with a lasting difference of 2 %',
  'shared load 20 %, own white noise 5 %',
  'shared daily wave 50 %, own noise 5 %, AR 0.5',
  'independent, 10 %',
  'AR 0.3, 10 %',
  'share of errors, 1 % of 1,000',
  'replica-like with a fifth of the points missing',
];

export function simulatedCanary(draws: Draws, points: number): LabelledCanary {
  const families = OF_A_SERVICE.map((wanted) => FAMILIES.find(({ name }) => name === wanted));
  const metrics = families.flatMap((family) => family?.make(draws, points, CHANGES.unchanged) ?? []);
  return { points, inject: draws.whole(0, 2), metrics };
}
