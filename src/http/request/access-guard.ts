import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../auth/authenticator.ts';
import type { Permission } from '../../domain/permission.ts';
import { ANYONE, may, type Principal } from '../../domain/principal.ts';
import { CanaryError } from '../../errors.ts';
import type { HttpServer, Service } from '../service.ts';
import { credentialsOf } from './credentials.ts';
import { setPrincipal } from './principal.ts';
import { requireObject } from './scope.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** needed as well when the query has this parameter, and it is not `false` */
    permissionWith?: Readonly<Record<string, Permission>>;
  }
}

/** @param authenticate absent: the service is open, and everybody may everything */
export function guardAccess(http: HttpServer, service: Service, authenticate: Authenticate | undefined): void {
  http.addHook('onRequest', async (request, reply) => {
    if (authenticate === undefined) return setPrincipal(request, ANYONE);
    const needed = neededBy(request);
    if (needed.length === 0) return;
    const principal = await knownOr401(authenticate, request, reply);
    setPrincipal(request, principal);
    for (const permission of needed) requirePermission(principal, permission);
    await requireObject(service, request, principal);
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

async function knownOr401(authenticate: Authenticate, request: FastifyRequest, reply: FastifyReply) {
  try {
    return await authenticate(credentialsOf(request));
  } catch (error) {
    if (error instanceof CanaryError && error.status === 401) reply.header('www-authenticate', challengeOf(request));
    throw error;
  }
}

/** Browsers ask for a user and a password then; the password may be a token. */
function challengeOf({ headers }: FastifyRequest): string {
  const isBrowser = (headers.accept ?? '').includes('text/html');
  return isBrowser ? 'Basic realm="Haldane: a token as the password"' : 'Bearer realm="haldane"';
}
