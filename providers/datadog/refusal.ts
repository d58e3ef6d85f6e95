import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import type { AnswerHeaders } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Refused = z.object({
  error: z.string().nullish().catch(undefined),
  errors: z
    .union([
      z.string(),
      z.array(z.union([z.string(), z.looseObject({ title: z.string(), detail: z.string().nullish() })])),
    ])
    .nullish()
    .catch(undefined),
});

/** The store's message in an error; undefined when there is none. */
function wordsOf(json: unknown): string | undefined {
  const { error, errors } = Refused.safeParse(json).data ?? {};
  const all = [error, errors].flat().map((one) => {
    return typeof one === 'object' ? [one?.title, one?.detail].filter(Boolean).join(': ') : one;
  });
  return all.filter(Boolean).join('; ') || undefined;
}

/** A 200 may still be an error; with data it is a partial answer, which {@link noticesOf} finds. */
export function readFailure(json: unknown): Refusal | undefined {
  const text = wordsOf(json);
  return text === undefined || hasData(json) ? undefined : { text };
}

function hasData(json: unknown): boolean {
  const { series, data } = (json ?? {}) as { series?: unknown; data?: { attributes?: unknown } | null };
  return (Array.isArray(series) && series.length > 0) || Boolean(data?.attributes);
}

const Notices = z.object({
  message: z.string().nullish().catch(undefined),
  meta: z
    .object({
      status: z.string().nullish().catch(undefined),
      warnings: z.array(z.looseObject({ title: z.string().nullish(), detail: z.string().nullish() })).nullish(),
    })
    .nullish()
    .catch(undefined),
});

/** What Datadog says beside the data. */
export function noticesOf(json: unknown): { readonly partial: string[]; readonly others: string[] } {
  const { message, meta } = Notices.safeParse(json).data ?? {};
  const failed = wordsOf(json);
  const warnings = (meta?.warnings ?? []).map(({ title, detail }) => [title, detail].filter(Boolean).join(': '));
  const timedOut = meta?.status === 'timeout' ? ['status timeout: the query ran out of time'] : [];
  // Datadog documents that results may be partial when there are warnings.
  return {
    partial: [...(failed === undefined ? [] : [failed]), ...timedOut, ...warnings],
    others: message ? [message] : [],
  };
}

/** The quota of the current period is used up: the next request would be rejected, and rejections count too. */
export function readPause(headers: AnswerHeaders): number | undefined {
  return headers['x-ratelimit-remaining'] === '0' ? resetMillis(headers) : undefined;
}

/** Reads an error of either version. */
export function readRefusal(status: number, body: string, headers: AnswerHeaders): Refusal {
  const text = wordsOf(jsonOf(body));
  if (status === 401 || status === 403) {
    return {
      text,
      remedy: "check the account's apiKey and applicationKey, that both are of its site, and the key's permissions",
    };
  }
  const retryAfterMillis = status === 429 ? resetMillis(headers) : undefined;
  return retryAfterMillis === undefined ? { text } : { text, retryAfterMillis };
}

/** `X-RateLimit-Reset` counts seconds from now. */
function resetMillis(headers: AnswerHeaders): number | undefined {
  const seconds = headers['x-ratelimit-reset'];
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}
