import { z } from 'zod';
import { HttpAccountFields } from '../shared/http/account.ts';

export const LokiAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('loki'),
    tenantId: z.string().min(1).optional().describe('for a Loki with tenants; `a|b` asks two, where that is enabled'),
    // The default of max_query_length is 721 hours, and some versions add the range in the query's brackets.
    maxQueryHours: z
      .number()
      .positive()
      .default(720)
      .describe("longer windows are asked for in parts; not above the tenant's max_query_length"),
  })
  .meta({ id: 'LokiAccount' });
export type LokiAccount = z.infer<typeof LokiAccount>;

/** The header that names the tenant. */
export function tenantHeaders({ tenantId }: LokiAccount): Record<string, string> {
  return tenantId === undefined ? {} : { 'X-Scope-OrgID': tenantId };
}
