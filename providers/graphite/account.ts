import { z } from 'zod';
import { HttpAccountFields } from '../shared/http/account.ts';

export const GraphiteAccount = z
  .strictObject({ ...HttpAccountFields, type: z.literal('graphite') })
  .meta({ id: 'GraphiteAccount' });
export type GraphiteAccount = z.infer<typeof GraphiteAccount>;
