import { dropNulls, MAX_DEPTH } from '../../domain/values/wire-json.ts';
import { CanaryError, messageOf } from '../../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON request body: UTF-8, at most {@link MAX_DEPTH} deep, `null` fields dropped, no prototype pollution. An
 * empty body counts as no body.
 *
 * @throws CanaryError REQUEST_INVALID
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const value: unknown = parse(decode(body));
  if (dropNulls(value)) return value;
  throw new CanaryError('REQUEST_INVALID', `body: nested deeper than ${MAX_DEPTH} levels; flatten it`);
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new CanaryError('REQUEST_INVALID', 'body: not UTF-8; send JSON encoded in UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CanaryError('REQUEST_INVALID', `body: not JSON: ${messageOf(error)}`, { cause: error });
  }
}
