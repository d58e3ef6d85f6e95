import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { readBytes } from '../../../src/waiting/bytes-in-flight.ts';
import { MAX_ANSWER_BYTES } from '../../shared/http/read-body.ts';

/** The connection's own stream: the driver tells of rows only, and of a row when all of it is there. */
function streamOf(client: pg.Client): Duplex {
  return (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream;
}

/**
 * Counts what a connection receives from now on. Waits for its turn while other answers fill the memory meant for them.
 *
 * @param signal the query's own
 * @param tooMany is called once, after more than 64 MiB; nothing is read any more
 */
export function limitBytes(client: pg.Client, signal: AbortSignal, tooMany: () => void): void {
  const stream = streamOf(client);
  let size = 0;
  const count = (chunk: Buffer) => {
    if (size > MAX_ANSWER_BYTES) return;
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      stream.pause();
      tooMany();
      return;
    }
    const turn = readBytes(chunk.length, signal);
    if (turn === undefined) return;
    stream.pause();
    turn.then(
      () => stream.resume(),
      () => {},
    );
  };
  stream.on('data', count);
}
