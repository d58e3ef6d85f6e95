import { readdirSync, readFileSync } from 'node:fs';
import nock from 'nock';
import { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { CanaryScope } from '../../src/domain/canary-scope.ts';
import type { MetricsProvider, MetricsRequest } from '../../src/domain/metrics-provider.ts';

/** One case of `test/fixtures/providers/<type>/`. */
export interface ProviderFixture {
  /** file name without `.json` */
  readonly name: string;
  /** a sentence about behaviour */
  readonly about: string;
  /** laid over an account called `store` at {@link STORE} */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly config?: MetricsRequest['config'];
  readonly metric: { readonly name: string; readonly query: Readonly<Record<string, unknown>> };
  readonly scope: Readonly<Record<string, unknown>>;
  /** what is asked, in order, and what the store answers: nothing else may be asked */
  readonly exchanges: readonly { readonly request: ExpectedRequest; readonly response: FixtureResponse }[];
  readonly expect: {
    readonly query: string;
    readonly metricSets?: readonly { readonly values?: readonly (number | string)[] }[];
    readonly error?: { readonly code: string; readonly message: readonly string[]; readonly retryAfterMillis?: number };
  };
  /** must not be told by an error or a series */
  readonly secrets?: readonly string[];
}

/** One query of `test/fixtures/providers/<type>/queries.json`. */
export interface QueryFixture extends Omit<ProviderFixture, 'name' | 'exchanges' | 'expect' | 'metric'> {
  readonly query: Readonly<Record<string, unknown>>;
  readonly expect?: string;
  readonly error?: readonly string[];
}

export interface ExpectedRequest {
  readonly method: string;
  /** with the query string */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  /** besides those every question has */
  readonly headers?: Readonly<Record<string, string>>;
}

interface FixtureResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** an object is sent as JSON */
  readonly body?: unknown;
  readonly delayMillis?: number;
  /** the error code of a connection that fails */
  readonly failure?: string;
}

export const STORE = 'http://store.test:9090';
const FOLDER = new URL('../fixtures/providers/', import.meta.url);

export function providerFixtures(type: string): ProviderFixture[] {
  return readdirSync(new URL(`${type}/`, FOLDER))
    .filter((file) => file !== 'queries.json')
    .map((file) => ({ ...readJson(`${type}/${file}`), name: file.replace('.json', '') }) as ProviderFixture);
}

export function queryFixtures(type: string): QueryFixture[] {
  return readJson(`${type}/queries.json`) as unknown as QueryFixture[];
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
}

/** The request a fixture stands for, parsed as the service would parse it. */
export function fixtureRequest(
  provider: MetricsProvider,
  fixture: Pick<ProviderFixture, 'account' | 'config' | 'metric' | 'scope'>,
): MetricsRequest {
  const account = provider.Account.parse({
    name: 'store',
    type: provider.type,
    endpoint: { baseUrl: STORE },
    ...fixture.account,
  });
  const metric = CanaryMetricConfig.parse(fixture.metric);
  return {
    config: fixture.config ?? {},
    metric,
    query: provider.Query.parse(metric.query),
    scope: CanaryScope.parse(fixture.scope),
    side: 'experiment',
    account,
  };
}

/** Answers as the fixture says. @returns what was asked, filled in as it comes */
export function replayExchanges({ exchanges }: ProviderFixture): ExpectedRequest[] {
  const asked: ExpectedRequest[] = [];
  for (const { request, response } of exchanges) {
    const mock = nock(STORE).intercept(request.path, request.method);
    mock.delay(response.delayMillis ?? 0);
    if (response.failure === undefined) {
      mock.reply(async (received: Request) => {
        asked.push(await askedOf(received));
        return [response.status ?? 200, bodyText(response.body), { ...response.headers }];
      });
    } else {
      const { failure } = response;
      mock.replyWithError(Object.assign(new Error(`socket: ${failure}`), { code: failure }));
      asked.push(request);
    }
  }
  return asked;
}

const ALWAYS = ['accept', 'accept-encoding', 'user-agent', 'host', 'connection', 'content-length', 'content-type'];

async function askedOf(request: Request): Promise<ExpectedRequest> {
  const { pathname, search } = new URL(request.url);
  const body = await request.text();
  const further = [...request.headers].filter(([name]) => !ALWAYS.includes(name));
  return {
    method: request.method,
    path: pathname + search,
    ...(body === '' ? {} : { form: Object.fromEntries(new URLSearchParams(body)) }),
    ...(further.length === 0 ? {} : { headers: Object.fromEntries(further) }),
  };
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** JSON has no NaN: expectations write it as text. */
export function expectedSets(sets: NonNullable<ProviderFixture['expect']['metricSets']>) {
  return sets.map((set) => (set.values === undefined ? set : { ...set, values: set.values.map(Number) }));
}
