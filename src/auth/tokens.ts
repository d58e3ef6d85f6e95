import type { StoredToken, TokenStore } from '../domain/access-stores.ts';
import type { Log } from '../domain/log.ts';
import type { Role } from '../domain/permission.ts';
import type { Principal } from '../domain/principal.ts';
import { toInstant } from '../domain/values/instant.ts';
import { CanaryError } from '../errors.ts';
import { hasHash, hashOf, newToken, tokenIdIn } from './token-text.ts';

/** A token that another replica revokes works here for so long; one that is revoked here ends at once. */
const REMEMBERED_MILLIS = 5000;
const MOST_REMEMBERED = 1000;
/** How exact the last use is. */
const USE_MILLIS = 60_000;

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly applications?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  /** absent: it does not expire */
  readonly lifetimeMillis?: number | undefined;
}

export interface Tokens {
  /** @returns the token itself, which cannot be read again. @throws CanaryError TOKEN_EXISTS */
  create(token: NewToken, createdBy: string): Promise<{ readonly text: string; readonly stored: StoredToken }>;
  /** Newest first, those that are revoked or expired too. */
  list(): Promise<StoredToken[]>;
  /** @param key its id, or the name of one that is not revoked. @throws CanaryError OBJECT_NOT_FOUND */
  revoke(key: string): Promise<StoredToken>;
  /** Whose token it is. @throws CanaryError CREDENTIALS_REFUSED when it is none, is revoked or has expired */
  principalOf(text: string): Promise<Principal>;
}

interface TokensOptions {
  readonly store: TokenStore;
  /** milliseconds since 1970 */
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly log: Log;
}

interface Remembered {
  readonly token: StoredToken;
  readonly until: number;
}

export function createTokens(options: TokensOptions): Tokens {
  const { store, now } = options;
  const { find, forget } = rememberTokens(options);
  const noteUse = useNotes(options);
  return {
    async create({ lifetimeMillis, ...token }, createdBy) {
      const { id, text } = newToken();
      const createdAt = now();
      const expiresAt = lifetimeMillis === undefined ? undefined : createdAt + lifetimeMillis;
      const stored: StoredToken = { ...token, id, hash: hashOf(text), createdAt, createdBy, expiresAt };
      if (await store.create(stored)) return { text, stored };
      const message = `There is a token called '${token.name}'; revoke that one first, or choose another name.`;
      throw new CanaryError('TOKEN_EXISTS', message);
    },
    list: () => store.list(),
    async revoke(key) {
      const live = (await store.list()).filter(({ revokedAt }) => revokedAt === undefined);
      const token = live.find(({ id }) => id === key) ?? live.find(({ name }) => name === key);
      if (token === undefined || !(await store.revoke(token.id, now()))) {
        throw new CanaryError('OBJECT_NOT_FOUND', `No token '${key}' that is not revoked; GET /tokens lists them.`);
      }
      forget(token.id);
      return { ...token, revokedAt: now() };
    },
    async principalOf(text) {
      const token = await find(tokenIdIn(text) ?? '');
      if (token === undefined || !hasHash(text, token.hash)) throw refused('is not a token of this service');
      if (token.revokedAt !== undefined) throw refused(`is revoked: '${token.name}'`);
      if (token.expiresAt !== undefined && token.expiresAt <= now()) {
        throw refused(`expired at ${toInstant(token.expiresAt)}: '${token.name}'`);
      }
      noteUse(token);
      const { name, role, applications, accounts } = token;
      return { kind: 'token', name, role, applications, accounts };
    },
  };
}

/** Reads a token from the store, but not for every request. */
function rememberTokens({ store, monotonic }: TokensOptions) {
  const remembered = new Map<string, Remembered>();
  return {
    async find(id: string): Promise<StoredToken | undefined> {
      const known = remembered.get(id);
      if (known !== undefined && known.until > monotonic()) return known.token;
      const token = await store.get(id);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      if (token !== undefined) remembered.set(id, { token, until: monotonic() + REMEMBERED_MILLIS });
      return token;
    },
    forget: (id: string) => void remembered.delete(id),
  };
}

/** Writes when a token was used, but not for every request. */
function useNotes({ store, now, log }: TokensOptions): (token: StoredToken) => void {
  const lastUses = new Map<string, number>();
  return ({ id, lastUsedAt = 0 }) => {
    if (now() - Math.max(lastUsedAt, lastUses.get(id) ?? 0) < USE_MILLIS) return;
    if (lastUses.size >= MOST_REMEMBERED) lastUses.clear();
    lastUses.set(id, now());
    store.used(id, now()).catch((error: unknown) => log.warn({ err: error, token: id }, 'use of a token not noted'));
  };
}

function refused(why: string): CanaryError {
  return new CanaryError('CREDENTIALS_REFUSED', `The token ${why}; \`haldane token create\` makes another one.`);
}
