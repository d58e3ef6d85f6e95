import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { type NoAnswer, readTextAnswer } from './json-answer.ts';

/** Writes what a Haldane answers into a new file that only its owner reads. @returns why there is no answer */
export async function download(url: string, file: string): Promise<NoAnswer | undefined> {
  const token = process.env.HALDANE_TOKEN?.trim();
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const answer = await fetch(url, { headers }).catch((error: { cause?: { code?: string } }) => {
    const why = error.cause?.code ?? messageOf(error.cause ?? error);
    throw new CommandError(EXIT.unreachable, `Haldane cannot be reached at ${new URL(url).origin}: ${why}`, error);
  });
  if (!answer.ok || answer.body === null) {
    return readTextAnswer({ status: answer.ok ? 502 : answer.status, text: await answer.text() }) as NoAnswer;
  }
  const body = Readable.fromWeb(answer.body as ReadableStream);
  await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600 })).catch((error) => {
    throw new CommandError(EXIT.noVerdict, `${file} cannot be written: ${messageOf(error)}`, error);
  });
  return undefined;
}
