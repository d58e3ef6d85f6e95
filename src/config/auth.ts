import { isIP } from 'node:net';
import { z } from 'zod';
import { ROLES, type Role } from '../domain/permission.ts';
import { isLoopbackHost } from '../domain/values/loopback.ts';
import { CanaryError } from '../errors.ts';

const RoleName = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);
const Names = z.array(z.string().min(1)).min(1).optional();

export const AccessRule = z.strictObject({
  claims: z
    .record(z.string(), z.string().min(1))
    .describe('every one must match; `*` stands for any characters; of a list one element is enough'),
  role: RoleName,
  applications: Names.describe('absent: all'),
  accounts: Names.describe('metrics accounts it may send queries to; absent: all'),
});

const TrustedProxy = z.strictObject({
  addresses: z
    .array(z.string().refine(isNetwork, 'must be an address or a network, such as 10.1.2.3 or 10.0.0.0/8'))
    .min(1)
    .describe('only these are believed; a network that others can send from is open to them'),
  userHeader: z.string().toLowerCase().min(1).default('x-forwarded-user'),
  groupsHeader: z.string().toLowerCase().min(1).default('x-forwarded-groups').describe('separated by commas'),
  rules: z.array(AccessRule).min(1).describe('the first whose claims match; the claims are `user` and `groups`'),
});

export const Auth = z.strictObject({
  mode: z
    .enum(['open', 'closed'])
    .optional()
    .describe('absent: closed with any of the settings below, else open, which only loopback may be unsaid'),
  adminToken: z
    .string()
    .min(32, 'must have 32 characters or more; `openssl rand -hex 32` makes some')
    .optional()
    .describe('a token that may everything, to begin with'),
  proxy: TrustedProxy.optional().describe('a proxy in front that authenticates'),
});
export type Auth = z.infer<typeof Auth>;

/** Whether everybody may everything. */
export function isOpen({ mode, ...ways }: Auth): boolean {
  const hasWay = Object.values(ways).some((way) => way !== undefined);
  return (mode ?? (hasWay ? 'closed' : 'open')) === 'open';
}

/** @throws CanaryError CONFIGURATION_INVALID when other machines could do everything, and nobody has said so */
export function refuseOpenUnsaid({ auth, server: { host } }: { auth: Auth; server: { host: string } }): void {
  if (!isOpen(auth) || auth.mode === 'open' || isLoopbackHost(host)) return;
  throw new CanaryError(
    'CONFIGURATION_INVALID',
    `server.host is ${host}, which other machines reach, and there is no authentication. Choose one: ` +
      'tokens, with auth.adminToken (HALDANE_ADMIN_TOKEN, from `openssl rand -hex 32`) or with auth: { mode: closed } ' +
      'and `haldane token create`; a company login, with auth.oidc; or auth: { mode: open } (HALDANE_AUTH_MODE=open), ' +
      'which lets whoever reaches it do everything. Or listen on 127.0.0.1. See docs/operations/authentication.md.',
  );
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
