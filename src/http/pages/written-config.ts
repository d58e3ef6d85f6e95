import { parse } from 'yaml';
import { CanaryError, messageOf } from '../../errors.ts';
import { parseJsonBody } from '../request/json-body.ts';

/** What somebody wrote as JSON or YAML. @throws CanaryError REQUEST_INVALID with the place */
export function readWritten(text: string): unknown {
  return isYaml(text) ? readYaml(text) : parseJsonBody(Buffer.from(text));
}

/** JSON of an object begins with a brace. */
function isYaml(text: string): boolean {
  return /^\s*(#|---|[A-Za-z_"'][\w"']*\s*:)/.test(text);
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new CanaryError('REQUEST_INVALID', `Not YAML: ${messageOf(error)}`);
  }
}
