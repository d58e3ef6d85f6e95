import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { createTurns } from '../../waiting/turns.ts';

/** Elements are sent together up to this size. */
const CHUNK_CHARS = 64 * 1024;

/**
 * Answers a list of elements that are JSON already, as fast as the client reads: what it does not read is not read from
 * the store either. An element that fails after the first ends the connection, so the client sees no whole answer.
 */
export function sendJsonList(reply: FastifyReply, elements: AsyncIterable<string> | Iterable<string>): FastifyReply {
  const stream = Readable.from(jsonList(elements), { objectMode: false, highWaterMark: CHUNK_CHARS });
  return reply.type('application/json; charset=utf-8').send(stream);
}

async function* jsonList(elements: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  const turn = createTurns();
  let text = '[';
  let isFirst = true;
  for await (const element of elements) {
    text += (isFirst ? '' : ',') + element;
    isFirst = false;
    await turn();
    if (text.length < CHUNK_CHARS) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}
