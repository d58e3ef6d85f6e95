import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ROLES, type Role } from '../../domain/permission.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Rule } from '../rules.ts';
import { createSeal } from './sealed.ts';

const Names = z.array(z.string()).optional();
const Session = z.object({
  name: z.string(),
  role: z.enum(Object.keys(ROLES) as [Role, ...Role[]]),
  applications: Names,
  accounts: Names,
  rules: z.string(),
});

export interface Sessions {
  readonly lifetimeSeconds: number;
  /** @returns the content of the cookie */
  begin(principal: Principal): Promise<string>;
  /** @returns undefined when there is none, it has ended, or the rules have changed since */
  principalOf(cookie: string): Promise<Principal | undefined>;
}

interface SessionSettings {
  readonly sessionSecret: string;
  readonly sessionHours: number;
  readonly rules: readonly Rule[];
}

/** Logins of browsers. A session is its cookie, so that every replica knows it; it ends with its time. */
export function createSessions({ sessionSecret, sessionHours, rules }: SessionSettings): Sessions {
  const seal = createSeal(sessionSecret, 'session');
  const current = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 16);
  const lifetimeSeconds = Math.round(sessionHours * 3600);
  return {
    lifetimeSeconds,
    begin: ({ name, role, applications, accounts }) =>
      seal.close({ name, role, applications, accounts, rules: current }, lifetimeSeconds),
    async principalOf(cookie) {
      const { data } = Session.safeParse(await seal.open(cookie));
      if (data === undefined || data.rules !== current) return undefined;
      const { rules: _, ...principal } = data;
      return { kind: 'oidc', ...principal };
    },
  };
}
