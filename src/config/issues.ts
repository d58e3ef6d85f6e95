import type { z } from 'zod';
import { knownKeysAt } from '../domain/unknown-keys.ts';
import { closestNames } from '../domain/values/closest-names.ts';

const SECRET = /password|token|secret|key|credential|authorization|headers|cookie/i;

/**
 * Describes what is wrong with the configuration file: path, value and remedy, one text per issue.
 *
 * An unknown key is told with what may be meant and what there is.
 */
export function describeConfigIssues(error: z.ZodError, { schema, written }: ConfigParts): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeysOf(issue, schema);
    return `${pathText(issue.path)}: ${issue.message}${shownValue(issue.path, written)}`;
  });
}

/** The configuration file, its schema and what it says. */
interface ConfigParts {
  readonly schema: z.ZodType;
  /** the settings as in the file, before variables are expanded */
  readonly written: unknown;
}

/** An issue about keys; that of an account brings its own list, since its schema depends on its type. */
type UnknownKeys = {
  readonly path: readonly PropertyKey[];
  readonly keys: readonly string[];
  readonly known?: unknown;
};

function unknownKeysOf({ path, keys, known }: UnknownKeys, schema: z.ZodType): string[] {
  const names = Array.isArray(known) ? known.map(String) : directKeys(schema, path);
  return keys.map((key) => {
    const name = pathText([...path, key]);
    if (path.length === 0 && key === 'kayenta') return `${name}: ${OF_KAYENTA}`;
    if (names.includes(key)) return `${name}: does not go with this type; leave it out, or choose another type`;
    const near = closestNames(key, names);
    const meant = near.length === 0 ? '' : ` did you mean ${near.map((one) => `'${one}'`).join(' or ')}?`;
    return `${name}: not known;${meant} known: ${names.join(', ')}`;
  });
}

/** The names an object may have at a path, without those within them. */
export function directKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  return knownKeysAt(schema, path).filter((name) => !name.includes('.'));
}

const OF_KAYENTA =
  'this is a configuration of Kayenta; `haldane import kayenta --config <this file> > haldane.yml` writes one for Haldane';

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'top level';
}

function shownValue(path: readonly PropertyKey[], written: unknown): string {
  if (path.length === 0 || path.some((part) => SECRET.test(String(part)))) return '';
  const value = path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], written);
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  return ` (it says ${JSON.stringify(withoutUserInfo(String(value))).slice(0, 120)})`;
}

/** A password may contain a / or @ that should have been written as %2F or %40. */
function withoutUserInfo(text: string): string {
  return text.replace(/\/\/\S*@/, '//***@').replace(/([?&]password=)[^&\s]*/i, '$1***');
}
