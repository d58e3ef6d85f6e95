import { createJudges } from '../../../judges/index.ts';
import type { KnownChangeName } from '../../../src/domain/backtest-report.ts';
import type { CanaryConfig } from '../../../src/domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../../src/domain/canary-judge.ts';
import type { MetricSetPair } from '../../../src/domain/metric-set-pair.ts';
import { backtestSeries } from '../../../src/engine/backtest/backtest-series.ts';
import { judgeSeries } from '../../../src/engine/judging/judge-series.ts';
import type { Proportion } from '../verdicts/proportion.ts';
import type { Pair } from '../verdicts/simulated-families.ts';

const JUDGES = ['NetflixACAJudge-v1.0', 'WelchTJudge-v1.0', HALDANE_JUDGE] as const;
const [MINUTE, NAME] = [60_000, 'metric'];
const judges = createJudges({});
const { signal } = new AbortController();
const thresholds = { pass: 95, marginal: 75 };
const scope = { stepMillis: MINUTE, startTimeMillis: Date.UTC(2026, 0, 1) };
const config: CanaryConfig = {
  judge: { name: JUDGES[0] },
  metrics: [{ name: NAME, groups: ['all'], analysisConfigurations: { canary: { direction: 'increase' } } }],
  classifier: { groupWeights: { all: 100 } },
};

/** Windows of one kind of metric: those in which nothing changed, and others that are worse by a known change. */
export interface LabelledWindows {
  readonly points: number;
  readonly same: readonly Pair[];
  readonly worse: ReadonlyMap<KnownChangeName, readonly Pair[]>;
}

/** One figure, as the backtest of the unchanged windows has it, and as it is when each window is judged by itself. */
export interface Reproduced {
  readonly judge: string;
  /** absent: the false alarms */
  readonly change?: KnownChangeName;
  readonly backtest: Proportion;
  /** of false alarms the same windows; of a change other ones, which somebody else made worse */
  readonly direct: Proportion;
}

/** A backtest of all unchanged windows one after the other, beside what judging window by window finds. */
export async function reproduced({ points, same, worse }: LabelledWindows): Promise<Reproduced[]> {
  const whole = pairOf({
    control: same.flatMap(({ control }) => control),
    experiment: same.flatMap(({ experiment }) => experiment),
  });
  const report = await backtestSeries(
    {
      ...{ config, thresholds, judges, beside: JUDGES, pairs: [whole], windowMillis: points * MINUTE },
      ...{ changes: [...worse.keys()], judgements: 1e7 },
    },
    signal,
  );
  const found: Reproduced[] = [];
  for (const { judge, falseAlarms, changes } of report.metrics[0]?.judges ?? []) {
    found.push({ judge, backtest: proportionOf(falseAlarms), direct: await count(judge, same, () => true) });
    for (const { change, found: share } of changes) {
      const others = worse.get(change) ?? [];
      const direct = await count(judge, others, (classification) => classification === 'High');
      found.push({ judge, change, backtest: proportionOf(share), direct });
    }
  }
  return found;
}

function proportionOf({ count: hits, of: trials }: { readonly count: number; readonly of: number }): Proportion {
  return { hits, trials };
}

/** Of the windows in which both sides have data, those that a judge calls High or Low, if that is what is looked for. */
async function count(
  judge: string,
  windows: readonly Pair[],
  isWanted: (classification: string) => boolean,
): Promise<Proportion> {
  let [hits, trials] = [0, 0];
  for (const window of windows) {
    if (![window.control, window.experiment].every((values) => values.some(Number.isFinite))) continue;
    const { results } = await judgeSeries({ judges, config, thresholds, pairs: [pairOf(window)], judge }, signal);
    const { classification = '' } = results[0] ?? {};
    trials++;
    if ((classification === 'High' || classification === 'Low') && isWanted(classification)) hits++;
  }
  return { hits, trials };
}

function pairOf({ control, experiment }: Pair): MetricSetPair {
  const scopes = { control: scope, experiment: scope };
  return { name: NAME, values: { control: [...control], experiment: [...experiment] }, scopes };
}
