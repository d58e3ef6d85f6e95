import { messageOf } from '../../errors.ts';

/** A request that got no usable answer. */
export interface NoAnswer {
  readonly ok: false;
  /** absent when there was no answer in time, or the connection broke */
  readonly status?: number;
  readonly reason: string;
}

/** The outcome of a request that reached the other side. */
export type JsonAnswer =
  | { readonly ok: true; readonly body: unknown; readonly header: (name: string) => string | undefined }
  | NoAnswer;
export type TextAnswer = { readonly ok: true; readonly text: string } | NoAnswer;

/** The text of an answer, or why it is an error. */
export function readTextAnswer({ status, text }: Pick<Received, 'status' | 'text'>): TextAnswer {
  if (status >= 200 && status <= 299) return { ok: true, text };
  return { ok: false, status, reason: `${status}: ${problemIn(parseJson(text).body, text)}` };
}

/** An answer as it arrived. */
export interface Received {
  readonly status: number;
  readonly text: string;
  /** by name in lower case */
  readonly header: (name: string) => string | undefined;
}

export function readJsonAnswer({ status, text, header }: Received): JsonAnswer {
  const answer = readTextAnswer({ status, text });
  if (!answer.ok) return answer;
  const read = parseJson(text);
  return read.problem === undefined
    ? { ok: true, body: read.body, header }
    : { ok: false, status, reason: `not JSON: ${read.problem}` };
}

/** JSON has no NaN: it is a string on the wire. `null` stays, since it has a meaning in a judge's settings. */
export function toJsonBody(value: unknown): string {
  return JSON.stringify(value, (_key, field) =>
    typeof field === 'number' && !Number.isFinite(field) ? String(field) : field,
  );
}

function parseJson(text: string): { readonly body?: unknown; readonly problem?: string } {
  try {
    return text === '' ? {} : { body: JSON.parse(text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The text of an error response: Kayenta's and ours have `message`, Spring's problem documents `detail`. */
function problemIn(body: unknown, text: string): string {
  const { message, detail, error } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const said = [message, detail, error].find((part) => typeof part === 'string' && part !== '');
  return typeof said === 'string' ? said : text.slice(0, 200) || 'no reason given';
}
