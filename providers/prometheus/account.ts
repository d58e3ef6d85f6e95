import { z } from 'zod';
import type { Authorize } from '../shared/credentials/authorize.ts';
import { SigV4 } from '../shared/credentials/aws-account.ts';
import { awsSigV4 } from '../shared/credentials/aws-credentials.ts';
import { Entra, entraToken, monitorOf } from '../shared/credentials/entra.ts';
import { Google, googleToken, MONITORING_READ } from '../shared/credentials/google.ts';
import { OAuth2, oauth2Token } from '../shared/credentials/oauth2.ts';
import { HttpAccountFields } from '../shared/http/account.ts';

/** The stores with Prometheus' API, and what each needs besides the address. */
const FLAVORS = {
  prometheus: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  thanos: { tenantHeader: 'THANOS-TENANT', parameters: { dedup: 'true' } },
  mimir: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  cortex: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  'grafana-cloud': { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  // Without it VictoriaMetrics moves the start of longer windows back to a multiple of the step.
  victoriametrics: { tenantHeader: 'X-Scope-OrgID', parameters: { nocache: '1' } },
  amp: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  gmp: { tenantHeader: 'X-Scope-OrgID', parameters: {} },
  'azure-managed': { tenantHeader: 'X-Scope-OrgID', parameters: {} },
} as const satisfies Record<string, { tenantHeader: string; parameters: Readonly<Record<string, string>> }>;

type Flavor = keyof typeof FLAVORS;

const TWO_DAYS_MILLIS = 2 * 24 * 3_600_000;

export const PrometheusAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('prometheus'),
    flavor: z
      .enum(Object.keys(FLAVORS) as [Flavor, ...Flavor[]])
      .default('prometheus')
      .describe('what answers at the address'),
    tenantId: z.string().min(1).optional().describe('for stores with tenants; `a|b` are two in Mimir'),
    tenantHeader: z.string().min(1).optional().describe('the header it goes in, if not the usual one of the flavor'),
    scopeLabel: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'must be the name of a label')
      .default('instance')
      .describe('the label matched with the scope for resourceType gce_instance'),
    sigv4: SigV4.optional().describe('for flavor amp: the region, and how to get keys of AWS'),
    google: Google.optional().describe('for flavor gmp: how to get tokens of Google'),
    azure: Entra.optional().describe('for flavor azure-managed: how to get tokens of Microsoft Entra'),
    oauth2: OAuth2.optional(),
  })
  .refine((account) => account.flavor !== 'azure-managed' || account.azure !== undefined || hasCredentials(account), {
    path: ['azure'],
    error: 'is required for flavor azure-managed, unless the account has other credentials',
  })
  .refine(({ flavor, google }) => flavor === 'gmp' || google === undefined, {
    path: ['google'],
    error: 'is for flavor gmp; set the flavor too',
  })
  .refine(({ flavor, azure }) => flavor === 'azure-managed' || azure === undefined, {
    path: ['azure'],
    error: 'is for flavor azure-managed; set the flavor too',
  })
  .refine((account) => account.flavor !== 'amp' || ampRegion(account) !== undefined, {
    path: ['sigv4', 'region'],
    error: 'is needed for flavor amp, unless endpoint.baseUrl is https://aps-workspaces.<region>.amazonaws.com/…',
  })
  .refine(({ flavor, sigv4 }) => flavor === 'amp' || sigv4 === undefined, {
    path: ['sigv4'],
    error: 'is for flavor amp; set the flavor too',
  })
  .meta({ id: 'PrometheusAccount' });
export type PrometheusAccount = z.infer<typeof PrometheusAccount>;

/** The headers for an account's flavor. */
export function flavorHeaders({ flavor, tenantId, tenantHeader }: PrometheusAccount): Record<string, string> {
  return tenantId === undefined ? {} : { [tenantHeader ?? FLAVORS[flavor].tenantHeader]: tenantId };
}

/**
 * Further range query parameters for an account's flavor. By default Thanos and clusters of VictoriaMetrics return
 * whatever they could reach as a success.
 */
export function flavorParameters(account: PrometheusAccount, windowMillis: number): Record<string, string> {
  const { flavor, allowPartial } = account;
  if (flavor === 'victoriametrics') {
    return { ...FLAVORS.victoriametrics.parameters, deny_partial_response: allowPartial ? '0' : '1' };
  }
  if (flavor !== 'thanos') return FLAVORS[flavor].parameters;
  return {
    partial_response: String(allowPartial),
    ...FLAVORS.thanos.parameters,
    max_source_resolution: windowMillis > TWO_DAYS_MILLIS ? 'auto' : '0',
  };
}

/** The authentication of this flavor; undefined: the credentials every HTTP account may have. */
export function authorizeFor(account: PrometheusAccount): Authorize | undefined {
  const { flavor, google, azure, oauth2 } = account;
  if (oauth2 !== undefined) return oauth2Token(account, oauth2);
  switch (flavor) {
    case 'gmp':
      if (google === undefined && hasCredentials(account)) return undefined;
      return googleToken(account, google ?? Google.parse({}), MONITORING_READ);
    case 'azure-managed':
      return azure && entraToken(account, azure, `https://prometheus.${monitorOf(azure)}`);
    case 'amp':
      return awsSigV4(account, { region: ampRegion(account) ?? '', service: 'aps' });
    default:
      return undefined;
  }
}

type CredentialFields = 'usernamePasswordFile' | 'bearerTokenFile' | 'bearerToken' | 'username' | 'oauth2';

function hasCredentials(account: Partial<Record<CredentialFields, unknown>>): boolean {
  const { usernamePasswordFile, bearerTokenFile, bearerToken, username, oauth2 } = account;
  return [usernamePasswordFile, bearerTokenFile, bearerToken, username, oauth2].some(Boolean);
}

type AmpAccount = { readonly endpoint: { readonly baseUrl: string }; readonly sigv4?: SigV4 | undefined };

function ampRegion({ endpoint, sigv4 }: AmpAccount): string | undefined {
  return sigv4?.region ?? /^https:\/\/aps-workspaces(?:-fips)?\.([a-z0-9-]+)\./.exec(endpoint.baseUrl)?.[1];
}
