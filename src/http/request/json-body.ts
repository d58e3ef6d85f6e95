import { fieldPath } from '../../domain/values/field-path.ts';
import { dropNulls, MAX_DEPTH, overflowingNumber } from '../../domain/values/wire-json.ts';
import { CanaryError, messageOf } from '../../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON request body: UTF-8, at most {@link MAX_DEPTH} deep, `null` fields dropped, no field called
 * `__proto__`, no number beyond a double. An empty body counts as no body.
 *
 * @throws CanaryError REQUEST_INVALID
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (isTooDeep(body)) throw tooDeep();
  const text = decode(body);
  const value: unknown = parse(text);
  if (!dropNulls(value)) throw tooDeep();
  refusePrototype(text, value);
  const path = overflowingNumber(value);
  if (path === undefined) return value;
  throw new CanaryError(
    'REQUEST_INVALID',
    `${fieldPath(path) || 'body'}: a number beyond ±1.8e308, which no double can hold; write a smaller one, or ` +
      '"Infinity" as text in a series',
  );
}

/** A field of this name is a group, a scope or a variable that later code would lose without a word. */
function refusePrototype(text: string, value: unknown): void {
  if (!/__proto__|\\u005f/i.test(text)) return;
  const path = pathToPrototype(value);
  if (path === undefined) return;
  throw new CanaryError('REQUEST_INVALID', `${fieldPath(path)}: nothing can be called __proto__; choose another name`);
}

function pathToPrototype(value: unknown): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, field] of Object.entries(value)) {
    const below = key === '__proto__' ? [] : pathToPrototype(field);
    if (below !== undefined) return [Array.isArray(value) ? Number(key) : key, ...below];
  }
  return undefined;
}

function tooDeep(): CanaryError {
  return new CanaryError('REQUEST_INVALID', `body: nested deeper than ${MAX_DEPTH} levels; flatten it`);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPEN = { list: 0x5b, object: 0x7b };
const CLOSE = { list: 0x5d, object: 0x7d };

/** Before it is parsed: ten million opening brackets would keep the parser busy for seconds. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (byte === QUOTE) inText = !inText;
    else if (inText) index += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPEN.list || byte === OPEN.object) depth += 1;
    else if (byte === CLOSE.list || byte === CLOSE.object) depth -= 1;
    if (depth > MAX_DEPTH + 1) return true;
  }
  return false;
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
