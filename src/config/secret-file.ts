import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { CanaryError, messageOf } from '../errors.ts';

/** A secret is short; anything longer is another file. */
const LONGEST_BYTES = 65_536;

/**
 * The content of a file that a setting names, without the line end that editors and `echo` add.
 *
 * @param setting where it is named, for errors
 * @throws CanaryError CONFIGURATION_INVALID naming setting and file, never what is in it
 */
export function readSecretFile(file: string, setting: string): string {
  const fail = (why: string, cause?: unknown) =>
    new CanaryError('CONFIGURATION_INVALID', `${setting}: the file '${file}' ${why}`, { cause });
  if (!isAbsolute(file)) throw fail('must be named with its whole path, such as ${file:/run/secrets/password}');
  const text = read(file, fail).replace(/(\r?\n)+$/, '');
  if (text === '') throw fail('is empty; write the secret into it');
  return text;
}

function read(file: string, fail: (why: string, cause?: unknown) => CanaryError): string {
  try {
    if (statSync(file).size <= LONGEST_BYTES) return readFileSync(file, 'utf8');
  } catch (error) {
    throw fail(`cannot be read: ${messageOf(error)}; mount it, and let the user of this process read it`, error);
  }
  throw fail(`has more than ${LONGEST_BYTES} bytes, so it is no secret; name another one`);
}
