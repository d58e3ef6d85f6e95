import { CanaryError } from '../../src/errors.ts';
import { readDuration } from './promql/literals.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
/** Of the years 1 to 9999. */
const MOST_SECONDS = 253_402_300_799;
/** Prometheus' own limit. */
const MOST_POINTS = 11_000;

/** A moment in milliseconds since 1970: seconds since 1970, or RFC 3339. @throws CanaryError REQUEST_INVALID */
export function timeParameter(parameters: URLSearchParams, name: string, absent: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return absent;
  const seconds = RFC_3339.test(text) ? Date.parse(text) / 1000 : Number(text);
  if (Number.isFinite(seconds) && Math.abs(seconds) <= MOST_SECONDS) return Math.round(seconds * 1000);
  throw invalid(`${name}: '${text.slice(0, 80)}' is no time; write seconds since 1970, or 2026-01-01T00:00:00Z`);
}

/** Milliseconds: a duration such as `5m`, or a number of seconds. @throws CanaryError REQUEST_INVALID */
export function durationParameter(parameters: URLSearchParams, name: string, absent: number): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return absent;
  const millis = readDuration(text);
  if (millis !== undefined && millis > 0) return millis;
  throw invalid(`${name}: '${text.slice(0, 80)}' is no duration above 0; write one such as 5m, or seconds`);
}

/** At most so many entries; absent or 0: all. @throws CanaryError REQUEST_INVALID */
export function limitParameter(parameters: URLSearchParams): number {
  const text = parameters.get('limit') ?? '';
  if (text === '') return Number.POSITIVE_INFINITY;
  if (/^\d{1,9}$/.test(text)) return Number(text) || Number.POSITIVE_INFINITY;
  throw invalid(`limit: '${text.slice(0, 80)}' is no whole number from 0 on`);
}

export interface Steps {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The moments of a range query. @throws CanaryError REQUEST_INVALID */
export function stepsOf(parameters: URLSearchParams): Steps {
  for (const name of ['start', 'end', 'step']) {
    if (!parameters.get(name)) throw invalid(`${name}: is missing; a range query has start, end and step`);
  }
  const [start, end] = [timeParameter(parameters, 'start', 0), timeParameter(parameters, 'end', 0)];
  const step = durationParameter(parameters, 'step', 0);
  if (end < start) throw invalid('end: is before start');
  if ((end - start) / step > MOST_POINTS) {
    throw invalid(`step: gives more than ${MOST_POINTS} points a series; make it longer, or the time shorter`);
  }
  return { start, end, step };
}

function invalid(message: string): CanaryError {
  return new CanaryError('REQUEST_INVALID', `${message}.`);
}
