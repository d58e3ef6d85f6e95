import { z } from 'zod';

/** One of the versions of a stored config that are kept. */
export const ConfigVersion = z
  .object({
    version: z.int().describe('counts from 1'),
    updatedTimestamp: z.number().describe('when it was stored, in milliseconds since 1970'),
    updatedTimestampIso: z.string(),
  })
  .meta({ id: 'CanaryConfigVersion' });
export type ConfigVersion = z.infer<typeof ConfigVersion>;

/** Of one config; an older one is forgotten with the next change. */
export const MOST_VERSIONS = 50;
