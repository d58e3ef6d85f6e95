import { abortable } from '../../../src/waiting/abortable.ts';
import { monotonicClock, wallClock } from '../../../src/waiting/clocks.ts';
import type { HttpAccount } from '../http/account.ts';
import { canceledError } from '../http/failures.ts';
import { type Authorize, type Outgoing, withSecretHeaders } from './authorize.ts';
import type { AwsAccount } from './aws-account.ts';
import { canRenew, type IssuedKeys, issueKeys } from './aws-key-sources.ts';
import { type AwsKeys, sha256, signV4 } from './sigv4.ts';

/** An AWS store, for signing. */
export interface AwsStore {
  readonly region: string;
  /** its AWS name for signing, e.g. `aps` or `monitoring` */
  readonly service: string;
  /** the region in which roles are assumed; default: the store's */
  readonly homeRegion?: string | undefined;
}

/** How long before their expiry temporary keys are renewed. */
const RENEW_BEFORE_MILLIS = 5 * 60_000;
/** When renewing fails, valid keys stay in use, and renewal pauses for this long. */
const PATIENCE_MILLIS = 10_000;

/**
 * Signs an account's requests with AWS keys and renews the keys in time, once for all requests. Pass a new one to each
 * request.
 *
 * @throws CanaryError METRICS_ACCESS_DENIED when there are no keys; METRICS_STORE_… when a retry may help
 */
export function awsSigV4(account: AwsAccount, store: AwsStore): Authorize {
  let used: AwsKeys | undefined;
  return async (outgoing, { signal, refused }) => {
    used = await currentKeys({ account, store, refused: refused ? used : undefined }, signal);
    return {
      ...withSecretHeaders(account, signedHeaders(outgoing, used, store), secretsOf(account, used)),
      renewable: canRenew(account) && isTooOld,
    };
  };
}

interface KeyRing {
  issued?: IssuedKeys;
  /** shared by all who wait */
  pending?: Promise<IssuedKeys> | undefined;
  /** when the issued keys expire, by the monotonic clock: the wall clock may be set meanwhile */
  expiresAt: number;
  /** when renewing failed, by the same */
  failedMillis: number;
}

/** Cached as long as the account exists. */
const rings = new WeakMap<HttpAccount, KeyRing>();

interface Wanted {
  readonly account: AwsAccount;
  readonly store: AwsStore;
  /** keys known to be invalid, whatever their stated expiry */
  readonly refused: AwsKeys | undefined;
}

async function currentKeys(wanted: Wanted, signal: AbortSignal): Promise<AwsKeys> {
  const ring = rings.get(wanted.account) ?? { expiresAt: 0, failedMillis: Number.NEGATIVE_INFINITY };
  rings.set(wanted.account, ring);
  const known = ring.issued?.keys === wanted.refused ? undefined : ring.issued;
  const leftMillis = ring.expiresAt - monotonicClock();
  const patient = monotonicClock() - ring.failedMillis < PATIENCE_MILLIS;
  if (known !== undefined && leftMillis > (patient ? 0 : RENEW_BEFORE_MILLIS)) return known.keys;
  try {
    return (await abortable(pendingKeys(ring, wanted), signal, () => canceledError(wanted))).keys;
  } catch (error) {
    if (known === undefined || ring.expiresAt <= monotonicClock() || signal.aborted) throw error;
    return known.keys;
  }
}

/** Not canceled by the first caller's signal: others may wait for the same keys. */
function pendingKeys(ring: KeyRing, { account, store }: Wanted): Promise<IssuedKeys> {
  const { region, homeRegion = region } = store;
  ring.pending ??= issueKeys({ account, region: homeRegion })
    .then((issued) => {
      ring.issued = issued;
      ring.expiresAt = monotonicClock() + (issued.expiresMillis - wallClock());
      return issued;
    })
    .catch((error: unknown) => {
      ring.failedMillis = monotonicClock();
      throw error;
    })
    .finally(() => {
      ring.pending = undefined;
    });
  return ring.pending;
}

/** Signs only headers that no proxy changes. */
function signedHeaders(outgoing: Outgoing, keys: AwsKeys, { region, service }: AwsStore): Record<string, string> {
  const added = { 'X-Amz-Content-Sha256': sha256(outgoing.body ?? '') };
  const kept = Object.entries(outgoing.headers).filter(([name]) => /^(content-type|x-amz-.*)$/i.test(name));
  const headers = { ...Object.fromEntries(kept), ...added };
  return { ...added, ...signV4({ ...outgoing, headers }, { keys, region, service, instantMillis: wallClock() }) };
}

function secretsOf({ sigv4 }: AwsAccount, keys: AwsKeys): string[] {
  const secrets = [keys.secretAccessKey, keys.sessionToken, sigv4?.secretAccessKey, sigv4?.sessionToken];
  return secrets.filter((secret) => secret !== undefined);
}

/** AWS reports this with a 400, 401 or 403, each service in its own form. */
function isTooOld(status: number, text: string): boolean {
  if (![400, 401, 403].includes(status)) return false;
  return /ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|security token .*(expired|invalid)/i.test(
    text,
  );
}
