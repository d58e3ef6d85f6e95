import { z } from 'zod';
import { CanaryError } from '../../src/errors.ts';
import { aboutAsked, type Refusal } from '../shared/http/failures.ts';
import type { AnswerHeaders } from '../shared/http/http.ts';
import type { RawPoint } from '../shared/series/grid.ts';
import { JoinedSeries } from '../shared/series/joined-series.ts';
import type { RawSeries } from '../shared/series/metric-sets.ts';
import { type DataQuery, returned } from './data-query.ts';
import type { CloudwatchRequest } from './query.ts';

const Messages = z.array(z.object({ Code: z.string().nullish(), Value: z.string().nullish() })).nullish();

const Result = z.object({
  Id: z.string(),
  Label: z.string().nullish(),
  StatusCode: z.string().nullish(),
  Timestamps: z.array(z.unknown()).nullish(),
  Values: z.array(z.unknown()).nullish(),
  Messages,
});
type Result = z.infer<typeof Result>;

/** One page. Points are checked one by one when they are read, not by a schema each: there may be 100,800. */
export const DataAnswer = z.object({
  MetricDataResults: z.array(Result),
  NextToken: z.string().nullish(),
  Messages,
});
export type DataAnswer = z.infer<typeof DataAnswer>;

/** Joins the pages of an answer: one series for each entry, or for each of the labels an entry answers with. */
export class JoinedAnswer {
  readonly #request: CloudwatchRequest;
  readonly #queries: readonly DataQuery[];
  readonly #joined = new JoinedSeries();
  readonly #partial = new Set<string>();
  readonly warnings = new Set<string>();

  constructor(request: CloudwatchRequest, queries: readonly DataQuery[]) {
    this.#request = request;
    this.#queries = queries;
  }

  add({ MetricDataResults: results, Messages: messages }: DataAnswer): void {
    for (const message of [messages, ...results.map((result) => result.Messages)]) {
      for (const { Code, Value } of message ?? []) this.warnings.add([Code, Value].filter(Boolean).join(': '));
    }
    for (const { Id, Label, StatusCode } of results) {
      // More pages complete it, in the same order.
      const name = [Id, ...(Label ? [Label] : [])].join(' ');
      if (StatusCode === 'PartialData') this.#partial.add(name);
      else this.#partial.delete(name);
    }
    this.#joined.add(
      results.map((result) => ({ tags: { id: result.Id, label: result.Label ?? '' }, points: this.#points(result) })),
    );
  }

  /** Of an entry that has no data CloudWatch answers with a series without points. */
  get series(): RawSeries[] {
    return this.#joined.series
      .filter(({ points }) => points.length > 0)
      .map(({ tags, points }) => ({ tags: this.#tags(tags.id ?? '', tags.label ?? ''), points }));
  }

  /** What CloudWatch calls incomplete, and has no further page of. */
  get partial(): string[] {
    return [...this.#partial];
  }

  /** Labels are made for people; they tell series apart where one entry can have several. */
  #tags(id: string, label: string): Record<string, string> {
    const { Expression = '' } = returned(this.#queries).find(({ Id }) => Id === id) ?? {};
    const [, groups] = /\bGROUP\s+BY\s+(.+?)(?:\s+(?:ORDER\s+BY|LIMIT)\s.*)?$/is.exec(Expression) ?? [];
    if (groups !== undefined) {
      const names = groups.split(',').map((name) => name.trim().replace(/^"(.*)"$/s, '$1'));
      return { [names.length === 1 ? (names[0] ?? '') : 'label']: label };
    }
    return /\bSEARCH\s*\(/i.test(Expression) ? { label } : {};
  }

  /** Parallel lists: seconds since 1970, and values. */
  #points({ Id, Timestamps, Values }: Result): RawPoint[] {
    const [timestamps, values] = [Timestamps ?? [], Values ?? []];
    if (timestamps.length !== values.length) {
      throw this.#unreadable(`${Id} has ${timestamps.length} times, but ${values.length} values`);
    }
    return timestamps.map((seconds, index) => {
      if (typeof seconds === 'number') return [Math.round(seconds * 1000), values[index]];
      throw this.#unreadable(`a time of ${Id} is ${JSON.stringify(seconds).slice(0, 80)}, not a number of seconds`);
    });
  }

  #unreadable(reason: string): CanaryError {
    const { account, metric } = this.#request;
    const about = aboutAsked({ account, metricName: metric.name });
    return new CanaryError('METRICS_ANSWER_INVALID', `${about}: the answer cannot be read: ${reason}`);
  }
}

const Statuses = z.object({
  MetricDataResults: z.array(z.object({ Id: z.string(), StatusCode: z.string(), Messages })),
});

/** Finds what went wrong in an answer that calls itself a success. */
export function readFailure(json: unknown): Refusal | undefined {
  const results = Statuses.safeParse(json).data?.MetricDataResults ?? [];
  for (const { Id, StatusCode, Messages: messages } of results) {
    const code =
      StatusCode === 'Forbidden'
        ? 'METRICS_ACCESS_DENIED'
        : StatusCode === 'InternalError'
          ? 'METRICS_STORE_UNAVAILABLE'
          : undefined;
    const words = (messages ?? []).map(({ Value }) => Value ?? '').join('; ');
    if (code !== undefined) return { code, text: `${StatusCode} for ${Id}${words && `: ${words}`}` };
  }
  return undefined;
}

const ErrorAnswer = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** Throttling is a 400 like any other; the code tells. Headers of the older protocol may have a better one. */
const CODES: readonly { readonly pattern: RegExp; readonly refusal: Refusal }[] = [
  {
    pattern: /^(Throttl|RequestLimitExceeded|TooManyRequests)/,
    refusal: { code: 'METRICS_STORE_THROTTLED' },
  },
  {
    pattern: /^(RequestExpired|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature)/,
    refusal: { code: 'METRICS_ACCESS_DENIED', remedy: 'check sigv4, and the clock of this machine' },
  },
  {
    pattern:
      /^(AccessDenied|NotAuthorized|InvalidClientTokenId|UnrecognizedClient|ExpiredToken|MissingAuth|OptInRequired)/,
    refusal: {
      code: 'METRICS_ACCESS_DENIED',
      remedy: 'check sigv4, and that its keys may cloudwatch:GetMetricData and cloudwatch:ListMetrics',
    },
  },
  { pattern: /^LimitExceeded/, refusal: { code: 'METRICS_LIMIT_EXCEEDED', remedy: 'ask for fewer metrics at once' } },
  { pattern: /^(Internal|ServiceUnavailable)/, refusal: { code: 'METRICS_STORE_UNAVAILABLE' } },
];

/** `{"__type": "…#ValidationError", "message": "…"}` */
export function readRefusal(_: number, body: string, headers: AnswerHeaders): Refusal {
  const { __type, message, Message } = parseError(body);
  const type = (__type ?? '').replace(/^.*#/s, '');
  const [code = ''] = (headers['x-amzn-query-error'] ?? type).split(';');
  const text = [code, message ?? Message].filter(Boolean).join(': ');
  const known = [code, type].flatMap((one) => CODES.filter(({ pattern }) => pattern.test(one)));
  return { ...known[0]?.refusal, ...(text === '' ? {} : { text }) };
}

function parseError(body: string): z.infer<typeof ErrorAnswer> {
  try {
    return ErrorAnswer.parse(JSON.parse(body));
  } catch {
    return {};
  }
}
