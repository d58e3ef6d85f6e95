import { z } from 'zod';
import { RampTime } from './ramp-times.ts';

/** How long the metrics of a canary need, as their judge forecasts it from the noise there is. */
export const TimeToDecision = z
  .object({
    minutes: z
      .number()
      .optional()
      .describe(
        'about so many more minutes until a change of the allowed size would be found with 90 % probability in every ' +
          'metric that can find it; absent: no metric can',
      ),
    metric: z.string().optional().describe('the one that needs longest'),
    never: z.array(z.string()).describe('metrics that find no such change, however long the window'),
  })
  .meta({ id: 'TimeToDecision' });
export type TimeToDecision = z.infer<typeof TimeToDecision>;

/** The same of one series before there is a canary. */
export const SeriesForecast = z
  .object({
    change: z.number().describe('the change that it is about: the allowed one; 0.1 is 10 %'),
    minutes: z
      .number()
      .optional()
      .describe('how long a window finds it with 90 % probability, at this noise; absent: none does'),
    smallestChange: z
      .object({ now: z.number(), ever: z.number() })
      .describe('the smallest change found with 90 % probability in such a window, and in any'),
    ramp: z
      .array(RampTime)
      .describe('how long the steps of a ramp must be, at the share of the traffic the canary had'),
  })
  .meta({ id: 'SeriesForecast' });
export type SeriesForecast = z.infer<typeof SeriesForecast>;
