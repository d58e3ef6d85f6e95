/** Every way Haldane fails: its HTTP status, and whether a retry may help. */
export const ERRORS = {
  CONFIGURATION_INVALID: { status: 500, retryable: false },
  REQUEST_INVALID: { status: 400, retryable: false },
  ACCOUNT_UNKNOWN: { status: 400, retryable: false },
  ACCOUNT_OF_STORE: { status: 400, retryable: false },
  CANARY_CONFIG_INVALID: { status: 400, retryable: false },
  CANARY_CONFIG_EXISTS: { status: 400, retryable: false },
  CANARY_CONFIG_MISSING: { status: 400, retryable: false },
  CANARY_CONFIG_NOT_FOUND: { status: 404, retryable: false },
  EXECUTION_NOT_FOUND: { status: 404, retryable: false },
  OBJECT_NOT_FOUND: { status: 404, retryable: false },
  ROUTE_NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  HOST_REFUSED: { status: 403, retryable: false },
  ORIGIN_REFUSED: { status: 403, retryable: false },
  ADMIN_REMOTE: { status: 403, retryable: false },
  AUTHENTICATION_REQUIRED: { status: 401, retryable: false },
  CREDENTIALS_REFUSED: { status: 401, retryable: false },
  PERMISSION_DENIED: { status: 403, retryable: false },
  ISSUER_UNAVAILABLE: { status: 503, retryable: true },
  RATE_LIMITED: { status: 429, retryable: true },
  STEP_REFUSED: { status: 409, retryable: false },
  TOKEN_EXISTS: { status: 409, retryable: false },
  REQUEST_TIMEOUT: { status: 408, retryable: true },
  REQUEST_TOO_LARGE: { status: 413, retryable: false },
  BODY_TOO_LARGE: { status: 413, retryable: false },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, retryable: false },
  HEADERS_TOO_LARGE: { status: 431, retryable: false },
  JUDGE_UNKNOWN: { status: 400, retryable: false },
  JUDGEMENT_FAILED: { status: 400, retryable: false },
  JUDGE_UNAVAILABLE: { status: 502, retryable: true },
  METRICS_QUERY_INVALID: { status: 400, retryable: false },
  METRICS_QUERY_REJECTED: { status: 400, retryable: false },
  METRICS_ACCESS_DENIED: { status: 502, retryable: false },
  METRICS_LIMIT_EXCEEDED: { status: 502, retryable: false },
  METRICS_ANSWER_INVALID: { status: 502, retryable: false },
  METRICS_STORE_THROTTLED: { status: 503, retryable: true },
  METRICS_STORE_TIMEOUT: { status: 504, retryable: true },
  METRICS_STORE_UNAVAILABLE: { status: 503, retryable: true },
  METRIC_SETS_UNPAIRABLE: { status: 400, retryable: false },
  EXECUTION_RUNNING: { status: 401, retryable: false },
  EXECUTION_KIND: { status: 400, retryable: false },
  OBJECT_EXISTS: { status: 400, retryable: false },
  OBJECT_UNREADABLE: { status: 410, retryable: false },
  OBJECT_MISSING: { status: 400, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 409, retryable: false },
  EXECUTION_ABANDONED: { status: 409, retryable: false },
  EXECUTION_CANCELED: { status: 409, retryable: false },
  LIMIT_REACHED: { status: 503, retryable: true },
  STORE_UNUSABLE: { status: 503, retryable: false },
  CLIENT_GONE: { status: 499, retryable: false },
  INTERNAL: { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptions {
  /** Further facts for programs, e.g. one entry per wrong field. */
  details?: readonly unknown[];
  /** The foreign error this one wraps. */
  cause?: unknown;
  /** How long the other side asked us to wait before a retry, in milliseconds. */
  retryAfterMillis?: number;
  /** The answer that was an error: its HTTP status, and the address without query string and credentials. */
  answered?: HttpAnswered;
}

export interface HttpAnswered {
  readonly status: number;
  readonly url: string;
}

/** The only error Haldane throws: `code` is for programs and never changes, `message` is for people. */
export class CanaryError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly unknown[] | undefined;
  readonly retryAfterMillis: number | undefined;
  readonly answered: HttpAnswered | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CanaryError';
    this.code = code;
    this.details = options.details;
    this.retryAfterMillis = options.retryAfterMillis;
    this.answered = options.answered;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
