import { median } from 'd3-array';
import type { RunOutcome } from '../domain/run-outcome.ts';

/** How the last runs of one config ended. */
export interface ConfigTrend {
  readonly configId: string;
  /** the last of them, oldest first */
  readonly runs: readonly RunOutcome[];
  /** of `runs`: with a verdict, and with a pass over something */
  readonly judged: number;
  readonly passed: number;
  /** of those judged, from start to end; absent where none was */
  readonly medianMillis?: number | undefined;
}

/** Of how many runs of a config. */
export const TREND_RUNS = 20;

/** By config, the one that ran last first. @param outcomes newest first */
export function configTrends(outcomes: readonly RunOutcome[]): ConfigTrend[] {
  const byConfig = Map.groupBy(outcomes, ({ canaryConfigId }) => canaryConfigId);
  return [...byConfig].map(([configId, all]) => trendOf(configId, all.slice(0, TREND_RUNS).reverse()));
}

function trendOf(configId: string, runs: readonly RunOutcome[]): ConfigTrend {
  const judged = runs.filter(({ verdict }) => verdict !== undefined);
  return {
    configId,
    runs,
    judged: judged.length,
    passed: judged.filter(hasPassed).length,
    medianMillis: median(judged, ({ durationMillis }) => durationMillis),
  };
}

/** A pass over nothing is none. */
function hasPassed({ verdict, overNothing }: RunOutcome): boolean {
  return verdict === 'Pass' && overNothing !== true;
}
