import { z } from 'zod';
import type { CompanionSeries } from '../domain/metric-set-pair.ts';
import { Doubles } from '../domain/values/double.ts';

/** Both sides, as the judge got them. */
export const SeriesReport = z
  .object({
    control: Doubles,
    experiment: Doubles,
    startMillis: z.object({ control: z.number(), experiment: z.number() }),
    stepMillis: z.number(),
  })
  .meta({ id: 'SeriesReport' });
export type SeriesReport = z.infer<typeof SeriesReport>;

export function seriesOf({ values, scopes }: CompanionSeries): SeriesReport {
  return {
    control: values.control ?? [],
    experiment: values.experiment ?? [],
    startMillis: {
      control: scopes?.control?.startTimeMillis ?? 0,
      experiment: scopes?.experiment?.startTimeMillis ?? 0,
    },
    stepMillis: scopes?.experiment?.stepMillis ?? scopes?.control?.stepMillis ?? 0,
  };
}
