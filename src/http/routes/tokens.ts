import { z } from 'zod';
import type { StoredToken } from '../../domain/access-stores.ts';
import { ROLES, type Role } from '../../domain/permission.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { ErrorResponse } from '../answer/errors.ts';
import { FOR_OPERATOR } from '../request/admin-guard.ts';
import { noteObject } from '../request/audit-trail.ts';
import { principalOf } from '../request/principal.ts';
import type { HttpServer, Service } from '../service.ts';

const UNIT_MILLIS = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const LONGEST_MILLIS = 3660 * UNIT_MILLIS.d;
const tags = ['Access'];
const Names = z.array(z.string().min(1).max(255)).min(1).max(1000).optional();
const RoleName = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);

const Lifetime = z
  .string()
  .regex(/^[1-9]\d{0,5}[hdw]$/, 'must be a number of hours, days or weeks, such as 12h, 90d or 52w')
  .refine((text) => millisOf(text) <= LONGEST_MILLIS, 'must be ten years or less');

function millisOf(text: string): number {
  return Number.parseInt(text, 10) * UNIT_MILLIS[text.slice(-1) as keyof typeof UNIT_MILLIS];
}

const NewToken = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.:@/-]{1,100}$/, 'must be 1 to 100 letters, digits and . : @ / _ -')
      .describe('what logs and the audit call it'),
    role: RoleName,
    applications: Names.describe('only what belongs to them; absent: all'),
    accounts: Names.describe('metrics accounts it may send queries to; absent: all'),
    expires: Lifetime.optional().describe('after so long: 12h, 90d, 52w; absent: never'),
  })
  .meta({ id: 'NewAccessToken' });

const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: RoleName,
    applications: Names,
    accounts: Names,
    state: z.enum(['valid', 'expired', 'revoked']),
    createdBy: z.string(),
    createdAtIso: z.string(),
    expiresAtIso: z.string().optional(),
    revokedAtIso: z.string().optional(),
    lastUsedAtIso: z.string().optional().describe('exact to a minute; absent: never'),
  })
  .meta({ id: 'AccessToken' });

const Created = TokenView.extend({
  token: z.string().describe('the token itself: it is shown this once, and stored as a hash only'),
}).meta({ id: 'CreatedAccessToken' });

/** `/tokens`: who may use the service. */
export function tokenRoutes(http: HttpServer, { tokens, now }: Service): void {
  http.get(
    '/tokens',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'listTokens',
        summary: 'List tokens',
        description: `Newest first, with those that expired or were revoked. No token can be read here. ${FOR_OPERATOR}`,
        tags,
        response: { 200: z.array(TokenView) },
      },
    },
    async () => (await tokens.list()).map((token) => viewOf(token, now())),
  );

  http.post(
    '/tokens',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'createToken',
        summary: 'Create a token',
        description:
          'The answer has the token, this once. A name that another has, unless that is revoked, is a 409. ' +
          FOR_OPERATOR,
        tags,
        body: NewToken,
        response: { 200: Created, 400: ErrorResponse, 409: ErrorResponse },
      },
    },
    async (request) => {
      const { expires, ...asked } = request.body;
      const lifetimeMillis = expires === undefined ? undefined : millisOf(expires);
      const { text, stored } = await tokens.create({ ...asked, lifetimeMillis }, principalOf(request).name);
      noteObject(request, stored.id);
      return { ...viewOf(stored, now()), token: text };
    },
  );

  http.delete(
    '/tokens/:key',
    {
      config: { permission: 'admin', forOperator: true },
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke a token',
        description: `From now on it is refused here, and by every replica within five seconds. ${FOR_OPERATOR}`,
        tags,
        params: z.object({ key: z.string().describe('the id or the name of the token') }),
        response: { 200: TokenView, 404: ErrorResponse },
      },
    },
    async ({ params }) => viewOf(await tokens.revoke(params.key), now()),
  );
}

function viewOf(token: StoredToken, nowMillis: number): z.infer<typeof TokenView> {
  const { hash: _, createdAt, expiresAt, revokedAt, lastUsedAt, applications, accounts, ...shown } = token;
  const isExpired = expiresAt !== undefined && expiresAt <= nowMillis;
  return {
    ...shown,
    ...(applications && { applications: [...applications] }),
    ...(accounts && { accounts: [...accounts] }),
    state: revokedAt !== undefined ? 'revoked' : isExpired ? 'expired' : 'valid',
    createdAtIso: toInstant(createdAt),
    ...(expiresAt !== undefined && { expiresAtIso: toInstant(expiresAt) }),
    ...(revokedAt !== undefined && { revokedAtIso: toInstant(revokedAt) }),
    ...(lastUsedAt !== undefined && { lastUsedAtIso: toInstant(lastUsedAt) }),
  };
}
