import type { FastifyContextConfig, RouteOptions } from 'fastify';
import { PERMISSIONS, type Permission } from '../../domain/permission.ts';
import type { HttpServer } from '../service.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** what a caller needs; every route has one */
    permission?: Permission;
  }
}

/**
 * Refuses to add a route without a permission: whoever forgets it notices at the first start, not at the first attack.
 *
 * Only for routes that are added after it.
 */
export function requirePermissions(http: HttpServer): void {
  http.addHook('onRoute', (route) => void permissionOf(route));
}

/** @throws Error when the route has none */
export function permissionOf({ method, url, config }: Pick<RouteOptions, 'method' | 'url' | 'config'>): Permission {
  const { permission } = (config ?? {}) as FastifyContextConfig;
  if (permission !== undefined && Object.hasOwn(PERMISSIONS, permission)) return permission;
  const known = Object.keys(PERMISSIONS).join(', ');
  throw new Error(`${method} ${url} has no permission: add config: { permission } to the route; one of ${known}`);
}
