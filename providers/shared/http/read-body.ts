import type { Readable } from 'node:stream';
import { readBytes } from '../../../src/waiting/bytes-in-flight.ts';
import type { Deadline } from '../../../src/waiting/deadline.ts';

/** Of any answer of any store, after decompression. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An answer of more than 64 MiB, after decompression. */
export class AnswerTooLarge extends Error {}

const utf8 = new TextDecoder();

/**
 * The whole body as text, without a byte order mark. Waits for its turn while other answers fill the memory meant for
 * them; the deadline does not pass meanwhile. Listens to the stream's events: iterating costs ten times as much, which
 * is felt by answers of a few kilobytes.
 *
 * @param signal the query's own
 * @throws AnswerTooLarge, or the error of the connection
 */
export function readBody(body: Readable, deadline: Deadline, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    body.on('data', (bytes: Buffer) => {
      size += bytes.length;
      if (size > MAX_ANSWER_BYTES) return void body.destroy(new AnswerTooLarge('the answer is too large'));
      chunks.push(bytes);
      const turn = readBytes(bytes.length, signal);
      if (turn === undefined) return;
      body.pause();
      deadline.uncounted(turn).then(
        () => body.resume(),
        (error) => body.destroy(error),
      );
    });
    body.once('end', () => resolve(utf8.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size))));
    body.once('error', reject);
    body.once('close', () => {
      if (!body.readableEnded) reject(new Error('the connection was closed before the end of the answer'));
    });
  });
}
