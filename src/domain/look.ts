import { z } from 'zod';

/**
 * One of several judgements of the same canary, as its judge is told: every judgement of a standalone analysis that has
 * more than one. A judge that is told how often it looks can keep the chance of a false alarm what it is for one look.
 */
export const Look = z
  .object({
    number: z.number().int().min(1).describe('1 for the first'),
    of: z.number().int().min(1).optional().describe('how many are planned; absent: nobody knows, as in a ramp'),
    carried: z.unknown().optional().describe('what the judge said to carry on at the look before; absent: nothing'),
  })
  .meta({ id: 'Look' });
export type Look = z.infer<typeof Look>;

/** What a judge says of a look besides its verdict. */
export const LookOutcome = z
  .object({
    carried: z.unknown().optional().describe('plain JSON, handed to the judge at the next look'),
    settled: z.string().optional().describe('why no further look is needed, in a sentence; absent: one is'),
  })
  .meta({ id: 'LookOutcome' });
export type LookOutcome = z.infer<typeof LookOutcome>;
