import { z } from 'zod';

/** The steps of a usual ramp: the canary's share of the traffic, in percent. */
export const USUAL_RAMP = [1, 5, 25, 50, 100] as const;

export const RampTime = z
  .object({
    percent: z.number().describe("the canary's share of the traffic"),
    minutes: z
      .number()
      .optional()
      .describe('how long the step must be; absent: no length is enough, or no baseline is left to compare with'),
  })
  .meta({ id: 'RampTime' });
export type RampTime = z.infer<typeof RampTime>;

interface Measured {
  /** how long a window finds the allowed change with 90 % probability; undefined: none does */
  readonly minutes: number | undefined;
  /** the share of the traffic that the canary had when that was measured, in percent; above 0 and below 100 */
  readonly percent: number;
}

/**
 * How long each step of a ramp must be for its evidence. What varies because requests are few varies inversely with them, so
 * a step needs time in proportion to 1 / (s (1 - s)) of the canary's share s: both sides count, and the smaller one most.
 * A step whose shares are more even than those measured gets no less time: not all noise is of requests. With all of
 * the traffic there is no baseline left.
 *
 * @example rampTimes({ minutes: 10, percent: 50 }, [5]) // [{ percent: 5, minutes: 52.63… }]
 */
export function rampTimes({ minutes, percent }: Measured, steps: readonly number[] = USUAL_RAMP): RampTime[] {
  const measured = evenness(percent);
  return steps.map((step) => {
    const share = evenness(step);
    if (minutes === undefined || share <= 0) return { percent: step };
    return { percent: step, minutes: minutes * Math.max(1, measured / share) };
  });
}

function evenness(percent: number): number {
  const share = percent / 100;
  return share * (1 - share);
}
