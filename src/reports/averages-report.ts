import { z } from 'zod';
import type { CanaryAnalysisResult } from '../domain/canary-judge-result.ts';
import { SIDES, type Side } from '../domain/canary-scope.ts';
import type { CompanionReport } from './companion-report.ts';
import type { SeriesReport } from './series-report.ts';

/** What both sides measured on average. */
export const AveragesReport = z
  .object({
    control: z.number().optional().describe('absent: no data'),
    experiment: z.number().optional().describe('absent: no data'),
    unit: z.string().optional().describe('as the query names it; `share` of events over requests'),
    are: z.enum(['means', 'rates']).describe('means of the compared values, or all events over all requests'),
  })
  .meta({ id: 'AveragesReport' });
export type AveragesReport = z.infer<typeof AveragesReport>;

export interface AveragesParts {
  readonly result: CanaryAnalysisResult | undefined;
  readonly series: SeriesReport | undefined;
  readonly companions: readonly CompanionReport[];
  readonly unit: string | undefined;
  /** absent: the values are events where there is a denominator */
  readonly valuesAre: 'share' | 'percent' | undefined;
}

/** Undefined when neither side has any. */
export function reportAverages({ result, series, companions, unit, valuesAre }: AveragesParts) {
  const beside = companions.find(({ companion }) => companion === 'denominator');
  if (beside !== undefined && valuesAre === undefined) {
    const requests = beside.series;
    if (series === undefined || requests === undefined) return undefined;
    return averages((side) => rateOf(series[side], requests[side]), { unit: 'share', are: 'rates' });
  }
  const ofShares = valuesAre === undefined ? unit : (unit ?? valuesAre);
  return averages((side) => meanOf(result, side), { unit: ofShares, are: 'means' });
}

type Kind = { unit: string | undefined; are: AveragesReport['are'] };

function averages(of: (side: Side) => number | undefined, { unit, are }: Kind): AveragesReport | undefined {
  const known = SIDES.flatMap((side) => {
    const value = of(side);
    return value === undefined || !Number.isFinite(value) ? [] : [[side, value] as const];
  });
  if (known.length === 0) return undefined;
  return { ...Object.fromEntries(known), ...(unit === undefined ? {} : { unit }), are };
}

function meanOf(result: CanaryAnalysisResult | undefined, side: Side): number | undefined {
  const stats = result?.[`${side}Metadata`].stats;
  return stats === undefined || stats.count === 0 ? undefined : stats.mean;
}

/** Moments without either are left out. */
function rateOf(events: readonly number[], requests: readonly number[]): number | undefined {
  let [happened, of] = [0, 0];
  for (const [slot, count] of events.entries()) {
    const asked = requests[slot];
    if (asked === undefined || !Number.isFinite(count) || !Number.isFinite(asked)) continue;
    happened += count;
    of += asked;
  }
  return of > 0 ? happened / of : undefined;
}
