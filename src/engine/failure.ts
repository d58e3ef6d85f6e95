import type { ExecutionException } from '../domain/run.ts';
import { CanaryError, messageOf } from '../errors.ts';

/** An error with the operation that failed. */
export class OperationFailure extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'OperationFailure';
    this.operation = operation;
  }
}

/** Runs one operation of a run; its errors name the operation. */
export async function inOperation<T>(operation: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof OperationFailure ? error : new OperationFailure(operation, error);
  }
}

/** The failure of a run that reached its deadline. */
export function deadlineFailure(deadlineMillis: number): OperationFailure {
  return new OperationFailure(
    'setupCanary',
    new CanaryError(
      'METRICS_STORE_TIMEOUT',
      `The run took longer than ${deadlineMillis / 60_000} minutes; raise engine.runDeadlineMinutes or query less.`,
    ),
  );
}

/** The failure of work that is not taken up again, since its process ended each time. @param what "The run" */
export function abandonedFailure(
  what: string,
  lost: number,
  { attempts }: { readonly attempts: number },
): OperationFailure {
  return new OperationFailure(
    'setupCanary',
    new CanaryError(
      'EXECUTION_ABANDONED',
      `${what} was started ${lost} times and each time the process ended before it reported back: it was killed, or ran ` +
        'out of memory. Ask for less (fewer metrics, a shorter window, a longer step), give the process more memory, or ' +
        `raise engine.attempts (${attempts}).`,
    ),
  );
}

/** The cause of a failure, without its operation. */
export function causeOf(failure: unknown): unknown {
  return failure instanceof OperationFailure ? failure.cause : failure;
}

/** Whether the store failed, not the work. */
export function isStoreUnusable(failure: unknown): boolean {
  const cause = causeOf(failure);
  return cause instanceof CanaryError && cause.code === 'STORE_UNUSABLE';
}

/** A failure as stored and returned with the run. The message of a bug appears only in the log. */
export function toRunException(failure: unknown, timestamp: number): ExecutionException {
  const cause = causeOf(failure);
  const known = cause instanceof CanaryError;
  const message = known ? cause.message : 'Internal error; see the log of the service.';
  return {
    timestamp,
    exceptionType: known ? cause.code : 'INTERNAL',
    operation: failure instanceof OperationFailure ? failure.operation : 'setupCanary',
    details: {
      error: 'Unexpected Task Failure',
      errors: [message],
      stackTrace: `${known ? cause.code : 'INTERNAL'}: ${message}`,
      ...(known ? cause.answered : undefined),
    },
    shouldRetry: false,
  };
}
