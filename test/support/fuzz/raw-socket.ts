import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Answer } from './fuzz-client.ts';
import type { FuzzRequest } from './fuzz-request.ts';

export interface RawSocket {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): Buffer;
  /** Resolves when the other side has closed the connection. @throws Error after `millis` otherwise */
  closed(millis: number): Promise<void>;
  /** Resolves when this many complete answers have arrived. @throws Error after `millis` otherwise */
  answers(count: number, millis: number): Promise<Answer[]>;
}

const LOOK_MILLIS = 5;

/** A raw connection, to send what no HTTP client would. */
export async function openRawSocket(port: number): Promise<RawSocket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let ended = false;
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => {
    ended = true;
  });
  socket.on('close', () => {
    ended = true;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const received = () => Buffer.concat(chunks);
  return {
    socket,
    received,
    closed: (millis) =>
      until(
        () => ended,
        millis,
        () => `the connection is still open: ${received().subarray(0, 300)}`,
      ),
    async answers(count, millis) {
      await until(
        () => readAnswers(received()).length >= count || ended,
        millis,
        () => `${readAnswers(received()).length} of ${count} answers`,
      );
      return readAnswers(received());
    },
  };
}

async function until(condition: () => boolean, millis: number, complaint: () => string): Promise<void> {
  const latest = performance.now() + millis;
  while (!condition()) {
    if (performance.now() > latest) throw new Error(`after ${millis} ms: ${complaint()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
  }
}

/** The bytes of a request. */
export function toBytes({ method, target, headers, body = Buffer.alloc(0) }: FuzzRequest): Buffer {
  const all = { host: 'localhost', 'content-length': String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]);
}

/** The complete answers received so far, without informational ones (1xx). */
export function readAnswers(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`no status line: ${first}`);
    const headers = Object.fromEntries(lines.map((line) => [nameOf(line), line.slice(line.indexOf(':') + 1).trim()]));
    const { body, length } = readBody(rest.subarray(end + 4), headers);
    if (body === undefined) return answers;
    if (status >= 200) answers.push({ status, headers, body });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}

/** @returns the body, undefined while incomplete, and its length in bytes */
function readBody(bytes: Buffer, headers: Readonly<Record<string, string>>): { body?: Buffer; length: number } {
  if (headers['transfer-encoding'] === 'chunked') {
    // Only the empty reason: Node's own errors have it.
    const last = '0\r\n\r\n';
    return bytes.toString('latin1').startsWith(last) ? { body: Buffer.alloc(0), length: last.length } : { length: 0 };
  }
  const length = Number(headers['content-length'] ?? 0);
  return bytes.length < length ? { length } : { body: bytes.subarray(0, length), length };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}
