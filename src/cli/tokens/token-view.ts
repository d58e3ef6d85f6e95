import { z } from 'zod';

/** What the commands read of a token as a service shows it. */
export const TokenView = z.looseObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  state: z.string(),
  applications: z.array(z.string()).optional(),
  accounts: z.array(z.string()).optional(),
  expiresAtIso: z.string().optional(),
  lastUsedAtIso: z.string().optional(),
});
export type TokenView = z.infer<typeof TokenView>;

/** A line about a token: what it may, and until when. */
export function tokenLine({ name, id, role, applications, accounts, expiresAtIso }: TokenView): string {
  const parts = [
    `${name} (${id}): ${role}`,
    `applications ${applications?.join(', ') ?? 'all'}`,
    `metrics accounts ${accounts?.join(', ') ?? 'all'}`,
    expiresAtIso === undefined ? 'does not expire' : `until ${expiresAtIso}`,
  ];
  return parts.join('; ');
}
