import { abortable } from '../../../src/waiting/abortable.ts';
import type { HttpAccount } from '../http/account.ts';
import { canceledError } from '../http/failures.ts';
import { type Authorize, withSecretHeaders } from './authorize.ts';

/** A token, and how long it may be used from now on. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

/** Whoever makes the tokens of an account. */
export interface TokenIssuer {
  readonly account: HttpAccount;
  /** tells the tokens of an account apart, such as the scopes they are for */
  readonly purpose: string;
  /** what else the store wants to be sent */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** what must not be told, besides the token */
  readonly secrets?: readonly string[];
  /** Asks for a new one; every wait in it ends by itself. */
  readonly issue: () => Promise<IssuedToken>;
  /** milliseconds since 1970; the clock of this machine when absent */
  readonly now?: () => number;
}

/** A token is no longer used so long before it ends: questions take their time, and clocks differ. */
const MARGIN_SECONDS = 60;

interface Held {
  readonly answer: Promise<string>;
  /** unknown while it is being issued */
  token?: string;
  usableUntilMillis: number;
}

/** They live as long as the account. */
const tokens = new WeakMap<HttpAccount, Map<string, Held>>();

/**
 * The credentials of a store that takes bearer tokens which end after a while. One token is issued at a time, for
 * everyone who waits for it, and used until a minute before its end. One the store refuses is replaced once.
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
 * A token that may still be used.
 *
 * @param refused a token the store has refused: not that one
 * @throws CanaryError METRICS_… when none can be had, or EXECUTION_CANCELED
 */
export async function heldToken(
  issuer: TokenIssuer,
  { signal, refused }: { readonly signal: AbortSignal; readonly refused?: string | undefined },
): Promise<string> {
  if (signal.aborted) throw canceledError(issuer);
  const { now = Date.now } = issuer;
  const known = tokens.get(issuer.account)?.get(issuer.purpose);
  const isUsable =
    known !== undefined && known.usableUntilMillis > now() && (known.token === undefined || known.token !== refused);
  return abortable((isUsable ? known : issueAnew(issuer)).answer, signal, () => canceledError(issuer));
}

function issueAnew({ account, purpose, issue, now = Date.now }: TokenIssuer): Held {
  const askedAtMillis = now();
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
