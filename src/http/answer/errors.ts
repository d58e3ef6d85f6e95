import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toInstant } from '../../domain/values/instant.ts';
import { causeOf } from '../../engine/failure.ts';
import { CanaryError, type ErrorCode } from '../../errors.ts';
import { wallClock } from '../../waiting/clocks.ts';

/** The shape of every error response. */
export const ErrorResponse = z
  .object({
    message: z.string().describe('field, value and remedy, for people'),
    // Not `code`: typed clients have a number there, and lose the whole body over a text.
    errorCode: z.string().describe('for programs; never changes'),
    status: z.number().int(),
    error: z.string(),
    timestamp: z.string(),
    details: z.array(z.unknown()).optional(),
  })
  .meta({ id: 'Error' });

/** Fastify's own errors, in our words. */
const FRAMEWORK_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
};

const FRAMEWORK_MESSAGES: Partial<Record<ErrorCode, string>> = {
  BODY_TOO_LARGE: 'The request body is larger than 10 MB; send less.',
  MEDIA_TYPE_UNSUPPORTED: 'This route reads JSON; send it with the header Content-Type: application/json.',
};

/** Responds with an error. Anything that is not a {@link CanaryError} is a bug: 500, details only in the log. */
export function handleError(error: FastifyError | CanaryError | Error, request: FastifyRequest, reply: FastifyReply) {
  const known = toCanaryError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error }, 'request failed: internal error');
  if (known.retryAfterMillis !== undefined) reply.header('retry-after', Math.ceil(known.retryAfterMillis / 1000));
  return reply.code(known.status).send(toErrorBody(known));
}

/** Many messages quote the request, which may be megabytes. */
const LONGEST_MESSAGE = 2000;

/** An error as the API returns it. */
export function toErrorBody({ message, code, status, details }: CanaryError): z.infer<typeof ErrorResponse> {
  const error = STATUS_CODES[status] ?? '';
  const text = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  return {
    message: text,
    errorCode: code,
    status,
    error,
    timestamp: toInstant(wallClock()),
    ...(details && { details: [...details] }),
  };
}

/** Converts any thrown value to our error. */
export function toCanaryError(failure: FastifyError | CanaryError | Error): CanaryError {
  const cause = causeOf(failure);
  const error = cause instanceof Error ? cause : failure;
  if (error instanceof CanaryError) return error;
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>;
  const ours = FRAMEWORK_CODES[code];
  if (ours !== undefined) return new CanaryError(ours, FRAMEWORK_MESSAGES[ours] ?? error.message);
  if (statusCode >= 400 && statusCode < 500) return new CanaryError('REQUEST_INVALID', error.message);
  return new CanaryError('INTERNAL', 'Internal error; see the log of the service.');
}
