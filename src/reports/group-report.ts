import { z } from 'zod';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { scoreCanary } from '../domain/score.ts';

/** A group of metrics and its share of the score. */
export const GroupReport = z
  .object({
    name: z.string(),
    score: z.number().describe('0 to 100'),
    weight: z.number().describe('0 to 100; groups without a weight in the config share the rest'),
    passed: z.number().describe('a warning counts half'),
    counted: z.number().int().describe('metrics that count: not muted and with data'),
  })
  .meta({ id: 'GroupReport' });
export type GroupReport = z.infer<typeof GroupReport>;

/** What the score would have been if one metric had passed. */
export const ScoreWithout = z
  .object({ metric: z.string(), score: z.number(), verdict: z.string() })
  .meta({ id: 'ScoreWithout' });
export type ScoreWithout = z.infer<typeof ScoreWithout>;

/** The groups of a judged run, heaviest first. */
export function reportGroups(run: CanaryExecutionStatusResponse): GroupReport[] {
  const { groupScores = [], results = [] } = run.result?.judgeResult ?? {};
  const known = new Map(scoreCanary(results, rulesOf(run)).groups.map((group) => [group.name, group]));
  return groupScores
    .map(({ name, score }) => {
      const { weight = 0, passed = 0, counted = 0 } = known.get(name) ?? {};
      return { name, score, weight, passed, counted };
    })
    .toSorted((one, other) => other.weight - one.weight || (one.name < other.name ? -1 : 1));
}

/**
 * The score if one failed metric had passed, for each of them; largest gain first. Empty when recomputing does not
 * reproduce the judge's score, as with a judge that scores by other rules.
 */
export function scoresWithout(run: CanaryExecutionStatusResponse): ScoreWithout[] {
  const { results = [], score: { score: given } = {} } = run.result?.judgeResult ?? {};
  const rules = rulesOf(run);
  if (given === undefined || Math.abs(scoreCanary(results, rules).score - given) > 0.01) return [];
  return results
    .filter(({ classification, muted }) => !muted && classification !== 'Pass' && classification !== 'Error')
    .map((failed) => {
      const passed = { ...failed, classification: 'Pass' as const, critical: false };
      const { score, verdict } = scoreCanary(
        results.map((result) => (result === failed ? passed : result)),
        rules,
      );
      return { metric: failed.name, score, verdict };
    })
    .filter(({ score }) => score > given)
    .toSorted((one, other) => other.score - one.score);
}

/** Groups are summed in the order the judge lists them. */
function rulesOf({ config, canaryExecutionRequest: { thresholds = {} }, result }: CanaryExecutionStatusResponse) {
  const places = new Map(result?.judgeResult.groupScores.map(({ name }, index) => [name, index]));
  const placeOf = (name: string) => places.get(name) ?? Number.POSITIVE_INFINITY;
  const order = (names: readonly string[]) => names.toSorted((one, other) => compare(placeOf(one), placeOf(other)));
  return { groupWeights: config.classifier?.groupWeights ?? {}, thresholds, order };
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
