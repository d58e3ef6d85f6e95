import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../auth/authenticator.ts';
import type { Login } from '../../auth/oidc/login.ts';
import type { Permission } from '../../domain/permission.ts';
import { ANYONE, may, type Principal } from '../../domain/principal.ts';
import { CanaryError } from '../../errors.ts';
import type { HttpServer, Service } from '../service.ts';
import { credentialsOf } from './credentials.ts';
import { rememberCheck, setPrincipal } from './principal.ts';
import type { RequestRates } from './request-rate.ts';
import { requireObject } from './scope.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** needed as well when the query has this parameter, and it is not `false` */
    permissionWith?: Readonly<Record<string, Permission>>;
    /** whether requests are counted by their address although nobody is asked who they are */
    counted?: boolean;
  }
}

export interface AccessSettings {
  /** absent: the service is open, and everybody may everything */
  readonly authenticate?: Authenticate | undefined;
  /** of browsers; absent: there is none */
  readonly login?: Login | undefined;
  /** absent where nobody is asked who they are */
  readonly rates?: RequestRates | undefined;
}

/** Lets in who is known and may what the route needs. */
export function guardAccess(http: HttpServer, service: Service, settings: AccessSettings): void {
  const { authenticate, login, rates } = settings;
  http.addHook('onRequest', async (request, reply) => {
    if (authenticate === undefined) return setPrincipal(request, ANYONE);
    const needed = neededBy(request);
    if (needed.length > 0 || request.routeOptions.config.counted === true) await rates?.ofAddress(request);
    if (needed.length === 0) return;
    const credentials = credentialsOf(request);
    const asksToLogIn = login !== undefined && isPageVisit(request);
    const principal = await authenticate(credentials).catch((error: unknown) => {
      if (asksToLogIn && isUnknown(error)) return undefined;
      throw challenged(error, request, reply);
    });
    if (principal === undefined) return reply.redirect(`/login?${new URLSearchParams({ to: request.url })}`);
    setPrincipal(request, principal);
    await rates?.ofCaller(request);
    if (credentials.secret === undefined && principal.kind === 'oidc') requireProofOfOrigin(request);
    for (const permission of needed) requirePermission(principal, permission);
    await requireObject(service, request, principal);
    rememberCheck(request, async () => {
      const now = await authenticate(credentials);
      for (const permission of needed) requirePermission(now, permission);
      await requireObject(service, request, now);
    });
  });
}

/** A route that is none needs nothing: there is nothing to get. */
function neededBy({ routeOptions: { config }, query }: FastifyRequest): Permission[] {
  const { permission, permissionWith = {} } = config;
  const given = query as Readonly<Record<string, unknown>>;
  const more = Object.entries(permissionWith).filter(([name]) => Object.hasOwn(given, name) && given[name] !== 'false');
  const all = [permission, ...more.map(([, one]) => one)];
  return all.filter((one): one is Permission => one !== undefined && one !== 'public');
}

function requirePermission(principal: Principal, permission: Permission): void {
  if (may(principal, permission)) return;
  const { kind, name, role } = principal;
  throw new CanaryError(
    'PERMISSION_DENIED',
    `This needs the permission ${permission}, which the role ${role} does not have (${kind} '${name}').`,
  );
}

/** The error, after it has told the client how to authenticate. */
function challenged(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (error instanceof CanaryError && error.status === 401) reply.header('www-authenticate', challengeOf(request));
  if (error instanceof CanaryError && error.code === 'CREDENTIALS_REFUSED') {
    request.log.warn({ from: request.socket.remoteAddress, reason: error.message }, 'credentials refused');
  }
  return error;
}

function isUnknown(error: unknown): boolean {
  return error instanceof CanaryError && error.code === 'AUTHENTICATION_REQUIRED';
}

function isPageVisit({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/**
 * A browser sends the cookie whatever page makes it write. That it was ours is said by headers no page can forge; the
 * guard against other origins has looked at them, where they are there.
 */
function requireProofOfOrigin({ method, headers }: FastifyRequest): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return;
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return;
  const message =
    'A browser that is logged in must send Origin or Sec-Fetch-Site when it writes; programs send a token.';
  throw new CanaryError('ORIGIN_REFUSED', message);
}

/** Browsers ask for a user and a password then; the password may be a token. */
function challengeOf({ headers }: FastifyRequest): string {
  const isBrowser = (headers.accept ?? '').includes('text/html');
  return isBrowser ? 'Basic realm="Haldane: a token as the password"' : 'Bearer realm="haldane"';
}
