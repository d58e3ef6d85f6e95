import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
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

/** Failures that must not be there for a pass, those that cost most first; and what the score would be then. */
export const PassNeeds = z.object({ metrics: z.array(z.string()), score: z.number() }).meta({ id: 'PassNeeds' });
export type PassNeeds = z.infer<typeof PassNeeds>;

/** Undefined for a canary that passes, or where passing metrics cannot make it pass. */
export function passNeeds(run: CanaryExecutionStatusResponse): PassNeeds | undefined {
  const { results: all = [], score: given } = run.result?.judgeResult ?? {};
  if (given === undefined || given.classification === 'Pass') return undefined;
  const costs = costsOf(run);
  if (costs.size === 0) return undefined;
  const failed = all.filter((result) => (costs.get(result) ?? 0) > 0);
  const rules = rulesOf(run);
  const passed = new Set<CanaryAnalysisResult>();
  for (const result of failed.toSorted((one, other) => (costs.get(other) ?? 0) - (costs.get(one) ?? 0))) {
    passed.add(result);
    const { score, verdict } = scoreCanary(
      all.map((one) => (passed.has(one) ? { ...one, classification: 'Pass' as const, critical: false } : one)),
      rules,
    );
    if (verdict === 'Pass') return { metrics: [...passed].map(({ name }) => name), score };
  }
  return undefined;
}

const WHOLE_SCORE = 100;

/**
 * What each metric that did not pass took from the score, in points of 100: its share of its groups, or everything when
 * it is critical. Empty when recomputing does not reproduce the judge's score, as with a judge that scores by other
 * rules.
 */
export function costsOf(run: CanaryExecutionStatusResponse): ReadonlyMap<CanaryAnalysisResult, number> {
  const { results = [], score: { score: given } = {} } = run.result?.judgeResult ?? {};
  const scored = scoreCanary(results, rulesOf(run));
  if (given === undefined || Math.abs(scored.score - given) > 0.01) return new Map();
  const groups = new Map(scored.groups.map((group) => [group.name, group]));
  const failed = results.filter(({ classification, muted, critical }) => {
    const counts = critical || !['Nodata', 'Error'].includes(classification);
    return !muted && classification !== 'Pass' && counts;
  });
  return new Map(
    failed.map((result) => {
      const shares = (result.groups ?? []).map((name) => {
        const { weight = 0, counted = 0 } = groups.get(name) ?? {};
        return counted === 0 ? 0 : weight / counted;
      });
      return [result, result.critical ? WHOLE_SCORE : shares.reduce((sum, share) => sum + share, 0)];
    }),
  );
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
