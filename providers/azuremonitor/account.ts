import { z } from 'zod';
import type { Authorize } from '../shared/credentials/authorize.ts';
import { EntraFields, entraToken, managementOf, monitorOf, refuseUnclearEntra } from '../shared/credentials/entra.ts';
import { KeyedAccountFields, OptionalEndpoint } from '../shared/http/account.ts';

export const AzureMonitorAccount = z
  .strictObject({
    ...KeyedAccountFields,
    ...OptionalEndpoint,
    ...EntraFields,
    type: z.literal('azuremonitor'),
    bearerToken: z.string().optional().describe('sent instead of a token that is asked for'),
    bearerTokenFile: z.string().optional().describe('a file with such a token; read anew for every question'),
    resourceId: z
      .string()
      .startsWith('/subscriptions/')
      .optional()
      .describe('a resource whose metrics pickers offer; absent: they offer none'),
  })
  .superRefine((account, context) => {
    if (!hasToken(account)) refuseUnclearEntra(account, context);
  })
  .meta({ id: 'AzureMonitorAccount' });
export type AzureMonitorAccount = z.infer<typeof AzureMonitorAccount>;

/** The management endpoint, which serves the metrics of one resource at a time. */
export function managementAddress(account: AzureMonitorAccount): string {
  return account.endpoint?.baseUrl ?? managementOf(account);
}

/** The endpoint for the metrics of many resources of a region at once. */
export function batchAddress(account: AzureMonitorAccount, region: string): string {
  return `https://${region}.metrics.${monitorOf(account)}`;
}

/** Entra tokens for one of the two endpoints; undefined: the account has its own token. */
export function authorizeFor(account: AzureMonitorAccount, service: 'management' | 'metrics'): Authorize | undefined {
  if (hasToken(account)) return undefined;
  return entraToken(
    account,
    account,
    service === 'management' ? managementOf(account) : `https://metrics.${monitorOf(account)}`,
  );
}

type TokenFields = Readonly<Partial<Record<'bearerToken' | 'bearerTokenFile', string | undefined>>>;

function hasToken({ bearerToken, bearerTokenFile }: TokenFields): boolean {
  return Boolean(bearerToken || bearerTokenFile);
}
