import { z } from 'zod';
import { type Authorize, accountCredentials, withSecretHeaders } from '../shared/credentials/authorize.ts';
import { SigV4 } from '../shared/credentials/aws-account.ts';
import { awsSigV4 } from '../shared/credentials/aws-credentials.ts';
import { ApiKey, HttpAccountFields } from '../shared/http/account.ts';

export const ElasticsearchAccount = z
  .strictObject({
    ...HttpAccountFields,
    type: z.literal('elasticsearch'),
    index: z
      .string()
      .min(1)
      .optional()
      .describe('where metrics look that name no index: names, patterns or aliases, with commas between them'),
    apiKey: ApiKey.optional().describe(
      'the encoded (Base64) key, as Elasticsearch shows it; takes precedence over user and password',
    ),
    sigv4: SigV4.optional().describe(
      'for Amazon OpenSearch: signs with keys of AWS; takes precedence over all other credentials',
    ),
  })
  .refine((account) => account.sigv4 === undefined || awsRegion(account) !== undefined, {
    path: ['sigv4', 'region'],
    error:
      'is needed, unless endpoint.baseUrl is https://….<region>.es.amazonaws.com or https://….<region>.aoss.amazonaws.com',
  })
  .meta({ id: 'ElasticsearchAccount' });
export type ElasticsearchAccount = z.infer<typeof ElasticsearchAccount>;

/** API keys have a scheme of their own. */
export function authorizeFor(account: ElasticsearchAccount): Authorize {
  const { apiKey, sigv4 } = account;
  const region = awsRegion(account);
  if (sigv4 !== undefined && region !== undefined)
    return awsSigV4(account, { region, service: awsHost(account).service });
  if (!apiKey) return accountCredentials(account);
  return async () => withSecretHeaders(account, { Authorization: `ApiKey ${apiKey}` }, [apiKey]);
}

type AwsEndpoint = { readonly endpoint: { readonly baseUrl: string }; readonly sigv4?: SigV4 | undefined };

function awsRegion(account: AwsEndpoint): string | undefined {
  return account.sigv4?.region ?? awsHost(account).region;
}

/** Domains of the managed service may have custom names, serverless collections do not. */
function awsHost({ endpoint }: AwsEndpoint): { service: string; region?: string | undefined } {
  const { hostname } = new URL(endpoint.baseUrl);
  const [, region, service = 'es'] = /\.([a-z0-9-]+)\.(es|aoss)\.amazonaws\./.exec(hostname) ?? [];
  return { service, region };
}
