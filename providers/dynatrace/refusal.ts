import { z } from 'zod';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const ErrorEnvelope = z.object({
  error: z.object({
    message: z.string(),
    constraintViolations: z
      .array(z.object({ path: z.string().nullish(), message: z.string() }))
      .nullish()
      .catch(undefined),
  }),
});

const LIMIT = /too many|exceed\w* the (maximum|limit|allowed)|limit of [\d,.]+/i;

/** Reads an error: `{"error": {"code", "message", "constraintViolations"}}`. */
export function readRefusal(status: number, body: string): Refusal {
  const text = wordsOf(body);
  if (text === undefined) return {};
  if (status === 400 && LIMIT.test(text)) {
    return { code: 'METRICS_LIMIT_EXCEEDED', text, remedy: 'use a longer step, a shorter window or fewer entities' };
  }
  if (status === 403) return { text, remedy: 'the token needs the scope metrics.read' };
  if (status === 404) return { text, remedy: 'look for the metric with GET /metadata/metricsService' };
  return { text };
}

function wordsOf(body: string): string | undefined {
  const { error } = ErrorEnvelope.safeParse(jsonOf(body)).data ?? {};
  const violations = (error?.constraintViolations ?? []).map(({ path, message }) => `${path ?? ''}: ${message}`);
  return error && [error.message, ...violations].join(' ');
}
