import { z } from 'zod';
import { CanaryError } from '../../../src/errors.ts';
import type { HttpAccount } from '../http/account.ts';
import { type Refusal, requestLabel } from '../http/failures.ts';
import { fetchText, type TextAnswer } from '../http/http.ts';
import { jsonOf } from '../http/json-of.ts';
import { withSecretHeaders } from './authorize.ts';
import type { IssuedToken } from './token-cache.ts';

/** One request to a token issuer. */
export interface TokenQuestion {
  readonly account: HttpAccount;
  /** the complete URL */
  readonly url: string;
  /** at most one of these two; a GET without either */
  readonly form?: URLSearchParams;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** secrets in the request, to redact */
  readonly secrets: readonly string[];
  /** only reachable from this machine: bypasses the account's proxy */
  readonly direct?: boolean;
  /** transient statuses besides 408, 429 and 5xx */
  readonly passing?: readonly number[];
  /** the remedy when there is no token */
  readonly remedy: string;
  /** RFC 6749's shape when absent */
  readonly Answer?: z.ZodType<IssuedToken>;
}

/** Characters that are valid in a header. */
export const TokenText = z.string().regex(/^[\x21-\x7e]+$/, 'is not a token');

/** The lifetime when the answer does not state one, as RFC 6749 allows. */
const UNSTATED_LIFETIME_SECONDS = 300;

/** RFC 6749, section 5.1; Azure writes the number as text. */
const TokenAnswer = z
  .object({ access_token: TokenText, expires_in: z.coerce.number().default(UNSTATED_LIFETIME_SECONDS) })
  .transform(({ access_token, expires_in }) => ({ token: access_token, lifetimeSeconds: expires_in }));

/**
 * Requests a token once. A successful answer is never quoted: it contains the token.
 *
 * @throws CanaryError METRICS_ACCESS_DENIED when there is none, METRICS_ANSWER_INVALID, or METRICS_STORE_… when the
 *   issuer cannot be reached
 */
export async function fetchToken(question: TokenQuestion): Promise<IssuedToken> {
  const { account, remedy } = question;
  const { origin, host, pathname, search } = new URL(question.url);
  const { url: _, secrets, passing = [], Answer = TokenAnswer, ...asked } = question;
  try {
    const answer = await fetchText(
      {
        ...asked,
        baseUrl: origin,
        path: pathname + search,
        issuer: `${host} (token request)`,
        foreign: true,
        authorize: async () => withSecretHeaders(account, {}, secrets),
        readRefusal: (status, text) => readRefusal({ status, text, passing, remedy }),
      },
      // Others may wait for the same token; the account's timeoutMillis ends it.
      new AbortController().signal,
    );
    return readToken(answer, Answer, `${requestLabel({ account })}: the answer of ${host} is not a token`);
  } catch (error) {
    if (!(error instanceof CanaryError) || error.message.endsWith(remedy)) throw error;
    const { code, message, retryAfterMillis } = error;
    throw new CanaryError(code, `${message} - ${remedy}`, retryAfterMillis === undefined ? {} : { retryAfterMillis });
  }
}

interface TokenRefusal {
  readonly status: number;
  readonly text: string;
  readonly passing: readonly number[];
  readonly remedy: string;
}

function readRefusal({ status, text, passing, remedy }: TokenRefusal): Refusal {
  const words = wordsOf(text);
  if (passing.includes(status)) return { code: 'METRICS_STORE_UNAVAILABLE', text: words, remedy };
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return { text: words, remedy, ...(isFinal ? { code: 'METRICS_ACCESS_DENIED' } : {}) };
}

/** RFC 6749, section 5.2, and Google's own shape. */
const Problem = z.union([
  z
    .object({ error: z.string(), error_description: z.string().optional() })
    .transform(({ error, error_description: description }) =>
      [error, ...(description ? [description] : [])].join(': '),
    ),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
]);

function wordsOf(text: string): string {
  return Problem.safeParse(jsonOf(text)).data ?? text;
}

function readToken({ text }: TextAnswer, Answer: z.ZodType<IssuedToken>, problem: string): IssuedToken {
  const parsed = Answer.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CanaryError('METRICS_ANSWER_INVALID', `${problem}: ${issue?.path.join('.')} ${issue?.message}`);
}
