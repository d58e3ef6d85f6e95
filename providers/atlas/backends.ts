import { z } from 'zod';
import { CanaryError } from '../../src/errors.ts';
import { monotonicClock } from '../../src/waiting/clocks.ts';
import { requestLabel } from '../shared/http/failures.ts';
import { fetchJson } from '../shared/http/http.ts';
import { invalidQuery } from '../shared/query/query-fields.ts';
import type { AtlasAccount } from './account.ts';
import { type AtlasRequest, atlasScope } from './query.ts';

/** Clusters of one kind; its texts contain `$(env)`, `$(region)`, `$(deployment)` and `$(dataset)`. */
const Backend = z.object({
  cname: z.string(),
  target: z.string(),
  deployment: z.string(),
  dataset: z.string(),
  environments: z.array(z.string()).nullish(),
  regions: z.array(z.string()).nullish(),
});
type Backend = z.infer<typeof Backend>;
const Backends = z.array(Backend);

/** The clusters of accounts in the cloud, by the id of the account. */
const Storage = z.object({
  atlas_storage: z.record(
    z.string(),
    z.object({ global: z.string(), regional: z.string(), regions: z.array(z.string()) }),
  ),
});

type Scope = ReturnType<typeof atlasScope>;

/**
 * The Atlas of a scope: the cluster whose `target` is the location; else that of `accountId`; else the first for
 * deployment, dataset, environment and the location as its region.
 *
 * @throws CanaryError METRICS_QUERY_INVALID when there is none, or METRICS_… when the list cannot be read
 */
export async function atlasBaseUrl(request: AtlasRequest, signal: AbortSignal): Promise<string> {
  const { account } = request;
  const scope = atlasScope(request);
  const host = await hostFor(account, scope, signal);
  if (host !== undefined) return host;
  const { location, accountId, dataset, deployment, environment } = scope;
  throw invalidQuery(
    request,
    `Unable to find an appropriate Atlas cluster for location=${location ?? null} accountId=${accountId ?? null} ` +
      `dataset=${dataset} deployment=${deployment} environment=${environment}; the location may be one of ` +
      `${(await targetsOf(account, signal)).slice(0, 20).join(', ')}.`,
  );
}

/** The Atlas whose names an account lists; undefined when it depends on the scope. */
export async function usualBaseUrl(account: AtlasAccount, signal: AbortSignal): Promise<string | undefined> {
  const location = account.recommendedLocations[0] ?? account.locations[0];
  return hostFor(account, atlasScope({ scope: { location } as AtlasRequest['scope'] }), signal);
}

async function targetsOf(account: AtlasAccount, signal: AbortSignal): Promise<string[]> {
  return (await backendsOf(account, signal)).flatMap((backend) => placesOf(backend).map(({ target }) => target));
}

async function hostFor(account: AtlasAccount, scope: Scope, signal: AbortSignal): Promise<string | undefined> {
  if (account.backendsJsonBaseUrl === undefined) return account.endpoint?.baseUrl;
  const backends = await backendsOf(account, signal);
  const place = backends.flatMap(placesOf).find(({ target }) => target === scope.location);
  const cname = place?.cname ?? (await accountCname(account, scope, signal)) ?? matchingCname(backends, scope);
  return cname === undefined ? undefined : httpsUrl(account, cname);
}

/** Every cluster a backend stands for. */
function placesOf({ cname, target, deployment, dataset, regions, environments }: Backend) {
  return (regions?.length ? regions : ['']).flatMap((region) =>
    (environments?.length ? environments : ['']).map((env) => {
      const values = { deployment, dataset, region, env };
      return { target: filled(target, values), cname: filled(cname, values) };
    }),
  );
}

function matchingCname(backends: readonly Backend[], scope: Scope): string | undefined {
  const { deployment, dataset, environment, location = '' } = scope;
  const found = backends.find(
    (backend) =>
      backend.deployment === deployment &&
      backend.dataset === dataset &&
      (backend.regions?.includes(location) ?? true) &&
      (backend.environments?.includes(environment) ?? true),
  );
  return found && filled(found.cname, { deployment, dataset, region: location, env: environment });
}

async function accountCname(account: AtlasAccount, scope: Scope, signal: AbortSignal): Promise<string | undefined> {
  const { accountId, dataset, location = '' } = scope;
  if (accountId === undefined) return undefined;
  const { atlas_storage: storage } = await askFile(account, 'storage', Storage, signal);
  const found = Object.hasOwn(storage, accountId) ? storage[accountId] : undefined;
  if (found === undefined || dataset === 'global') return found?.global;
  return found.regions.includes(location) ? filled(found.regional, { region: location }) : undefined;
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((result, [name, value]) => result.replaceAll(`$(${name})`, value), text);
}

/** Parts of it come from requests: it must be a host and nothing else, with or without a port. */
function httpsUrl(account: AtlasAccount, cname: string): string {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(cname)) return `https://${cname}`;
  throw new CanaryError(
    'METRICS_QUERY_INVALID',
    `${requestLabel({ account })}: '${cname}' is not a host; check the scope's location and extendedScopeParams`,
  );
}

interface Known {
  readonly backends: Backend[];
  readonly untilMillis: number;
}

/** Cached as long as the account exists. */
const known = new WeakMap<AtlasAccount, Known>();
const KNOWN_FOR_MILLIS = 120_000;

async function backendsOf(account: AtlasAccount, signal: AbortSignal): Promise<Backend[]> {
  const before = known.get(account);
  if (before !== undefined && before.untilMillis > monotonicClock()) return before.backends;
  return askBackends(account, signal);
}

/** Reads the list of clusters again. */
export async function askBackends(account: AtlasAccount, signal: AbortSignal): Promise<Backend[]> {
  const backends = await askFile(account, 'backends', Backends, signal);
  known.set(account, { backends, untilMillis: monotonicClock() + KNOWN_FOR_MILLIS });
  return backends;
}

function askFile<Answer>(account: AtlasAccount, file: string, Answer: z.ZodType<Answer>, signal: AbortSignal) {
  const { backendsJsonBaseUrl: baseUrl } = account;
  return fetchJson(
    { account, baseUrl, path: `/api/v1/atlas/${file}.json`, issuer: 'backendsJsonBaseUrl', Answer },
    signal,
  );
}
