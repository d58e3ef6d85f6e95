import { z } from 'zod';
import { AccountFields } from '../../src/domain/account.ts';

export const InlineAccount = z
  .strictObject({
    ...AccountFields,
    type: z.literal('inline'),
    maxSeries: z.number().int().min(1).default(100).describe('a query with more series a side is an error'),
  })
  .meta({ id: 'InlineAccount' });
export type InlineAccount = z.infer<typeof InlineAccount>;
