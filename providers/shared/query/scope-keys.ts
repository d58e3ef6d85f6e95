import type { MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { invalidQuery } from './query-fields.ts';

/** Account fields that name the store's dimension or attribute for the scope and for the location. */
interface KeyedAccount {
  readonly defaultScopeKey?: string | undefined;
  readonly defaultLocationKey?: string | undefined;
}

type KeyedRequest = Pick<MetricsRequest, 'metric' | 'scope'> & { readonly account: KeyedAccount };

/** The keys of the scope, else of the account. */
export function scopeKeysOf({ scope, account }: KeyedRequest) {
  const { _scope_key, _location_key } = scope.extendedScopeParams ?? {};
  return {
    scopeKey: _scope_key || account.defaultScopeKey,
    locationKey: _location_key || account.defaultLocationKey,
  };
}

type Condition = readonly [key: string, value: string];

/**
 * The conditions on a scope's series: `extendedScopeParams` whose names do not start with `_`, the scope, and the
 * location if it has a key.
 *
 * @param store its name in Kayenta
 * @throws CanaryError METRICS_QUERY_INVALID, in Kayenta's words, when there is no key for the scope, or a value is
 *   missing
 */
export function scopeConditions(request: KeyedRequest, store: string) {
  const { scopeKey, locationKey } = scopeKeysOf(request);
  if (!scopeKey) {
    throw invalidQuery(
      request,
      `The ${store} account must define a default scope key or it must be supplied in the extendedScopeParams in the ` +
        '`_scope_key` key.',
    );
  }
  const others = Object.entries(request.scope.extendedScopeParams ?? {}).filter(([key]) => !key.startsWith('_'));
  for (const [key] of others) checkKey(request, 'a name in extendedScopeParams', key);
  checkKey(request, 'extendedScopeParams._scope_key', scopeKey);
  if (locationKey) checkKey(request, 'extendedScopeParams._location_key', locationKey);
  const scope: Condition = [scopeKey, given(request, 'scope')];
  const location: Condition[] = locationKey ? [[locationKey, given(request, 'location')]] : [];
  return { scope, location, others };
}

/** It goes into the query as it is: the name of an attribute or dimension, in NRQL perhaps within backticks. */
const KEY = /^(?:[A-Za-z_][\w.:/-]*|`[^`\n]+`)$/;

function checkKey(request: KeyedRequest, field: string, key: string): void {
  if (KEY.test(key)) return;
  throw invalidQuery(
    request,
    `${field} is ${JSON.stringify(key.slice(0, 80))}, which is not the name of an attribute, such as app.version.`,
  );
}

function given(request: KeyedRequest, field: 'scope' | 'location'): string {
  const value = request.scope[field];
  if (value) return value;
  throw invalidQuery(
    request,
    `scope.${field} is required: it is matched with the account's or the scope's ${field} key.`,
  );
}
