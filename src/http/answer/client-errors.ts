import type { Socket } from 'node:net';
import { CanaryError, type ErrorCode } from '../../errors.ts';
import { toErrorBody } from './errors.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

const PROBLEMS: Readonly<Record<string, [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'The URL and headers are larger than 16 KB together; send less.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMEOUT', 'The request did not arrive completely in time; send it faster.'],
};

/** A client still sending could miss the response if the connection were closed at once. */
const LINGER_MILLIS = 1000;

/** Responds to invalid, oversized or slow HTTP and closes the connection; no route has seen the request. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy();
  if (!socket.writable) return;
  const [code, message] = PROBLEMS[error.code ?? ''] ?? ['REQUEST_INVALID', `not HTTP/1.1: ${error.message}`];
  const body = toErrorBody(new CanaryError(code, message));
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${body.status} ${body.error}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(SAFE_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  setTimeout(() => socket.destroy(), LINGER_MILLIS).unref();
}
