import { type ErrorCode, messageOf } from '../../../src/errors.ts';

export interface SqlFailure {
  readonly code: ErrorCode;
  readonly remedy?: string;
}

/** An answer beyond a limit of ours: its statement is canceled, its connection dropped. */
export class TooMuch extends Error {
  readonly code = '54000';

  /** @param limit such as `64 MiB` */
  constructor(limit: string) {
    super(`the statement returns more than ${limit}, and was canceled`);
  }
}

const CHEAPER = "make the statement cheaper or raise the account's statementTimeoutMillis";

/**
 * By SQLSTATE, the longest beginning first.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const FAILURES: Readonly<Record<string, SqlFailure>> = {
  '08': { code: 'METRICS_STORE_UNAVAILABLE' },
  '25006': { code: 'METRICS_QUERY_REJECTED', remedy: 'statements run in a read-only transaction' },
  '28': { code: 'METRICS_ACCESS_DENIED', remedy: "check the account's username and password" },
  '3D000': { code: 'METRICS_QUERY_REJECTED', remedy: "check the account's database" },
  '40': { code: 'METRICS_STORE_UNAVAILABLE' },
  '42501': { code: 'METRICS_ACCESS_DENIED', remedy: 'grant the user SELECT on what the statement reads' },
  '53': { code: 'METRICS_STORE_UNAVAILABLE' },
  '53300': { code: 'METRICS_STORE_THROTTLED', remedy: "lower the account's maxConcurrent" },
  '54': { code: 'METRICS_LIMIT_EXCEEDED', remedy: 'group the rows by time in the statement' },
  '55P03': { code: 'METRICS_STORE_UNAVAILABLE' },
  '57014': { code: 'METRICS_STORE_TIMEOUT', remedy: CHEAPER },
  '57P': { code: 'METRICS_STORE_UNAVAILABLE' },
  '58': { code: 'METRICS_STORE_UNAVAILABLE' },
  XX: { code: 'METRICS_STORE_UNAVAILABLE' },
};

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Maps an error of PostgreSQL or its connection. */
export function readFailure(error: unknown): SqlFailure {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== 'string' || !SQLSTATE.test(code)) return connectionFailure(error);
  const beginnings = [code, code.slice(0, 3), code.slice(0, 2)];
  const known = beginnings.map((beginning) => FAILURES[beginning]).find((failure) => failure !== undefined);
  return known ?? { code: 'METRICS_QUERY_REJECTED' };
}

function connectionFailure(error: unknown): SqlFailure {
  if (/timeout expired|connection timeout|ETIMEDOUT/i.test(messageOf(error))) return { code: 'METRICS_STORE_TIMEOUT' };
  if (/does not support SSL/.test(messageOf(error))) {
    return { code: 'METRICS_STORE_UNAVAILABLE', remedy: "leave out the account's tls" };
  }
  return { code: 'METRICS_STORE_UNAVAILABLE' };
}
