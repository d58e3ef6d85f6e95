import type { CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { rangeInWords } from '../../domain/overlapping-points.ts';
import { rangeOfQuery, rangesOfQuery } from '../../domain/range-of-query.ts';
import type { MetricQuery } from '../fetching/plan-queries.ts';

/** What a request that gives no step asks for. */
const USUAL_STEP_SECONDS = 60;

/** Says of a metric that each of its points is made from more than a step: neighbouring points share their data. */
export function overlapAdvice(index: number, [query]: readonly MetricQuery[]): ConfigProblem[] {
  if (query === undefined) return [];
  const stepSeconds = query.request.scope.step || USUAL_STEP_SECONDS;
  const { sliding = 0, bucket = 0 } = rangesOfQuery(query.request.text, stepSeconds);
  const range = Math.max(sliding, bucket);
  if (range <= stepSeconds) return [];
  const made = `Each point is made from ${rangeInWords({ range, stepSeconds })}`;
  const message =
    sliding >= bucket
      ? `${made}: neighbouring points share their data, and say less than they seem to. A range of one step, or a step as long as the range, finds more.`
      : `${made}: there are as many times fewer points, or neighbouring ones share their data. Make the buckets one step long, or the step as long as they are.`;
  return [problemOf('points-overlap', pathOf(query.request.metric, index, { range, stepSeconds }), message)];
}

/** The field that says the range, if it is one of the query's own texts. */
function pathOf(metric: CanaryMetricConfig, index: number, { range, stepSeconds }: Record<string, number>): string {
  const texts = Object.entries(metric.query ?? {}).filter(([, value]) => typeof value === 'string');
  const field = texts.find(([, value]) => rangeOfQuery(value as string, stepSeconds ?? 1) === range)?.[0];
  return field === undefined ? `metrics[${index}].query` : `metrics[${index}].query.${field}`;
}
