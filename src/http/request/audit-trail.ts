import type { FastifyRequest } from 'fastify';
import type { Audit } from '../../auth/audit.ts';
import type { Permission } from '../../domain/permission.ts';
import type { HttpServer } from '../service.ts';
import { principalOf } from './principal.ts';

/** What changes nothing is not recorded, whatever method it has: queries may be sent by POST. */
const CHANGING: ReadonlySet<Permission> = new Set<Permission>([
  'runs.start',
  'runs.start-own-config',
  'runs.import',
  'runs.delete',
  'configs.write',
  'queries.send',
  'series.write',
  'admin',
]);

const LONGEST_OBJECT = 200;

const objects = new WeakMap<FastifyRequest, string>();

/** Says which object a request is about, where its path does not: one that it creates. */
export function noteObject(request: FastifyRequest, id: string): void {
  objects.set(request, id);
}

/** Records what is done, and what is refused to those who are known. */
export function keepAudit(http: HttpServer, audit: Audit): void {
  http.addHook('onResponse', async (request, { statusCode: status }) => {
    const { config, schema, url } = request.routeOptions;
    const { permission } = config;
    if (permission === undefined || permission === 'public') return;
    const { kind, name: who } = principalOf(request);
    const isChange = CHANGING.has(permission) && !['GET', 'HEAD'].includes(request.method);
    const isRefusal = status === 403 && kind !== 'anyone';
    if (!isChange && !isRefusal) return;
    if (status === 401 || status === 429) return;
    const { operationId } = (schema ?? {}) as { operationId?: string };
    const what = operationId ?? `${request.method} ${url}`;
    const from = request.socket.remoteAddress ?? '';
    audit.record({ kind, who, what, object: objectOf(request), from, status }, request.id);
  });
}

function objectOf(request: FastifyRequest): string | undefined {
  const [first] = Object.values((request.params ?? {}) as Readonly<Record<string, string>>);
  return (objects.get(request) ?? first)?.slice(0, LONGEST_OBJECT);
}
