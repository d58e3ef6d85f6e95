import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import { jsonOf } from '../shared/http/json-of.ts';

/** `{"type": "error", "message": "<class>: <text>"}`, in the stream or instead of it. */
const ErrorMessage = z.object({ type: z.literal('error'), message: z.string() });

/** Reads a refusal before the stream. */
export function readRefusal(_: number, body: string): Refusal {
  return { text: ErrorMessage.safeParse(jsonOf(body)).data?.message };
}

/** Reads an error in the stream: the status was sent before the failure. */
export function refusalOf(message: unknown): Refusal {
  const text = String(message);
  return { code: codeOf(text), text };
}

function codeOf(text: string): ErrorCode {
  if (/\b(IllegalState|IllegalArgument|Interpreter)Exception\b/.test(text)) return 'METRICS_QUERY_REJECTED';
  if (/TimeoutException\b/.test(text)) return 'METRICS_STORE_TIMEOUT';
  return 'METRICS_STORE_UNAVAILABLE';
}
