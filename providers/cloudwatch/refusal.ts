import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import type { AnswerHeaders } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const ErrorAnswer = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** Throttling is an ordinary 400; only the code tells. Headers of the older protocol may have a better code. */
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
  const { __type, message, Message } = ErrorAnswer.safeParse(jsonOf(body)).data ?? {};
  const type = (__type ?? '').replace(/^.*#/s, '');
  const [code = ''] = (headers['x-amzn-query-error'] ?? type).split(';');
  const text = [code, message ?? Message].filter(Boolean).join(': ');
  const known = [code, type].flatMap((one) => CODES.filter(({ pattern }) => pattern.test(one)));
  return { ...known[0]?.refusal, ...(text === '' ? {} : { text }) };
}
