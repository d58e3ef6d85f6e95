import './values/plain-refusals.ts';
import { z } from 'zod';

export const ACCOUNT_TYPES = ['METRICS_STORE', 'OBJECT_STORE', 'CONFIGURATION_STORE', 'REMOTE_JUDGE'] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

/** Fields of every account in the configuration file. */
export const AccountFields = {
  name: z.string().min(1).describe('the name requests use'),
  supportedTypes: z
    .array(z.enum(ACCOUNT_TYPES))
    .default(['METRICS_STORE'])
    .describe('what the account is for; a metrics store is METRICS_STORE'),
  locations: z.array(z.string()).default([]).describe('shown by pickers'),
  recommendedLocations: z.array(z.string()).default([]).describe('those pickers show first'),
  scopePattern: z
    .string()
    .min(1)
    .optional()
    .describe('what the values of scopes may be: an RE2 pattern for the whole value; absent: anything'),
  ingestionDelaySeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('how late points arrive in the store: a run that waits for the end of its window waits so much longer'),
};

/** An account inside the service, secrets included: never log or return it whole. */
export interface Account {
  readonly name: string;
  readonly type: string;
  readonly supportedTypes: readonly AccountType[];
  readonly locations: readonly string[];
  readonly recommendedLocations: readonly string[];
  /** what the values of scopes may be: RE2, for the whole value; absent: anything */
  readonly scopePattern?: string | undefined;
  /** how late points arrive in the store; default 0 */
  readonly ingestionDelaySeconds?: number | undefined;
  /** concurrent requests across all runs; default 8 */
  readonly maxConcurrent?: number | undefined;
  /** no limit when absent */
  readonly requestsPerSecond?: number | undefined;
}

/** An account as `GET /credentials` shows it: no secret. */
export const AccountView = z
  .looseObject({
    name: z.string(),
    type: z.string(),
    supportedTypes: z.array(z.enum(ACCOUNT_TYPES)),
    locations: z.array(z.string()),
    recommendedLocations: z.array(z.string()),
  })
  .meta({ id: 'AccountCredentials' });
export type AccountView = z.infer<typeof AccountView>;
