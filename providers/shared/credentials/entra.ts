import { z } from 'zod';
import { CanaryError } from '../../../src/errors.ts';
import type { HttpAccount } from '../http/account.ts';
import { type Authorize, readAccountFile } from './authorize.ts';
import { fetchToken } from './fetch-token.ts';
import { bearerToken, type IssuedToken } from './token-cache.ts';

/** The clouds of Azure, each with its own names. */
const CLOUDS = {
  public: {
    authorityHost: 'https://login.microsoftonline.com',
    management: 'https://management.azure.com',
    monitor: 'monitor.azure.com',
  },
  usgov: {
    authorityHost: 'https://login.microsoftonline.us',
    management: 'https://management.usgovcloudapi.net',
    monitor: 'monitor.azure.us',
  },
  china: {
    authorityHost: 'https://login.chinacloudapi.cn',
    management: 'https://management.chinacloudapi.cn',
    monitor: 'monitor.azure.cn',
  },
} as const satisfies Record<string, { authorityHost: string; management: string; monitor: string }>;

type AzureCloud = keyof typeof CLOUDS;

/** Fields of an account whose store accepts Microsoft Entra tokens. */
export const EntraFields = {
  tenantId: z.string().min(1).optional().describe('of the directory the application is registered in'),
  clientId: z.string().min(1).optional().describe('of the application, or of a user-assigned managed identity'),
  clientSecret: z.string().min(1).optional().describe('of the application; write ${NAME} and set the variable'),
  federatedTokenFile: z
    .string()
    .min(1)
    .optional()
    .describe('a token the directory trusts instead of a secret, as workload identity puts one into pods'),
  managedIdentity: z.boolean().default(false).describe('asks the machine it runs on for tokens'),
  cloud: z
    .enum(Object.keys(CLOUDS) as [AzureCloud, ...AzureCloud[]])
    .default('public')
    .describe('whose addresses of Azure are asked'),
  authorityHost: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('that issues tokens, if not the usual one of the cloud'),
  metadataEndpoint: z
    .url({ protocol: /^https?$/ })
    .default('http://169.254.169.254')
    .describe('of the machine, for managed identities'),
};
/** The same as one field of an account. */
export const Entra = z.strictObject(EntraFields).superRefine(refuseUnclearEntra);
export type Entra = z.infer<typeof Entra>;

/** Rejects an account with no way to get tokens, or with several. */
export function refuseUnclearEntra(entra: Entra, context: z.RefinementCtx): void {
  const message = entraIssue(entra);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
}

function entraIssue(entra: Entra): string | undefined {
  const { tenantId, clientId, clientSecret, federatedTokenFile, managedIdentity } = entra;
  const ways = [clientSecret !== undefined, federatedTokenFile !== undefined, managedIdentity].filter(Boolean).length;
  if (ways !== 1) return 'give one of clientSecret, federatedTokenFile and managedIdentity: true';
  if (managedIdentity || (tenantId !== undefined && clientId !== undefined)) return undefined;
  return 'clientSecret and federatedTokenFile require tenantId and clientId';
}

/** The management endpoint of a cloud. */
export function managementOf({ cloud }: Entra): string {
  return CLOUDS[cloud].management;
}

/** The domain of the monitoring services of a cloud. */
export function monitorOf({ cloud }: Entra): string {
  return CLOUDS[cloud].monitor;
}

/**
 * Bearer tokens of Microsoft Entra, for one resource.
 *
 * @param resource the audience of the token, such as `https://management.azure.com`
 */
export function entraToken(account: HttpAccount, entra: Entra, resource: string): Authorize {
  const { clientSecret } = entra;
  return bearerToken({
    account,
    purpose: resource,
    secrets: clientSecret === undefined ? [] : [clientSecret],
    issue: () =>
      entra.managedIdentity ? askMachine(account, entra, resource) : askAuthority(account, entra, resource),
  });
}

async function askAuthority(account: HttpAccount, entra: Entra, resource: string): Promise<IssuedToken> {
  const { tenantId = '', clientId = '', cloud, authorityHost = CLOUDS[cloud].authorityHost } = entra;
  const proof = await proofOf(account, entra);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${resource}/.default`,
    ...proof,
  });
  return fetchToken({
    account,
    url: `${authorityHost.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
    form,
    secrets: [proof.client_secret ?? proof.client_assertion ?? ''],
    remedy: 'check tenantId, clientId, and the secret or federated token of the application',
  });
}

async function proofOf(
  account: HttpAccount,
  { clientSecret, federatedTokenFile: path }: Entra,
): Promise<Record<string, string>> {
  if (path === undefined) return { client_secret: clientSecret ?? '' };
  const assertion = (await readAccountFile(account, 'federatedTokenFile', path)).trim();
  if (assertion === '') {
    throw new CanaryError('METRICS_ACCESS_DENIED', `account '${account.name}': federatedTokenFile is empty: ${path}`);
  }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

/** The instance metadata service answers 404 and 410 while it is being updated. */
const BEING_UPDATED = [404, 410];

async function askMachine(account: HttpAccount, entra: Entra, resource: string): Promise<IssuedToken> {
  const { clientId, metadataEndpoint } = entra;
  const parameters = new URLSearchParams({
    'api-version': '2018-02-01',
    resource,
    ...(clientId === undefined ? {} : { client_id: clientId }),
  });
  return fetchToken({
    account,
    url: `${metadataEndpoint.replace(/\/+$/, '')}/metadata/identity/oauth2/token?${parameters}`,
    headers: { Metadata: 'true' },
    secrets: [],
    direct: true,
    passing: BEING_UPDATED,
    remedy: 'managedIdentity works on machines of Azure that have an identity; elsewhere use a clientSecret',
  });
}
