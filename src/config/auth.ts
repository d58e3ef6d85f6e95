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
    .refine((claims) => Object.keys(claims).length > 0, 'must name a claim; { sub: "*" } would be for everybody there')
    .describe('every one must match; `*` stands for any characters; of a list one element is enough'),
  role: RoleName.describe('what it may'),
  applications: Names.describe('absent: all'),
  accounts: Names.describe('metrics accounts it may send queries to; absent: all'),
});

const TrustedProxy = z.strictObject({
  addresses: z
    .array(z.string().refine(isNetwork, 'must be an address or a network, such as 10.1.2.3 or 10.0.0.0/8'))
    .min(1)
    .describe('only these are believed; a network that others can send from is open to them'),
  userHeader: z
    .string()
    .toLowerCase()
    .min(1)
    .default('x-forwarded-user')
    .describe('the header with the name of who is logged in'),
  groupsHeader: z.string().toLowerCase().min(1).default('x-forwarded-groups').describe('separated by commas'),
  rules: z.array(AccessRule).min(1).describe('the first whose claims match; the claims are `user` and `groups`'),
});

/** Signatures that need the issuer's private key. None with a shared secret, and never `none`. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const address = (what: string) =>
  z.url().refine(isPrivateChannel, `must be ${what} by https; http is for this machine only`);

const Login = z.strictObject({
  clientId: z.string().min(1).describe('as the issuer knows this service'),
  clientSecret: z.string().min(1).optional().describe('absent: a public client'),
  scope: z.string().default('openid profile email').describe('what the issuer is asked to tell'),
  publicUrl: address('where browsers reach this service')
    .optional()
    .describe('the issuer sends browsers back to /login/callback there; absent: server.publicUrl'),
  sessionSecret: z
    .string()
    .min(32, 'must have 32 characters or more; `openssl rand -hex 32` makes some')
    .describe('encrypts sessions; the same on all replicas; another one logs everybody out'),
  sessionHours: z.number().positive().max(168).default(8).describe('after so long a browser logs in again'),
});

const Issuer = z.strictObject({
  issuer: address('the issuer, exactly as in its tokens,').describe('its address, exactly as in its tokens'),
  audience: z
    .union([
      z
        .string()
        .min(1)
        .transform((one) => [one]),
      z.array(z.string().min(1)).min(1),
    ])
    .describe('whom its JWTs must be for: one of these'),
  jwksUri: address('where its keys are').optional().describe('absent: as its discovery document says'),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .describe('signatures that are accepted'),
  clockSkewSeconds: z.number().min(0).max(300).default(30).describe('how far its clock and ours may differ'),
  nameClaim: z.string().min(1).default('sub').describe('what logs and the audit call the holder'),
  rules: z.array(AccessRule).min(1).describe('the first whose claims match; none: 403'),
  login: Login.optional().describe('of browsers'),
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
  oidc: z
    .array(Issuer)
    .min(1)
    .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'has an issuer twice')
    .refine((all) => all.filter(({ login }) => login !== undefined).length < 2, 'may have one issuer with login only')
    .optional()
    .describe('issuers whose JWTs are accepted'),
  certificates: z
    .strictObject({
      rules: z.array(AccessRule).min(1).describe('the first whose claims match; they are `cn`, `ou`, `o` and `san`'),
    })
    .optional()
    .describe('of clients, by an authority of server.tls.clientCaFile'),
  proxy: TrustedProxy.optional().describe('a proxy in front that authenticates'),
});
export type Auth = z.infer<typeof Auth>;
type WrittenIssuer = z.infer<typeof Issuer>;
type CompleteLogin = z.infer<typeof Login> & { publicUrl: string };
/** With what is said elsewhere in the configuration. */
export type CompleteAuth = Omit<Auth, 'oidc'> & {
  oidc?: (Omit<WrittenIssuer, 'login'> & { login?: CompleteLogin | undefined })[] | undefined;
};

/**
 * With the address that browsers come back to, where the login says none.
 *
 * @throws CanaryError CONFIGURATION_INVALID when there is none
 */
export function withLoginAddress(auth: Auth, publicUrl: string | undefined): CompleteAuth {
  const oidc = auth.oidc?.map((issuer, index) => {
    if (issuer.login === undefined) return { ...issuer, login: undefined };
    const address = issuer.login.publicUrl ?? publicUrl;
    if (address !== undefined) return { ...issuer, login: { ...issuer.login, publicUrl: address } };
    const message =
      `auth.oidc[${index}].login.publicUrl: is missing; write where browsers reach this service, such as ` +
      'https://haldane.example.com, here or in server.publicUrl';
    throw new CanaryError('CONFIGURATION_INVALID', message);
  });
  return { ...auth, oidc };
}

/** Whether everybody may everything. */
export function isOpen({ mode, ...ways }: Auth): boolean {
  const hasWay = Object.values(ways).some((way) => way !== undefined);
  return (mode ?? (hasWay ? 'closed' : 'open')) === 'open';
}

interface Listening {
  readonly auth: Auth;
  readonly server: { readonly host: string; readonly tls?: { readonly clientCaFile?: string | undefined } | undefined };
}

/** @throws CanaryError CONFIGURATION_INVALID when clients have no way to show a certificate */
export function refuseUnseenCertificates({ auth: { certificates }, server: { tls } }: Listening): void {
  if (certificates === undefined || tls?.clientCaFile !== undefined) return;
  const message = 'auth.certificates: clients are asked for none; set server.tls.clientCaFile to who vouches for them';
  throw new CanaryError('CONFIGURATION_INVALID', message);
}

/** @throws CanaryError CONFIGURATION_INVALID when other machines could do everything, and nobody has said so */
export function refuseOpenUnsaid({ auth, server: { host } }: Listening): void {
  if (!isOpen(auth) || auth.mode === 'open' || isLoopbackHost(host)) return;
  throw new CanaryError(
    'CONFIGURATION_INVALID',
    `server.host is ${host}, which other machines reach, and there is no authentication. Choose one: ` +
      'tokens, with auth.adminToken (HALDANE_ADMIN_TOKEN, from `openssl rand -hex 32`) and `haldane token create`; ' +
      'a company login, with auth.oidc (or auth.proxy, auth.certificates); or auth: { mode: open } ' +
      '(HALDANE_AUTH_MODE=open), ' +
      'which lets whoever reaches it do everything. Or listen on 127.0.0.1. See docs/operations/authentication.md, ' +
      'which a running service shows at /help.',
  );
}

/** A test, or a sidecar, may be reached by http. */
function isPrivateChannel(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1')));
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
