import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../domain/principal.ts';
import { CanaryError } from '../../errors.ts';

const principals = new WeakMap<FastifyRequest, Principal>();

/** On a public route of a closed service nobody is known, and has nothing. */
const NOBODY: Principal = { kind: 'anyone', name: 'nobody', role: 'viewer', applications: [], accounts: [] };

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

const checks = new WeakMap<FastifyRequest, () => Promise<void>>();

/** Keeps how to ask again whether a request may be answered. */
export function rememberCheck(request: FastifyRequest, check: () => Promise<void>): void {
  checks.set(request, check);
}

/**
 * Whether a request whose answer takes long may still be answered: its token may be revoked meanwhile, its session may
 * have ended. Where that cannot be found out, it may.
 */
export async function stillMay(request: FastifyRequest): Promise<boolean> {
  try {
    await checks.get(request)?.();
    return true;
  } catch (error) {
    return !(error instanceof CanaryError && error.status >= 400 && error.status < 500);
  }
}

/** Who sent the request. */
export function principalOf(request: FastifyRequest): Principal {
  return principals.get(request) ?? NOBODY;
}
