import '../domain/values/plain-refusals.ts';
import { z } from 'zod';
import type { AccountFields } from '../domain/account.ts';
import type { MetricsProvider } from '../domain/metrics-provider.ts';
import { READ_ONCE } from '../domain/values/read-once.ts';
import { CanaryError } from '../errors.ts';
import { Auth, type CompleteAuth, withLoginAddress } from './auth.ts';
import { withEnvironment } from './environment.ts';
import { describeConfigIssues, directKeys } from './issues.ts';
import { Server } from './server.ts';
import { Telemetry } from './telemetry.ts';
import { type Environment, parseConfigText } from './text.ts';

const accountNames = z
  .array(z.string().min(1))
  .min(1)
  .default(['haldane'])
  .describe('names under which clients may address the store; the first is the default');

const Store = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sqlite'), accountNames }),
  z.strictObject({
    type: z.literal('postgres'),
    url: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'must be an address such as postgres://user:password@host:5432/database',
      })
      .describe('the database all replicas share; with its password, so write ${NAME} and set the variable'),
    queueSchema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,48}$/, 'must be lower-case letters, digits and underscores')
      .default('pgboss')
      .describe('schema of that database the queue keeps its tables in'),
    connections: z.number().int().min(1).max(1000).default(10).describe('of the store; the queue has four more'),
    connectTimeoutMillis: z
      .number()
      .int()
      .min(100)
      .default(10_000)
      .describe('how long a request waits for a connection, also while the server has none left'),
    queryTimeoutMillis: z
      .number()
      .int()
      .min(0)
      .default(30_000)
      .describe('a statement that takes longer is given up, here and by the server; 0: none is'),
    accountNames,
  }),
]);

const Retry = z.strictObject({
  attempts: z.number().int().min(1).max(100).default(10).describe('tries of one query, the first included'),
  backoffPeriodMultiplierMs: z.number().min(0).default(1000).describe('the n-th wait is this times 2^(n-1)'),
  maxWaitMillis: z.number().min(0).default(30_000).describe('no wait is longer, unless the store asks for it'),
});

const Engine = z.strictObject({
  concurrentRuns: z
    .number()
    .int()
    .min(1)
    .default(16)
    .describe('runs of one metrics account in progress at once; the others wait their turn'),
  attempts: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('work whose process ended so many times before it reported back is not taken up again'),
  bytesInFlight: z
    .number()
    .int()
    .min(1_048_576)
    .default(67_108_864)
    .describe('of answers being read, over all accounts; beyond it one answer is read at a time'),
  leaseSeconds: z.number().min(1).max(600).default(30).describe('a replica not heard of for so long has lost its run'),
  runDeadlineMinutes: z.number().positive().default(30).describe('a run that takes longer ends terminal'),
});

const Limits = z.strictObject({
  eventStreamsPerCaller: z
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('with one token, or of one person; further ones get a 429'),
  requestsPerMinute: z
    .strictObject({
      perAddress: z.number().int().min(1).default(12_000).describe('of one address, whoever sends them'),
      perCaller: z.number().int().min(1).default(6000).describe('with one token, or of one person'),
    })
    .prefault({})
    .describe('where there is authentication, further requests are refused with 429; per process'),
  concurrentRunsPerApplication: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('in progress at once, per process; further runs of the application wait their turn; absent: any number'),
  metricsPerRun: z.number().int().min(1).default(1000).describe('a config with more metrics is refused with 413'),
  pointsPerRun: z
    .number()
    .int()
    .min(1)
    .default(20_000_000)
    .describe(
      'metrics times steps of the window, both sides; a run with more is refused with 413, one that is answered more, ' +
        'since its queries have several series, ends terminal',
    ),
});

const Retention = z.strictObject({
  auditDays: z.number().positive().default(365).describe('who did what is forgotten after so many days'),
  maxAgeDays: z
    .number()
    .positive()
    .default(90)
    .describe('runs and analyses that ended, or were imported, longer ago are forgotten'),
  maxRuns: z.number().int().min(1).optional().describe('only so many runs are kept, the newest; absent: any number'),
  maxMegabytes: z
    .number()
    .positive()
    .optional()
    .describe('what stored rows may take, a million bytes each; the oldest are forgotten; absent: any amount'),
  everyMinutes: z.number().positive().max(1440).default(60).describe('how often that is seen to'),
});

/** Text, or 24 bytes and more in base64 after `whsec_`, as the Standard Webhooks specification has it. */
function isWebhookSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_(.*)$/s.exec(text) ?? [];
  return !text.startsWith('whsec_') || /^[A-Za-z0-9+/]{32,}={0,2}$/.test(base64);
}

const Callbacks = z.strictObject({
  secret: z
    .string()
    .min(1)
    .refine(isWebhookSecret, 'is no base64 of at least 24 bytes after whsec_; `openssl rand -base64 32` makes some')
    .optional()
    .describe('signs every callback; bytes in base64 after whsec_, else text; absent: none is signed'),
  allowPrivate: z.boolean().default(false).describe('whether callbacks may go to private addresses'),
  allowHosts: z.array(z.string().min(1)).default([]).describe('names and addresses that may be private'),
  format: z
    .enum(['json', 'cloudevents'])
    .default('json')
    .describe('the answer of GET as it is, or in a CloudEvent 1.0'),
  source: z.string().min(1).max(2000).default('haldane').describe('of CloudEvents: which service it is, a URI'),
  attempts: z.number().int().min(1).max(10_000).default(400).describe('tries of one callback; 400 take a day'),
  firstWaitMillis: z.number().int().min(1).default(1000).describe('doubled after every try, up to five minutes'),
  timeoutMillis: z.number().int().min(1).max(60_000).default(10_000).describe('of one try'),
});

/** The configuration that does not depend on which providers there are. */
export const CommonConfig = z.strictObject({
  server: Server.prefault({}).describe('where the service listens, and whom it answers'),
  auth: Auth.prefault({}).describe('who may do what; see docs/operations/authentication.md'),
  store: z
    .preprocess(withStoreType, Store)
    .prefault({ type: 'sqlite' })
    .describe('where configs, runs and series are kept'),
  dataDir: z.string().min(1).default('./data').describe('folder of the embedded store'),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .describe('lines below it are not written'),
      format: z
        .enum(['auto', 'json', 'pretty'])
        .default('auto')
        .describe('json: for programs, a line each; pretty: for people; auto: pretty on a terminal, else json'),
    })
    .prefault({})
    .describe('what is logged'),
  metrics: z
    .strictObject({
      retry: Retry.prefault({}).describe('of a query that failed and may succeed'),
      allowInlineInConfigs: z.boolean().default(false).describe('whether stored configs may hold series'),
    })
    .prefault({})
    .describe('how metrics stores are asked'),
  engine: Engine.prefault({}).describe('how runs are worked on'),
  limits: Limits.prefault({}).describe('how much is accepted'),
  retention: Retention.prefault({}).describe('how long what is stored is kept'),
  callbacks: Callbacks.prefault({}).describe('requests that tell others of a verdict'),
  telemetry: Telemetry.prefault({}).describe('what the service tells of itself'),
  remoteJudge: z
    .strictObject({
      endpoint: z
        .strictObject({ baseUrl: z.url({ protocol: /^https?$/ }).describe('its address; `/judge` is appended') })
        .describe('where the service is'),
    })
    .optional()
    .describe('adds RemoteJudge-v1.0, which asks this service'),
});

/** An account whose schema is its provider's. */
export type ConfiguredAccount = z.infer<z.ZodObject<typeof AccountFields>> & { type: string };

export type Config = Omit<z.infer<typeof CommonConfig>, 'auth'> & {
  auth: CompleteAuth;
  accounts: ConfiguredAccount[];
  /** by name, how the file has an account before variables and secret files are filled in */
  accountTexts: Readonly<Record<string, string>>;
};

export interface ConfigSource {
  /** Text of the YAML file; absent: the built-in defaults. */
  readonly text?: string | undefined;
  /** The file's name in errors. */
  readonly fileName?: string | undefined;
  readonly environment: Environment;
  readonly providers: readonly MetricsProvider[];
}

/**
 * Reads the configuration: defaults, then the file, then `HALDANE_HOST`, `HALDANE_PORT`, `HALDANE_DATA_DIR`,
 * `HALDANE_LOG_LEVEL`, `HALDANE_LOG_FORMAT`, `HALDANE_AUTH_MODE` and `HALDANE_ADMIN_TOKEN`.
 *
 * @throws CanaryError CONFIGURATION_INVALID naming the field, its value (never a secret) and the remedy
 */
export function readConfig(source: ConfigSource): Config {
  const { value, written } = parseConfigText(source.text ?? '', source.environment);
  const settings = withEnvironment(value, source.environment);
  const Schema = CommonConfig.extend({ accounts: z.array(accountSchema(source.providers)).default([]) });
  const parsed = Schema.safeParse(settings, READ_ONCE);
  const issues = parsed.success
    ? duplicateNames(parsed.data)
    : describeConfigIssues(parsed.error, { schema: Schema, written });
  if (issues.length > 0) {
    throw new CanaryError('CONFIGURATION_INVALID', `${source.fileName ?? 'configuration'}: ${issues.join('; ')}`);
  }
  const { accounts, ...common } = parsed.data as z.infer<typeof CommonConfig> & Pick<Config, 'accounts'>;
  const auth = withLoginAddress(common.auth, common.server.publicUrl);
  return { ...common, auth, accounts, accountTexts: textsOf(accounts, written) };
}

function textsOf(accounts: readonly ConfiguredAccount[], written: unknown): Record<string, string> {
  const { accounts: texts = [] } = written as { readonly accounts?: readonly unknown[] };
  return Object.fromEntries(accounts.map(({ name }, index) => [name, JSON.stringify(texts[index])]));
}

/** `store: { accountNames: […] }` is the embedded one. */
function withStoreType(store: unknown): unknown {
  return typeof store === 'object' && store !== null && !('type' in store) ? { type: 'sqlite', ...store } : store;
}

function accountSchema(providers: readonly MetricsProvider[]) {
  const schemas = new Map(providers.map((provider) => [provider.type, provider.Account]));
  return z
    .looseObject({
      type: z.string('say which metrics store this is').describe(`one of ${[...schemas.keys()].join(', ')}`),
    })
    .transform((account, context) => {
      const schema = schemas.get(account.type);
      if (schema === undefined) {
        const message = `'${account.type}' is not known; known: ${[...schemas.keys()].join(', ')}`;
        context.issues.push({ code: 'custom', path: ['type'], message, input: account.type });
        return z.NEVER;
      }
      const parsed = schema.safeParse(account, READ_ONCE);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        // The keys of an account depend on its type.
        const known = issue.code === 'unrecognized_keys' ? directKeys(schema, issue.path) : undefined;
        context.issues.push({ ...issue, ...(known && { known }), input: account } as never);
      }
      return z.NEVER;
    });
}

function duplicateNames(config: { accounts: unknown[]; store: { accountNames: string[] } }): string[] {
  const names = [...config.store.accountNames, ...(config.accounts as ConfiguredAccount[]).map(({ name }) => name)];
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return twice.map((name) => `accounts: the name '${name}' is used twice; account and store names must be unique`);
}
