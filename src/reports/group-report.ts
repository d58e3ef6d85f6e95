import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';

/** A group of metrics and its part in the score. */
export const GroupReport = z
  .object({
    name: z.string(),
    score: z.number().describe('0 to 100'),
    weight: z.number().describe('0 to 100; groups without a weight in the config share the rest'),
    passed: z.number().int(),
    counted: z.number().int().describe('metrics that count: not muted and with data'),
  })
  .meta({ id: 'GroupReport' });
export type GroupReport = z.infer<typeof GroupReport>;

/** What the score would have been, had one metric passed. */
export const ScoreWithout = z
  .object({ metric: z.string(), score: z.number(), verdict: z.string() })
  .meta({ id: 'ScoreWithout' });
export type ScoreWithout = z.infer<typeof ScoreWithout>;

/** The groups of a judged run, the heaviest first. */
export function reportGroups(run: CanaryExecutionStatusResponse): GroupReport[] {
  const results = countedResults(run);
  const groups = run.result?.judgeResult.groupScores ?? [];
  const weightOf = weights(run);
  return groups
    .map(({ name, score }) => ({ name, score, weight: weightOf(name), ...tally(results, name) }))
    .toSorted((one, other) => other.weight - one.weight);
}

/**
 * The score, had each failed metric passed by itself; the largest gain first. Nothing when this reckoning does not
 * give the score that was given, as with a judge that weighs otherwise.
 */
export function scoresWithout(run: CanaryExecutionStatusResponse): ScoreWithout[] {
  const given = run.result?.judgeResult.score.score;
  const results = countedResults(run);
  const groups = (run.result?.judgeResult.groupScores ?? []).map(({ name }) => name);
  const weightOf = weights(run);
  const scoreOf = (all: readonly CanaryAnalysisResult[]) => scoreFrom(all, groups, weightOf);
  if (given === undefined || Math.abs(scoreOf(results) - given) > 0.01) return [];
  return results
    .filter(({ classification }) => classification !== 'Pass' && classification !== 'Error')
    .map((failed) => {
      const passed = { ...failed, classification: 'Pass' as const, critical: false };
      const score = scoreOf(results.map((result) => (result === failed ? passed : result)));
      return { metric: failed.name, score, verdict: verdictOf(score, run) };
    })
    .filter(({ score }) => score > given)
    .toSorted((one, other) => other.score - one.score);
}

function countedResults(run: CanaryExecutionStatusResponse): CanaryAnalysisResult[] {
  return (run.result?.judgeResult.results ?? []).filter(({ muted }) => !muted);
}

function weights(run: CanaryExecutionStatusResponse): (group: string) => number {
  const given = new Map(
    Object.entries(run.config.classifier?.groupWeights ?? {}).map(([name, weight]) => [name, weight ?? 0]),
  );
  const groups = (run.result?.judgeResult.groupScores ?? []).map(({ name }) => name);
  const others = groups.filter((name) => !given.has(name)).length;
  const left = 100 - [...given.values()].reduce((sum, weight) => sum + weight, 0);
  return (name) => given.get(name) ?? left / Math.max(1, others);
}

function tally(results: readonly CanaryAnalysisResult[], group: string): { passed: number; counted: number } {
  const own = results.filter(
    ({ groups, classification }) =>
      groups?.includes(group) && classification !== 'Nodata' && classification !== 'Error',
  );
  return { passed: own.filter(({ classification }) => classification === 'Pass').length, counted: own.length };
}

/** As the judges reckon: a critical failure, or no data in half of the metrics, makes it 0. */
function scoreFrom(
  results: readonly CanaryAnalysisResult[],
  groups: readonly string[],
  weightOf: (group: string) => number,
): number {
  if (results.some(({ critical, classification }) => critical && classification !== 'Pass')) return 0;
  const empty = results.filter(({ classification }) => classification === 'Nodata').length;
  if (empty * 2 >= results.length && results.length > 0) return 0;
  const score = groups.reduce((sum, group) => {
    const { passed, counted } = tally(results, group);
    return sum + (counted === 0 ? 100 : (passed / counted) * 100) * (weightOf(group) / 100);
  }, 0);
  return Math.round(score * 100) / 100;
}

function verdictOf(score: number, { canaryExecutionRequest: { thresholds } }: CanaryExecutionStatusResponse): string {
  if (score >= (thresholds?.pass ?? 0)) return 'Pass';
  return score >= (thresholds?.marginal ?? 0) ? 'Marginal' : 'Fail';
}
