import type { CanaryAnalysisResult } from '../../domain/canary-judge-result.ts';
import type { TimeToDecision } from '../../domain/time-to-decision.ts';

type Forecast = Pick<CanaryAnalysisResult, 'name' | 'muted' | 'evidence'>;

/** How long the metrics of a result need, as their evidence says; undefined where the judge forecasts nothing. */
export function timeToDecision(results: readonly Forecast[]): TimeToDecision | undefined {
  const forecast = results.filter(({ muted, evidence }) => !muted && evidence?.smallestChange !== undefined);
  if (forecast.length === 0) return undefined;
  const minutesOf = ({ evidence }: Forecast) => evidence?.minutesToDecision;
  const never = forecast.filter((one) => !Number.isFinite(minutesOf(one) ?? Number.NaN)).map(({ name }) => name);
  const ends = forecast.filter((one) => Number.isFinite(minutesOf(one) ?? Number.NaN));
  const [longest] = ends.sort((one, other) => (minutesOf(other) ?? 0) - (minutesOf(one) ?? 0));
  return {
    ...(longest === undefined ? {} : { minutes: minutesOf(longest) as number, metric: longest.name }),
    never: [...new Set(never)],
  };
}
