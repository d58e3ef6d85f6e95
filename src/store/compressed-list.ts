import { promisify } from 'node:util';
import { createGunzip, gzip, gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { toWireJson } from '../domain/values/wire-json.ts';
import { createTurns } from '../waiting/turns.ts';

const gzipApart = promisify(gzip);
/** Numbers: level 6 makes them 3 % smaller, in twice the time. */
const LEVEL = { level: 2 };

/** Elements are compressed together up to this size: many small ones compress better than each alone. */
const MEMBER_CHARS = 1024 * 1024;
/** As little is compressed in a millisecond: handing it to another thread costs as much. */
const SHORT_CHARS = 64 * 1024;
/** Only between elements: text in JSON has no bare newline. */
const SEPARATOR = ',\n';
const NEWLINE = 0x0a;

/**
 * A JSON array, gzipped, an element a line, so that it can be written and read element by element: a week of series is
 * more than one turn of the event loop should hold. Large ones are compressed by Node's threads.
 */
export async function compressList(list: readonly unknown[]): Promise<Uint8Array> {
  const turn = createTurns();
  const members: Uint8Array[] = [];
  let text = '[';
  for (const [index, element] of list.entries()) {
    text += (index === 0 ? '' : SEPARATOR) + toWireJson(element);
    await turn();
    if (text.length < MEMBER_CHARS) continue;
    members.push(await gzipApart(text, LEVEL));
    text = '';
  }
  // Several gzip members in a row are read as one (RFC 1952, section 2.2).
  const last = `${text}]`;
  members.push(last.length <= SHORT_CHARS ? gzipSync(last, LEVEL) : await gzipApart(last, LEVEL));
  return Buffer.concat(members);
}

/**
 * Reads what {@link compressList} wrote, and lists written in one line by earlier versions.
 *
 * @throws Error when it is not gzip or not JSON; ZodError when an element is not what the schema says
 */
export async function readCompressedList<T>(bytes: Uint8Array, element: z.ZodType<T>): Promise<T[]> {
  const turn = createTurns();
  const list: T[] = [];
  for await (const text of elementTexts(bytes)) {
    list.push(element.parse(JSON.parse(text)));
    await turn();
  }
  return list;
}

/** The elements of such a list, each as the JSON it was written as: the next is decompressed when it is asked for. */
export async function* elementTexts(bytes: Uint8Array): AsyncGenerator<string> {
  let isFirst = true;
  let last: string | undefined;
  for await (const line of linesOf(bytes)) {
    if (last !== undefined) {
      yield isFirst ? last.slice(1, -1) : last.slice(0, -1);
      isFirst = false;
    }
    last = line;
  }
  if (last === undefined) throw new Error('the list is empty');
  if (!isFirst) return yield last.slice(0, -1);
  for (const one of JSON.parse(last) as unknown[]) yield toWireJson(one);
}

async function* linesOf(bytes: Uint8Array): AsyncGenerator<string> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  gunzip.end(bytes);
  let begun: Uint8Array[] = [];
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString();
      begun = [];
      start = end + 1;
    }
    begun.push(chunk.subarray(start));
  }
  yield Buffer.concat(begun).toString();
}
