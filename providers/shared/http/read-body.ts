import type { Readable } from 'node:stream';
import { readBytes } from '../../../src/waiting/bytes-in-flight.ts';
import type { Deadline } from '../../../src/waiting/deadline.ts';

/** Of any answer of any store, after decompression. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An answer of more than 64 MiB, after decompression. */
export class AnswerTooLarge extends Error {}

/**
 * The whole body as text, without a byte order mark. Waits for its turn while other answers fill the memory meant for
 * them; the deadline does not pass meanwhile.
 *
 * @throws AnswerTooLarge, or the error of the connection
 */
export async function readBody(body: Readable, deadline: Deadline): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_ANSWER_BYTES) throw new AnswerTooLarge('the answer is too large');
    chunks.push(bytes);
    const turn = readBytes(bytes.length, deadline.signal);
    if (turn !== undefined) await deadline.uncounted(turn);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
}
