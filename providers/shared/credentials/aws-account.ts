import { z } from 'zod';
import type { HttpAccount } from '../http/account.ts';

const REGION = /^[a-z0-9]+(-[a-z0-9]+)+$/;

/** A region becomes part of the host that receives credentials: it must not contain anything else. */
export const AwsRegion = z.string().max(40).regex(REGION, 'must be an AWS region, such as eu-west-1');

const Url = z.url({ protocol: /^https?$/, error: 'write a URL that starts with http:// or https://' });

const KeyFields = {
  accessKeyId: z.string().optional().describe('with secretAccessKey: keys that are used as they are'),
  secretAccessKey: z.string().optional().describe('of accessKeyId; write ${NAME} and set the variable'),
  sessionToken: z.string().optional().describe('of temporary keys'),
  webIdentityTokenFile: z.string().optional().describe('a file with a token; goes with webIdentityRoleArn'),
  webIdentityRoleArn: z.string().optional().describe('the role that token stands for'),
  containerCredentialsUri: z
    .union([z.literal(''), Url])
    .optional()
    .describe('asked for keys; in ECS and EKS'),
  containerAuthorizationToken: z.string().optional().describe('sent to containerCredentialsUri'),
  containerAuthorizationTokenFile: z.string().optional().describe('a file with the same; takes precedence'),
  roleArn: z.string().optional().describe('a further role, assumed with the keys found by all of the above'),
  roleSessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/, 'must be 2 to 64 letters, digits or any of _+=,.@-')
    .default('haldane')
    .describe('what the logs of AWS call us'),
  externalId: z.string().optional().describe('sent with roleArn, when its owner wants one'),
  stsEndpoint: Url.optional().describe('where roles are assumed, if not at the STS of the region'),
  metadataEndpoint: Url.default('http://169.254.169.254').describe('the metadata service of EC2'),
};

/**
 * How an account gets AWS keys: its own, else by a web identity token, else from the container's address, else from the
 * EC2 metadata service. An empty text counts as absent.
 */
export const AwsKeySource = complete(z.strictObject(KeyFields));
export type AwsKeySource = z.infer<typeof AwsKeySource>;

/** The same, for accounts without a region. */
export const SigV4 = complete(
  z.strictObject({ region: AwsRegion.optional().describe('of the store, and of STS'), ...KeyFields }),
);
export type SigV4 = z.infer<typeof SigV4>;

/** An account whose requests are signed. */
export type AwsAccount = HttpAccount & { readonly sigv4?: AwsKeySource | undefined };

export const NO_KEYS: AwsKeySource = AwsKeySource.parse({});

/** The address of an AWS service. @param name e.g. `sts` or `monitoring` */
export function awsBaseUrl(name: string, region: string): string {
  const domain = region.startsWith('cn-')
    ? 'amazonaws.com.cn'
    : region.startsWith('eusc-')
      ? 'amazonaws.eu'
      : 'amazonaws.com';
  return `https://${name}.${region}.${domain}`;
}

function complete<Fields extends AwsKeyFields>(schema: z.ZodType<Fields>) {
  return schema
    .refine(({ accessKeyId, secretAccessKey }) => !accessKeyId === !secretAccessKey, {
      path: ['secretAccessKey'],
      error: 'accessKeyId and secretAccessKey belong together; set both or neither',
    })
    .refine(({ webIdentityTokenFile, webIdentityRoleArn }) => !webIdentityTokenFile === !webIdentityRoleArn, {
      path: ['webIdentityRoleArn'],
      error: 'webIdentityTokenFile and webIdentityRoleArn belong together; set both or neither',
    });
}

type AwsKeyFields = Partial<
  Record<'accessKeyId' | 'secretAccessKey' | 'webIdentityTokenFile' | 'webIdentityRoleArn', string | undefined>
>;
