import { z } from 'zod';
import { AccountFields } from '../../../src/domain/account.ts';
import { maskPath } from './path-secrets.ts';

/** The address of a store. Its path is kept; request paths are appended. */
const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'write a URL that starts with http:// or https://' })
  .refine((url) => !hasUserInfo(url), {
    error: 'a URL must not contain user:password@; write username and password as fields of the account',
    abort: true,
  })
  .refine((url) => !/[?#]/.test(url), { error: 'a base URL must not contain ? or #; leave out the query' });

const Endpoint = z.strictObject({
  baseUrl: BaseUrl.describe("the store's address; its path is kept, and those of requests are appended"),
});

/** For stores whose address follows from other fields: spread it over {@link HttpAccountFields}. */
export const OptionalEndpoint = {
  endpoint: Endpoint.optional().describe('only where it is not the usual one'),
};

const ProxyUrl = z.url({ protocol: /^https?$/, error: 'write a URL that starts with http:// or https://' });

const HeaderValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must not contain line breaks or control characters');

const Tls = z
  .strictObject({
    caFile: z.string().min(1).optional().describe("PEM; trusted instead of the system's authorities"),
    certFile: z.string().min(1).optional().describe('PEM; the certificate shown to the store'),
    keyFile: z.string().min(1).optional().describe('PEM; the key of certFile'),
    insecureSkipVerify: z.boolean().default(false).describe('trusts any certificate: for trials only'),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'certFile and keyFile belong together; set both or neither',
  });

/**
 * Fields of every HTTP store's account. Spread them into the provider's strict `Account` schema, with `type:
 * z.literal(…)`. The first of usernamePasswordFile, bearerTokenFile, bearerToken, username and password is used; an
 * empty text counts as absent.
 */
export const HttpAccountFields = {
  ...AccountFields,
  endpoint: Endpoint.describe('where the store is'),
  username: z.string().optional().describe('with a password: Basic authentication'),
  password: z.string().optional().describe('of the user; write ${NAME} and set the variable'),
  usernamePasswordFile: z.string().optional().describe('a file with `user:password`; read anew for every question'),
  bearerToken: z.string().optional().describe('sent as `Authorization: Bearer`; write ${NAME} and set the variable'),
  bearerTokenFile: z.string().optional().describe('a file with the token; read anew for every question'),
  headers: z.record(z.string().min(1), HeaderValue).default({}).describe('sent with every question'),
  timeoutMillis: z.number().int().min(1).max(600_000).default(30_000).describe('longest wait for one answer'),
  tls: Tls.optional().describe('certificates, where the usual authorities are not enough'),
  proxyUrl: ProxyUrl.optional().describe('goes through this HTTP proxy; user:password@ is allowed here'),
  maxSeries: z.number().int().min(1).default(100).describe('an answer with more series is an error'),
  allowPartial: z
    .boolean()
    .default(false)
    .describe('accepts an answer of which the store says that a part is missing, with a warning; else it is an error'),
  escapeScopeValues: z
    .boolean()
    .default(true)
    .describe("escapes values of variables for the query's language where a template puts them in quotes"),
  // Prometheus runs 20 queries at once by default; two replicas of Haldane should not fill it.
  maxConcurrent: z.number().int().min(1).default(8).describe('questions to this store at a time'),
  requestsPerSecond: z
    .number()
    .positive()
    .optional()
    .describe('questions that begin each second; absent: as many as there are'),
};

/** A key or token that goes into a header. */
export const ApiKey = z.string().regex(/^[\x21-\x7e]+$/, 'must not be empty or contain blanks or line breaks');

/** For stores with their own keys, where a user or bearer token would be accepted but never sent. */
export const KeyedAccountFields = z.object(HttpAccountFields).omit({
  username: true,
  password: true,
  usernamePasswordFile: true,
  bearerToken: true,
  bearerTokenFile: true,
}).shape;

const HttpAccountShape = z.object({ ...HttpAccountFields, ...OptionalEndpoint, type: z.string() });

/** The account fields the shared HTTP layer needs. */
export type HttpAccount = z.infer<typeof HttpAccountShape>;

/**
 * What `GET /credentials` shows of an account: the address without what may be a secret in its path, the user, and
 * the fields in `further`. Empty fields and lists are omitted.
 */
export function describeHttpAccount(
  { endpoint, username }: HttpAccount,
  further: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const shown = {
    endpoint: endpoint && { baseUrl: maskPath(endpoint.baseUrl, endpoint.baseUrl) },
    username,
    ...further,
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => !isNothing(value)));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function hasUserInfo(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.username !== '' || parsed.password !== '');
}
