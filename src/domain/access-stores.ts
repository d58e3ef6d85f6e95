import type { Role } from './permission.ts';

/** A token as it is stored: nobody can make the token of it. Times are milliseconds since 1970. */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole token, in hexadecimal digits */
  readonly hash: string;
  readonly role: Role;
  /** absent: all */
  readonly applications?: readonly string[] | undefined;
  /** metrics accounts; absent: all */
  readonly accounts?: readonly string[] | undefined;
  readonly createdAt: number;
  /** who made it */
  readonly createdBy: string;
  /** absent: it does not expire */
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** to about a minute; absent: never */
  readonly lastUsedAt?: number | undefined;
}

/** Tokens. One that is revoked stays in the list. */
export interface TokenStore {
  get(id: string): Promise<StoredToken | undefined>;
  /** @returns false when a token that is not revoked has its name */
  create(token: StoredToken): Promise<boolean>;
  /** Newest first. */
  list(): Promise<StoredToken[]>;
  /** @returns false when there is none that is not revoked */
  revoke(id: string, at: number): Promise<boolean>;
  /** Notes that it was used. */
  used(id: string, at: number): Promise<void>;
}

/** Something that was done, or refused to somebody who is known. */
export interface AuditEntry {
  /** sorts by time */
  readonly id: string;
  /** milliseconds since 1970 */
  readonly at: number;
  /** who: how it is known, and its name */
  readonly kind: string;
  readonly who: string;
  /** what: the operation's id, or method and route */
  readonly what: string;
  /** to which object; absent: to none that has an id */
  readonly object?: string | undefined;
  /** from which address */
  readonly from: string;
  /** the HTTP status of the answer */
  readonly status: number;
}

export interface AuditFilter {
  readonly who?: string | undefined;
  readonly what?: string | undefined;
  readonly object?: string | undefined;
  /** only entries before this one */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Who did what. */
export interface AuditStore {
  add(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<AuditEntry[]>;
  /** Deletes entries made before that time. */
  prune(before: number): Promise<void>;
}
