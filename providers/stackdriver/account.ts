import { z } from 'zod';
import type { Authorize } from '../shared/credentials/authorize.ts';
import { GoogleFields, googleToken, MONITORING_READ } from '../shared/credentials/google.ts';
import { KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';

export const StackdriverAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    ...GoogleFields,
    type: z.literal('stackdriver'),
    project: z.string().min(1).describe('whose metrics, and those of its metrics scope, are read'),
    bearerToken: z.string().optional().describe('sent instead of a token that is asked for'),
    bearerTokenFile: z.string().optional().describe('a file with such a token; read anew for every question'),
  })
  .meta({ id: 'StackdriverAccount' });
export type StackdriverAccount = z.infer<typeof StackdriverAccount>;

const ADDRESS = 'https://monitoring.googleapis.com';

/** The address of Cloud Monitoring. */
export function addressOf({ endpoint }: StackdriverAccount): string {
  return endpoint?.baseUrl ?? ADDRESS;
}

/** The project as part of a path. */
export function projectPath({ project }: StackdriverAccount): string {
  return `projects/${encodeURIComponent(project)}`;
}

/** Google tokens; undefined: the account has its own token. */
export function authorizeFor(account: StackdriverAccount): Authorize | undefined {
  const { bearerToken, bearerTokenFile } = account;
  return bearerToken || bearerTokenFile ? undefined : googleToken(account, account, MONITORING_READ);
}
