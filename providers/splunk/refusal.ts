import { z } from 'zod';
import type { ErrorCode } from '../../src/errors.ts';
import type { Refusal } from '../shared/http/failures.ts';
import type { TextAnswer } from '../shared/http/http.ts';
import { jsonOf } from '../shared/http/json-of.ts';

const Messages = z.array(z.object({ type: z.string(), text: z.string() }));
type Message = z.infer<typeof Messages>[number];

/** The messages of a search that went on. */
export interface SearchMessages {
  /** what says that a part of the data is missing */
  readonly partial: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws CanaryError METRICS_… for a message of failure */
export function readMessages(answer: TextAnswer, raw: unknown): SearchMessages {
  const messages = Messages.safeParse(raw).data ?? [];
  const failure = messages.find(
    ({ type, text }) => isFailure(type, text) && (BUSY.test(text) || LIMIT.test(text) || !PARTIAL.test(text)),
  );
  if (failure !== undefined) throw answer.refused({ code: codeOf(failure.text), text: failure.text });
  const told = messages.filter(isWarning).map(({ text }) => text);
  return {
    partial: told.filter((text) => PARTIAL.test(text)),
    warnings: told.filter((text) => !PARTIAL.test(text)),
  };
}

const FAILURES = ['FATAL', 'ERROR'];
const WARNINGS = [...FAILURES, 'WARN'];
/** Part of the data is missing, whatever the type of the message. */
const PARTIAL =
  /search peer|peer named|on the peer|incomplete|partial results|finalized|truncat|limit .{0,60}reached|reached .{0,60}limit|skipp(ed|ing)/i;
/** Too many concurrent searches. */
const BUSY = /search not executed|concurren(cy|t)|quota/i;
/** Of one table. */
const LIMIT = /too many \(>\d+\) rows/i;

function isFailure(type: string, text: string): boolean {
  return FAILURES.includes(type) || (type === 'WARN' && /search not executed/i.test(text));
}

/** Among them Splunk's notice, of type INFO, that the search sets its own time range. */
function isWarning({ type, text }: Message): boolean {
  return (
    WARNINGS.includes(type) || (type === 'INFO' && (/timerange was substituted/i.test(text) || PARTIAL.test(text)))
  );
}

function codeOf(text: string): ErrorCode {
  if (BUSY.test(text)) return 'METRICS_STORE_THROTTLED';
  if (LIMIT.test(text)) return 'METRICS_LIMIT_EXCEEDED';
  return 'METRICS_QUERY_REJECTED';
}

const Refused = z.object({ messages: Messages.min(1) });

/** Reads an error: `{"messages": [{"type", "text"}]}`. */
export function readRefusal(status: number, body: string): Refusal {
  const text = wordsOf(body);
  if ((status === 503 || status === 429) && BUSY.test(text ?? body)) return { code: 'METRICS_STORE_THROTTLED', text };
  if (status === 400 && text !== undefined && LIMIT.test(text)) return { code: 'METRICS_LIMIT_EXCEEDED', text };
  if (status === 404) {
    return {
      text,
      remedy: "check the account's endpoint.baseUrl; Splunk before 9.0.1 needs the account's apiVersion v1",
    };
  }
  return text === undefined ? {} : { text };
}

function wordsOf(body: string): string | undefined {
  return Refused.safeParse(jsonOf(body))
    .data?.messages.map(({ text }) => text)
    .join(' ');
}
