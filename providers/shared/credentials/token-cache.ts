import { abortable } from '../../../src/waiting/abortable.ts';
import { monotonicClock } from '../../../src/waiting/clocks.ts';
import type { HttpAccount } from '../http/account.ts';
import { canceledError } from '../http/failures.ts';
import { type Authorize, withSecretHeaders } from './authorize.ts';

/** A token and its remaining lifetime. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

/** The issuer of an account's tokens. */
export interface TokenIssuer {
  readonly account: HttpAccount;
  /** distinguishes an account's tokens, e.g. by their scopes */
  readonly purpose: string;
  /** further headers the store expects */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** secrets to redact, besides the token */
  readonly secrets?: readonly string[];
  /** Requests a new token; every wait in it ends by itself. */
  readonly issue: () => Promise<IssuedToken>;
  /** milliseconds since 1970; default: this machine's clock */
  readonly monotonic?: () => number;
}

/** How long before expiry a token is no longer used: requests take time, and clocks differ. */
const MARGIN_SECONDS = 60;

interface Held {
  readonly answer: Promise<string>;
  /** unknown while it is being issued */
  token?: string;
  usableUntilMillis: number;
}

/** Cached as long as the account exists. */
const tokens = new WeakMap<HttpAccount, Map<string, Held>>();

/**
 * The credentials of a store with expiring bearer tokens. One token is requested at a time, for all who wait, and used
 * until a minute before it expires. A token the store rejects is replaced once.
 */
export function bearerToken(issuer: TokenIssuer): Authorize {
  let used: string | undefined;
  return async (_, { signal, refused }) => {
    used = await heldToken(issuer, { signal, refused: refused ? used : undefined });
    const headers = { ...issuer.headers, Authorization: `Bearer ${used}` };
    return { ...withSecretHeaders(issuer.account, headers, [used, ...(issuer.secrets ?? [])]), renewable: true };
  };
}

/**
 * A token that is still usable.
 *
 * @param refused a token the store rejected: do not use it
 * @throws CanaryError METRICS_… when none can be obtained, or EXECUTION_CANCELED
 */
export async function heldToken(
  issuer: TokenIssuer,
  { signal, refused }: { readonly signal: AbortSignal; readonly refused?: string | undefined },
): Promise<string> {
  if (signal.aborted) throw canceledError(issuer);
  const { monotonic = monotonicClock } = issuer;
  const known = tokens.get(issuer.account)?.get(issuer.purpose);
  const isUsable =
    known !== undefined &&
    known.usableUntilMillis > monotonic() &&
    (known.token === undefined || known.token !== refused);
  return abortable((isUsable ? known : issueAnew(issuer)).answer, signal, () => canceledError(issuer));
}

function issueAnew({ account, purpose, issue, monotonic = monotonicClock }: TokenIssuer): Held {
  const askedAtMillis = monotonic();
  const ofAccount = tokens.get(account) ?? new Map<string, Held>();
  const issued = issue();
  const held: Held = { answer: issued.then(({ token }) => token), usableUntilMillis: Number.POSITIVE_INFINITY };
  issued.then(
    ({ token, lifetimeSeconds }) => {
      held.token = token;
      held.usableUntilMillis = askedAtMillis + (lifetimeSeconds - MARGIN_SECONDS) * 1000;
    },
    () => {
      held.usableUntilMillis = 0;
    },
  );
  tokens.set(account, ofAccount.set(purpose, held));
  return held;
}
