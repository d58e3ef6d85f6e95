import type { FastifyRequest } from 'fastify';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { isWhollyWithin, isWithin, type Principal } from '../../domain/principal.ts';
import { CanaryError } from '../../errors.ts';
import type { Service } from '../service.ts';
import { principalOf } from './principal.ts';

/**
 * What of which application a route reaches:
 *
 * - `nothing`: nothing that belongs to an application;
 * - `execution`: the run, analysis or backtest whose id is its first parameter;
 * - `config`: the config whose id is its first parameter;
 * - `compared`: the runs in the query, as `a`, `b` and `run`;
 * - `chosen`: what its handler looks at, with the functions of this file.
 */
export type Reach = 'nothing' | 'execution' | 'config' | 'compared' | 'chosen';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** absent: more than one application's, so those who have only some may not use the route */
    of?: Reach;
  }
}

type Objects = Pick<Service, 'runs' | 'analyses' | 'backtests' | 'canaryConfigs'>;

/** Refuses a request for an object of an application that the principal does not have. */
export async function requireObject(service: Objects, request: FastifyRequest, principal: Principal): Promise<void> {
  if (principal.applications === undefined) return;
  const { of } = request.routeOptions.config;
  if (of === undefined) throw needsAll(principal);
  for (const id of idsOf(of, request)) {
    const found = of === 'config' ? await configApplications(service, id) : await executionApplications(service, id);
    if (!isWithin(principal, found)) throw notThere(of === 'config' ? 'config' : 'run or analysis', id, principal);
    const writes = request.routeOptions.config.permission === 'configs.write';
    if (of === 'config' && writes && !isWhollyWithin(principal, found)) {
      throw outside(`config '${id}' is also of other applications`, principal);
    }
  }
}

function idsOf(of: Reach, { params, query }: FastifyRequest): string[] {
  if (of === 'compared') {
    // A repeated parameter is a list, with commas.
    const { a = '', b = '', run = '' } = query as Readonly<Record<string, string>>;
    return [a, b, run].flatMap((list) => list.split(',')).filter((id) => id !== '');
  }
  if (of !== 'execution' && of !== 'config') return [];
  return Object.values(params as Readonly<Record<string, string>>).slice(0, 1);
}

async function executionApplications({ runs, analyses, backtests }: Objects, id: string): Promise<string[]> {
  const application =
    (await runs.applicationOf(id)) ?? (await analyses.applicationOf(id)) ?? (await backtests.applicationOf(id));
  return application === undefined ? [] : [application];
}

async function configApplications({ canaryConfigs }: Objects, id: string): Promise<readonly string[]> {
  try {
    return (await canaryConfigs.get(id)).applications ?? [];
  } catch (error) {
    if (error instanceof CanaryError && error.status < 500) return [];
    throw error;
  }
}

/**
 * The applications a list shows; undefined: all.
 *
 * @param asked those the request names; none: whatever there is
 * @throws CanaryError PERMISSION_DENIED when one is another's
 */
export function listedFor(request: FastifyRequest, asked: readonly string[]): readonly string[] | undefined {
  if (asked.length > 0) requireApplications(request, asked);
  return asked.length > 0 ? asked : principalOf(request).applications;
}

/** Refuses to write, or to look for, what is in other applications. */
export function requireApplications(request: FastifyRequest, applications: readonly string[]): void {
  const principal = principalOf(request);
  if (isWhollyWithin(principal, applications)) return;
  const named = applications.map((one) => `'${one}'`).join(', ');
  throw outside(named === '' ? 'no application is named' : `application ${named}`, principal);
}

/**
 * The application of a run: the given one, else the first of its config's that the caller has.
 *
 * @throws CanaryError PERMISSION_DENIED when it is another's
 */
export function applicationFor(request: FastifyRequest, given: string | undefined, config: CanaryConfig): string {
  const { applications: own } = principalOf(request);
  const ofConfig = (config.applications ?? []).filter((one) => own === undefined || own.includes(one));
  const application = given ?? ofConfig[0] ?? (own?.length === 1 ? own[0] : undefined) ?? 'ad-hoc';
  requireApplications(request, [application]);
  return application;
}

/**
 * A stored config that the caller may see.
 *
 * @throws CanaryError CANARY_CONFIG_MISSING; OBJECT_NOT_FOUND when it is of others
 */
export async function configFor(service: Objects, request: FastifyRequest, id: string): Promise<CanaryConfig> {
  const principal = principalOf(request);
  const isTheirs = principal.applications === undefined || isWithin(principal, await configApplications(service, id));
  if (!isTheirs) throw notThere('config', id, principal);
  return service.canaryConfigs.get(id);
}

/** Refuses queries to accounts that the caller does not have, whether the request or its config names them. */
export function requireAccounts(
  request: FastifyRequest,
  { accounts }: Pick<Service, 'accounts'>,
  { config, metricsAccountName }: { config?: unknown; metricsAccountName?: string | undefined },
): void {
  const principal = principalOf(request);
  const { accounts: own } = principal;
  if (own === undefined) return;
  const used = [accounts.metricsStore(metricsAccountName).name, ...namedIn(config)];
  const foreign = used.find((name) => !own.includes(name));
  if (foreign === undefined) return;
  const message = `${called(principal)} may send queries to ${own.join(', ')} only, not to '${foreign}'.`;
  throw new CanaryError('PERMISSION_DENIED', message);
}

/** The accounts that a config's queries name, wherever. */
function namedIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'accountName' && typeof value === 'string' ? [value] : namedIn(value),
  );
}

/** The same words for what is not there and for what is another's. */
function notThere(what: string, id: string, principal: Principal): CanaryError {
  const message = `No ${what} '${id}' of ${listed(principal)}, the applications of ${called(principal)}.`;
  return new CanaryError('OBJECT_NOT_FOUND', message);
}

function outside(what: string, principal: Principal): CanaryError {
  const message = `${called(principal)} has the applications ${listed(principal)} only: ${what}; name one of them.`;
  return new CanaryError('PERMISSION_DENIED', message);
}

function needsAll(principal: Principal): CanaryError {
  const message = `${called(principal)} has the applications ${listed(principal)} only; this needs one for all.`;
  return new CanaryError('PERMISSION_DENIED', message);
}

function called({ kind, name }: Principal): string {
  return `${kind} '${name}'`;
}

function listed({ applications = [] }: Principal): string {
  return applications.join(', ');
}
