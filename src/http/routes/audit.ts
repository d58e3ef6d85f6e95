import { z } from 'zod';
import { toInstant } from '../../domain/values/instant.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { integerParameter } from '../request/query-string.ts';
import type { HttpServer, Service } from '../service.ts';

const AuditEntry = z
  .object({
    id: z.string(),
    atIso: z.string(),
    kind: z.string().describe('how the caller is known: token, oidc, proxy, or anyone where the service is open'),
    who: z.string().describe('the name of the token, the subject of the JWT'),
    what: z.string().describe("the operation's id; of pages, method and route"),
    object: z.string().optional().describe('the id of the run, config or token it was about'),
    from: z.string().describe('the address at the other end of the connection'),
    status: z.number().int().describe('the HTTP status of the answer'),
  })
  .meta({ id: 'AuditEntry' });

/** `/audit`: who did what. */
export function auditRoutes(http: HttpServer, { audit }: Service): void {
  http.get(
    '/audit',
    {
      config: { permission: 'audit.read', forOperator: true },
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what',
        description:
          'Changes, started runs and queries, and what was refused to those who are known; newest first. Kept for ' +
          '`retention.auditDays`. Pass the last `id` as `before` for the next page.',
        tags: ['Access'],
        querystring: z.object({
          who: z.string().optional(),
          what: z.string().optional(),
          object: z.string().optional(),
          before: z.string().optional().describe('only what was done before the entry with this id'),
          limit: integerParameter({ default: 100, min: 1, max: 1000 }),
        }),
        response: { 200: z.array(AuditEntry), 400: ErrorResponse },
      },
    },
    async ({ query }) => (await audit.list(query)).map(({ at, ...entry }) => ({ ...entry, atIso: toInstant(at) })),
  );
}
