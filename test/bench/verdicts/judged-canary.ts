import { createJudges } from '../../../judges/index.ts';
import { createRankDeviate } from '../../../judges/netflix-aca/rank-deviate.ts';
import { rankShiftInterval } from '../../../judges/netflix-aca/rank-shift-interval.ts';
import type { CanaryJudge, JudgeRequest } from '../../../src/domain/canary-judge.ts';
import type { CanaryAnalysisResult } from '../../../src/domain/canary-judge-result.ts';
import type { Look } from '../../../src/domain/look.ts';
import type { Pair } from './simulated-families.ts';

/** The judges that are compared; ours first. */
export const JUDGES = ['Haldane', 'NetflixACA', 'WelchT', 'MannWhitney'] as const;
export type JudgeName = (typeof JUDGES)[number];

const judges = new Map(createJudges({}).map((judge) => [judge.name.replace(/Judge-v.*/, ''), judge]));
const { signal } = new AbortController();

function judgeNamed(name: JudgeName): CanaryJudge {
  const judge = judges.get(name);
  if (judge === undefined) throw new Error(`There is no judge '${name}'.`);
  return judge;
}

/** The same of every judge, one after the other. */
export async function ofEveryJudge<T>(work: (name: JudgeName) => Promise<T>): Promise<Record<JudgeName, T>> {
  const results: [JudgeName, T][] = [];
  for (const name of JUDGES) results.push([name, await work(name)]);
  return Object.fromEntries(results) as Record<JudgeName, T>;
}

/** One metric of a canary, with what its config says of it. */
export interface BenchMetric extends Pair {
  readonly canary?: Readonly<Record<string, unknown>>;
  /** The text of its query. */
  readonly query?: string;
  /** The control's values before the canary. */
  readonly history?: readonly number[];
}

export interface Judged {
  /** Pass, Marginal or Fail. */
  readonly verdict: string;
  readonly metrics: readonly JudgedMetric[];
  /** What the judge hands to its next look. */
  readonly carried: unknown;
}

export interface JudgedMetric {
  /** Harm was shown, to this side, also where the judge adds that it is over. */
  readonly alarm: 'High' | 'Low' | undefined;
  /** Larger is more alarming; comparable within one judge and one number of points. */
  readonly strength: number;
}

/** A whole canary through a judge, with its defaults but for `settings`. */
export async function judgeCanary(
  name: JudgeName,
  metrics: readonly BenchMetric[],
  settings: Readonly<Record<string, unknown>> = {},
  look?: Look,
): Promise<Judged> {
  const request = { ...requestOf(metrics, settings), ...(look && { look }) };
  const { results, score, look: outcome } = await judgeNamed(name).judge(request, signal);
  return {
    verdict: score.classification,
    carried: outcome?.carried,
    metrics: results.map((result, index) => ({
      alarm: alarmOf(result),
      strength: strengthOf(name, result, metrics[index] as BenchMetric),
    })),
  };
}

/** Metrics of equal weight, either direction, a point a minute. */
export function requestOf(
  metrics: readonly BenchMetric[],
  settings: Readonly<Record<string, unknown>> = {},
): JudgeRequest {
  const scopes = { control: { stepMillis: 60_000 }, experiment: { stepMillis: 60_000 } };
  return {
    canaryConfig: {
      judge: { name: '', judgeConfigurations: settings },
      metrics: metrics.map(({ canary }, index) => ({
        name: `metric ${index}`,
        query: { type: 'inline', serviceType: 'inline' },
        groups: ['all'],
        ...(canary && { analysisConfigurations: { canary } }),
      })),
      classifier: { groupWeights: { all: 100 } },
    },
    scoreThresholds: { pass: 95, marginal: 75 },
    metricSetPairList: metrics.map(({ control, experiment, query, history }, index) => ({
      name: `metric ${index}`,
      id: String(index),
      values: { control: [...control], experiment: [...experiment] },
      scopes,
      ...(history && { history: { values: { control: [...history], experiment: [] } } }),
      ...(query && { attributes: { control: { query }, experiment: { query } } }),
    })),
  };
}

function alarmOf({ classification, evidence }: CanaryAnalysisResult): JudgedMetric['alarm'] {
  if (classification === 'High' || classification === 'Low') return classification;
  if (evidence?.outcome !== 'Recovered') return undefined;
  return (evidence.ratioEstimate ?? 1) < 1 ? 'Low' : 'High';
}

/** A threshold of each judge that can be moved: a p-value, or the width of Kayenta's interval. */
function strengthOf(name: JudgeName, { evidence }: CanaryAnalysisResult, pair: Pair): number {
  if (name === 'NetflixACA') return kayentaStrength(pair);
  return -Math.log(evidence?.pValue ?? 1);
}

/**
 * How many standard errors wide Kayenta's interval may be before the metric passes: where the rank sum's deviate is, at a
 * shift of a quarter of the estimate.
 */
function kayentaStrength({ control, experiment }: Pair): number {
  const [c, e] = [presentOf(control), presentOf(experiment)];
  if (c.length === 0 || e.length === 0) return 0;
  const shift = rankShiftInterval(c, e, 0.98);
  if (shift === undefined) return 0;
  const tolerance = 0.25 * Math.abs(shift.estimate);
  const deviate = createRankDeviate(e, c);
  return Math.max(deviate(tolerance), -deviate(-tolerance));
}

function presentOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values.filter(Number.isFinite)).sort();
}
