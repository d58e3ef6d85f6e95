import type { MetricSet } from '../../src/domain/metric-set.ts';
import { CanaryError } from '../../src/errors.ts';
import { guardedLookup } from '../../src/outbound/guarded-lookup.ts';
import { requestLabel } from '../shared/http/failures.ts';
import { fetchText, type HttpQuestion, type TextAnswer } from '../shared/http/http.ts';
import { type Built, invalidQuery } from '../shared/query/query-fields.ts';
import { gridOf } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import { toMetricSets } from '../shared/series/metric-sets.ts';
import { partialWarnings } from '../shared/series/partial.ts';
import { authorizeFor, type WebAccount } from './account.ts';
import { addressProblem, isTrusted } from './allowed-url.ts';
import { AnswerReader } from './answer.ts';
import { buildMessage, type WebMessage, type WebRequest } from './query.ts';

const SCALAR_WARNING =
  'the answer is a single number: it fills the last step, the others are gaps, and no test can conclude much from it';

export async function queryMetrics(request: Built<WebRequest>, signal: AbortSignal): Promise<MetricSet[]> {
  const { query } = request;
  const message = buildMessage(request);
  const asked = gridOf(request.scope);
  const reader = new AnswerReader(query, asked.startMillis + (asked.size - 1) * asked.stepMillis);
  const joined = new JoinedSeries(request, asked);
  const visited = new Set<string>();
  for (let url: URL | undefined = message.url; url !== undefined; ) {
    if (visited.size >= query.maxPages) throw tooManyPages(request);
    visited.add(url.href);
    const answer = await askPage({ request, message, url }, signal);
    const { series, nextUrl, partial } = reader.read(answer);
    await joined.add({ series, warnings: partialWarnings(request, partial) });
    url = nextUrl === undefined ? undefined : nextPage({ request, answer, visited, current: url, next: nextUrl });
  }
  const warnings = [...joined.warnings, ...(query.mode === 'scalar' ? [SCALAR_WARNING] : [])];
  const label = query.mode === 'scalar' ? 'start' : query.labelAt;
  const answer = { series: joined.series, warnings };
  return toMetricSets({ request, asked, answer, label, combine: query.combine });
}

interface PageQuestion {
  readonly request: WebRequest;
  readonly message: WebMessage;
  readonly url: URL;
}

async function askPage({ request, message, url }: PageQuestion, signal: AbortSignal): Promise<TextAnswer> {
  const { account, metric, query } = request;
  const { method, headers, body } = message;
  let privateHost: string | undefined;
  const lookup = isTrusted(account, url)
    ? undefined
    : guardedLookup({
        refuse: (host) => {
          privateHost = host;
          return new Error(`'${host}' has no public address`);
        },
      });
  const question: HttpQuestion = {
    account,
    metricName: metric.name,
    baseUrl: url.origin,
    path: url.pathname + url.search,
    method,
    headers,
    ...(body === undefined ? {} : { text: body }),
    timeLimit: { millis: query.timeoutSeconds * 1000, field: `the query's timeoutSeconds (${query.timeoutSeconds})` },
    lookup,
    authorize: authorizeFor(account),
  };
  try {
    return await fetchText(question, signal);
  } catch (error) {
    if (privateHost === undefined) throw error;
    throw invalidQuery(
      request,
      `'${privateHost}' has no public address; the account's allowPrivate can allow a private one`,
    );
  }
}

interface NextPage {
  readonly request: WebRequest;
  readonly answer: TextAnswer;
  readonly visited: ReadonlySet<string>;
  readonly current: URL;
  readonly next: string;
}

function nextPage({ request, answer, visited, current, next }: NextPage): URL {
  const url = URL.parse(next, current.href);
  if (url === null) throw answer.unreadable('nextUrlPath finds something that is not a URL');
  url.hash = '';
  const problem = addressProblem(request.account, url);
  if (problem !== undefined) throw answer.unreadable(`its next page ${problem}`);
  if (visited.has(url.href)) throw answer.unreadable('its next page was already requested');
  return url;
}

function tooManyPages(request: WebRequest): CanaryError {
  const { maxPages } = request.query;
  return new CanaryError(
    'METRICS_LIMIT_EXCEEDED',
    `${requestLabel(request)}: the answer has more pages than maxPages (${maxPages}); ` +
      'ask for larger pages or a shorter window, or raise maxPages',
  );
}

/** Any answer except denied access counts as healthy: only the queries know what to ask for. */
export async function check(account: WebAccount, signal: AbortSignal): Promise<void> {
  if (account.endpoint === undefined) return;
  const question = { account, path: account.checkPath ?? '', authorize: authorizeFor(account) };
  await fetchText(question, signal).catch((error: unknown) => {
    if (error instanceof CanaryError && error.code === 'METRICS_QUERY_REJECTED') return;
    throw error;
  });
}
