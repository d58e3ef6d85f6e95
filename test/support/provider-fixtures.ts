import { readdirSync, readFileSync } from 'node:fs';
import { CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import { CanaryScope } from '../../src/domain/canary-scope.ts';
import type { MetricsProvider, MetricsRequest } from '../../src/domain/metrics-provider.ts';
import type { SeriesShape } from '../../src/domain/series-shape.ts';
import { nock } from './http/nock.ts';

/** One case of `test/fixtures/providers/<type>/`. */
export interface ProviderFixture {
  /** file name without `.json` */
  readonly name: string;
  /** a sentence about behaviour */
  readonly about: string;
  /** the clock, for stores that read it */
  readonly now?: string;
  /** laid over an account called `store` at {@link STORE} */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly config?: MetricsRequest['config'];
  readonly metric: { readonly name: string; readonly query: Readonly<Record<string, unknown>> };
  readonly scope: Readonly<Record<string, unknown>>;
  /** what the judge needs; default: the usual series */
  readonly series?: SeriesShape;
  /** the expected requests, in order, and the store's responses: no other request is allowed */
  readonly exchanges: readonly { readonly request: ExpectedRequest; readonly response: FixtureResponse }[];
  readonly expect: {
    readonly query: string;
    readonly metricSets?: readonly { readonly values?: readonly (number | string)[] }[];
    readonly error?: { readonly code: string; readonly message: readonly string[]; readonly retryAfterMillis?: number };
  };
  /** must not appear in an error or a series */
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
  /** of another host than the store: `https://host:port` */
  readonly origin?: string;
  readonly form?: Readonly<Record<string, string>>;
  /** a body of JSON, parsed */
  readonly json?: unknown;
  /** any other body */
  readonly text?: string;
  /** besides those of every request; `*` is any value, for signatures */
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

/** The request of a fixture, parsed as the service would. */
export function fixtureRequest(
  provider: MetricsProvider,
  fixture: Pick<ProviderFixture, 'account' | 'config' | 'metric' | 'scope' | 'series'>,
): MetricsRequest {
  const { endpoint = { baseUrl: STORE }, ...fields } = fixture.account ?? {};
  const account = provider.Account.parse({
    name: 'store',
    type: provider.type,
    // Null for an account whose address follows from other fields.
    ...(endpoint === null ? {} : { endpoint }),
    ...fields,
  });
  const metric = CanaryMetricConfig.parse(fixture.metric);
  return {
    config: fixture.config ?? {},
    metric,
    query: provider.Query.parse(metric.query),
    scope: CanaryScope.parse(fixture.scope),
    side: 'experiment',
    account,
    series: fixture.series,
  };
}

/** Replays the fixture's responses. @returns the requests, filled in as they arrive */
export function replayExchanges({ exchanges }: ProviderFixture): ExpectedRequest[] {
  const asked: ExpectedRequest[] = [];
  for (const { request, response } of exchanges) {
    const mock = nock(request.origin ?? STORE).intercept(request.path, request.method);
    mock.delay(response.delayMillis ?? 0);
    if (response.failure === undefined) {
      mock.reply(async (received: Request) => {
        asked.push(await askedOf(received, request));
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

async function askedOf(request: Request, expected: ExpectedRequest): Promise<ExpectedRequest> {
  const { pathname, search, origin } = new URL(request.url);
  const further = [...request.headers]
    .filter(([name]) => !ALWAYS.includes(name))
    .map(([name, value]) => [name, expected.headers?.[name] === '*' ? '*' : value]);
  return {
    method: request.method,
    path: pathname + search,
    ...(origin === STORE ? {} : { origin }),
    ...readBody(await request.text(), request.headers.get('content-type') ?? ''),
    ...(further.length === 0 ? {} : { headers: Object.fromEntries(further) }),
  };
}

function readBody(body: string, type: string): Pick<ExpectedRequest, 'form' | 'json' | 'text'> {
  if (body === '') return {};
  if (type.includes('form-urlencoded')) return { form: Object.fromEntries(new URLSearchParams(body)) };
  return /\bjson\b|-json/.test(type) ? { json: JSON.parse(body) } : { text: body };
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** JSON has no NaN: expectations contain it as text. */
export function expectedSets(sets: NonNullable<ProviderFixture['expect']['metricSets']>) {
  return sets.map((set) => (set.values === undefined ? set : { ...set, values: set.values.map(Number) }));
}
