import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../domain/principal.ts';

const principals = new WeakMap<FastifyRequest, Principal>();

/** On a public route of a closed service nobody is known, and has nothing. */
const NOBODY: Principal = { kind: 'anyone', name: 'nobody', role: 'viewer', applications: [], accounts: [] };

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Who sent the request. */
export function principalOf(request: FastifyRequest): Principal {
  return principals.get(request) ?? NOBODY;
}
