import type { ExecutionException } from '../../domain/run.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { hasInstant, instantMillis, isoInstant } from '../../domain/values/instant.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';

export interface ExceptionReading {
  /** absent: nothing of it could be read */
  readonly exception?: ExecutionException;
  /** the parts that could not be read, a sentence each */
  readonly unread: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Why a run of Kayenta failed. Its versions and stages write many shapes: a text, texts under several names, times as
 * numbers or text. Every text is kept; what has no field of its own goes to `details.errors` with its name.
 *
 * @param endMillis the end of the run, for an exception without a time of its own
 */
export function readKayentaException(value: unknown, endMillis: number): ExceptionReading {
  const fields = typeof value === 'string' || Array.isArray(value) ? { details: value } : value;
  if (!isFields(fields) || Object.keys(fields).length === 0)
    return { unread: [`exception: ${excerpt(value)} says nothing that can be read`] };
  const { timestamp, exceptionType, operation, details: written, shouldRetry, ...others } = fields;
  const unread: string[] = [];
  const details = detailsOf(written, others, unread);
  if (details.error === '' && details.errors.length === 0 && details.stackTrace === '') {
    unread.push('exception: it says nothing of the reason');
  }
  const time = timestamp === undefined ? endMillis : timeOf(timestamp);
  if (time === undefined) unread.push(`exception.timestamp: ${excerpt(timestamp)} is no time; the run's end is kept`);
  const retries = flagOf(shouldRetry);
  if (retries === undefined) unread.push(`exception.shouldRetry: ${excerpt(shouldRetry)} is neither true nor false`);
  const exception = {
    timestamp: time ?? endMillis,
    exceptionType: textOf(exceptionType) || 'unknown',
    operation: textOf(operation),
    details,
    shouldRetry: retries ?? false,
  };
  return { exception, unread };
}

/** @param others the fields beside `details`, where some versions write the reason */
function detailsOf(written: unknown, others: Fields, unread: string[]): ExecutionException['details'] {
  const fields = isFields(written) ? written : { errors: written };
  const { error, errors, stackTrace, status, url, ...rest } = fields;
  const { message, error: errorBeside, errors: errorsBeside, ...further } = others;
  const [first = '', ...more] = [...textsOf(error), ...textsOf(errorBeside), ...textsOf(message)];
  const code = status === undefined ? undefined : statusOf(status);
  if (status !== undefined && code === undefined) {
    unread.push(`exception.details.status: ${excerpt(status)} is no status of HTTP`);
  }
  const named = Object.entries({ ...rest, ...further }).flatMap(([name, value]) =>
    textsOf(value).map((text) => `${name}: ${text}`),
  );
  return {
    error: withoutKeys(first),
    errors: [...more, ...textsOf(errors), ...textsOf(errorsBeside), ...named].map(withoutKeys),
    stackTrace: withoutKeys(textsOf(stackTrace).join('\n')),
    ...(code === undefined ? {} : { status: code }),
    ...(url === undefined ? {} : { url: withoutQuery(textOf(url)) }),
  };
}

/** A text, each of a list of them, or what an object holds as JSON. */
function textsOf(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [textOf(value)];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? toWireJson(value) : String(value);
}

/** Milliseconds since 1970, or seconds with or without a fraction; ISO-8601; Java's list of date fields is not. */
function timeOf(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()));
  if (!isNumber) {
    const iso = typeof value === 'string' ? isoInstant(withT(value)) : undefined;
    return iso === undefined ? undefined : instantMillis(iso);
  }
  const number = Number(value);
  const millis = Math.trunc(number < FIRST_PLAUSIBLE_MILLIS ? number * 1000 : number);
  return hasInstant(millis) ? millis : undefined;
}

/** A smaller number is in seconds: in milliseconds it would be before March 1973. */
const FIRST_PLAUSIBLE_MILLIS = 1e11;

/** `2026-01-01 03:23:39.401`, as a timestamp of SQL is printed, is in UTC. */
function withT(text: string): string {
  const time = text.trim().replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T');
  return /T[\d:.,]+$/.test(time) ? `${time}Z` : time;
}

function flagOf(value: unknown): boolean | undefined {
  if (value === undefined) return false;
  const text = String(value).toLowerCase();
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value;
  return Number.isInteger(status) ? (status as number) : undefined;
}

/** Datadog's keys are in its query string. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '').replace(/\/\/[^/@\s]*@/, '//');
}

/** A text may quote the address that was asked, with its keys. */
function withoutKeys(text: string): string {
  return text
    .replaceAll(/([?&][\w.-]*(?:key|token|secret|password|signature)[\w.-]*=)[^&\s"',]*/gi, '$1***')
    .replaceAll(/\/\/[^/@\s]+@/g, '//***@');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
