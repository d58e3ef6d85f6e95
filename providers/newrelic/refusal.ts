import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Failure = z.object({
  error: z
    .union([z.string(), z.object({ title: z.string() })])
    .nullish()
    .catch(undefined),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z
          .object({ errorClass: z.string().nullish(), error_code: z.string().nullish() })
          .nullish()
          .catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});

interface Words {
  readonly text: string;
  /** the store's own code of the error */
  readonly errorClass: string | undefined;
}

/** The first match decides: the store's error class, or its text. */
const KINDS: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly remedy?: string }[] = [
  {
    pattern: /BAD_API_KEY|UNAUTHORIZED|ACCESS_DENIED|not authorized|api key/i,
    code: 'METRICS_ACCESS_DENIED',
    remedy: "check the account's userKey (or apiKey), accountId and region",
  },
  {
    pattern: /maximum of \d+ buckets|a little too big/i,
    code: 'METRICS_LIMIT_EXCEEDED',
    remedy:
      'write `TIMESERIES ${step} seconds SINCE ${startEpochSeconds} UNTIL ${endEpochSeconds}`, or use fewer facets',
  },
  { pattern: /TOO_MANY_REQUESTS|too many (requests|queries)|rate limit/i, code: 'METRICS_STORE_THROTTLED' },
  { pattern: /under heavy load|short-circuited|something went wrong/i, code: 'METRICS_STORE_UNAVAILABLE' },
  { pattern: /\bTIMEOUT\b|timed out/i, code: 'METRICS_STORE_TIMEOUT' },
  { pattern: /SERVER_ERROR/, code: 'METRICS_STORE_UNAVAILABLE' },
];

/** An error of NerdGraph, whatever its status. */
export function readRefusal(status: number, body: string): Refusal {
  const words = wordsOf(jsonOf(body));
  return words === undefined || status >= 500 || status === 429 ? { text: words?.text } : refusalOf(words);
}

/** NerdGraph answers 200 for most errors. */
export function readFailure(json: unknown): Refusal | undefined {
  const words = wordsOf(json);
  if (words !== undefined) return refusalOf(words);
  return hasNoTimes(json) ? NO_TIMESERIES : undefined;
}

const NO_TIMESERIES: Refusal = {
  code: 'METRICS_QUERY_REJECTED',
  text: 'one result for the whole window, without times',
  remedy: 'add `TIMESERIES ${step} seconds` to the query',
};

const Results = z.union([
  z
    .object({
      data: z.object({ actor: z.object({ account: z.object({ nrql: z.object({ results: z.array(z.unknown()) }) }) }) }),
    })
    .transform(({ data }) => data.actor.account.nrql.results),
  z.object({ results: z.array(z.unknown()), timeSeries: z.undefined().optional() }).transform(({ results }) => results),
]);

/** Whether there are results, and none says when it is from. */
function hasNoTimes(json: unknown): boolean {
  const [first, ...others] = Results.safeParse(json).data ?? [];
  const isTimed = (result: unknown) => typeof result === 'object' && result !== null && 'beginTimeSeconds' in result;
  return typeof first === 'object' && first !== null && ![first, ...others].some(isTimed) && !isListing(first);
}

/** Of names, which `SHOW EVENT TYPES` and `uniques()` answer. */
function isListing(result: object): boolean {
  return Object.entries(result).every(([name, value]) => name === 'eventType' || Array.isArray(value));
}

/** The Insights API throttles with 503. */
export function readInsightsRefusal(status: number, body: string): Refusal {
  const text = wordsOf(jsonOf(body))?.text;
  return status === 503 ? { code: 'METRICS_STORE_THROTTLED', text } : readRefusal(status, body);
}

function refusalOf({ text, errorClass = '' }: Words): Refusal {
  // The text repeats an invalid query, which may contain any word.
  if (/NRQL Syntax Error/i.test(text)) return { code: 'METRICS_QUERY_REJECTED', text };
  const kind = KINDS.find(({ pattern }) => pattern.test(errorClass) || pattern.test(text));
  return { code: kind?.code, text, remedy: kind?.remedy };
}

/** NerdGraph's deprecation notices are not errors. */
const DEPRECATED = /^This field is deprecated!/;

function wordsOf(json: unknown): Words | undefined {
  const { error, errors } = Failure.safeParse(json).data ?? {};
  if (error) return { text: typeof error === 'string' ? error : error.title, errorClass: undefined };
  const real = (errors ?? []).filter(({ message }) => !DEPRECATED.test(message));
  if (real.length === 0) return undefined;
  const classes = real.map(({ extensions }) => extensions?.errorClass ?? extensions?.error_code).filter(Boolean);
  return { text: real.map(({ message }) => message).join('; '), errorClass: classes.join(' ') };
}
