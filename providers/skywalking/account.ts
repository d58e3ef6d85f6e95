import { z } from 'zod';
import { HttpAccountFields } from '../shared/http/account.ts';

export const SkyWalkingAccount = z
  .strictObject({ ...HttpAccountFields, type: z.literal('skywalking') })
  .meta({ id: 'SkyWalkingAccount' });
export type SkyWalkingAccount = z.infer<typeof SkyWalkingAccount>;
