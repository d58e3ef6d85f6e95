import { z } from 'zod';

/** Something about a config that does not work, or not as it looks. */
export const ConfigProblem = z
  .object({
    path: z.string().describe('the field, such as `metrics[2].query.expr`; empty: the config as a whole'),
    message: z.string().describe('for people: what is wrong, and the remedy'),
    prevents: z.enum(['saving', 'running', 'nothing']).describe('what it stands in the way of; nothing: only advice'),
  })
  .meta({ id: 'CanaryConfigProblem' });
export type ConfigProblem = z.infer<typeof ConfigProblem>;
