import { z } from 'zod';
import type { RunPosition } from '../../domain/stores.ts';
import { EpochMillis } from '../../domain/values/instant.ts';
import { CanaryError } from '../../errors.ts';

const Position = z.tuple([EpochMillis, z.string()]);

/** The position of a list's next page, as clients receive it. */
export function writeCursor({ buildTime, id }: RunPosition): string {
  return Buffer.from(JSON.stringify([buildTime, id])).toString('base64url');
}

/** @throws CanaryError REQUEST_INVALID */
export function readCursor(cursor: string): RunPosition {
  const position = Position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (position.success) return { buildTime: position.data[0], id: position.data[1] };
  throw new CanaryError('REQUEST_INVALID', 'cursor: not a valid cursor; use the one of the previous page');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
