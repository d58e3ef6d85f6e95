import { isMap, isScalar, isSeq, type Node, parse, parseDocument } from 'yaml';
import { CanaryError } from '../errors.ts';
import { readSecretFile } from './secret-file.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigText {
  /** The settings with variables expanded. */
  readonly value: Record<string, unknown>;
  /** The settings as in the file, which errors may show: secrets are in variables and files. */
  readonly written: unknown;
}

const VARIABLE = /\$\{(?:file:([^}]*)|([A-Za-z_][A-Za-z0-9_]*)(?::-?([^}]*))?)\}/g;
const FILE = '${file:';

/** Stands for the N-th variable while the text is YAML, where braces would mean something. */
const PLACEHOLDER = /__HALDANE_VARIABLE_(\d+)__/g;

/**
 * Reads YAML in which `${NAME}` and `${NAME:default}` stand for environment variables, and `${file:/path}` for what is
 * in a file. A variable in an unquoted value may become a number or a boolean; in quotes it stays text, and so does what
 * comes from a file: a password may be all digits.
 *
 * @throws CanaryError CONFIGURATION_INVALID for wrong YAML (with its line), missing variables and unreadable files
 */
export function parseConfigText(text: string, environment: Environment): ConfigText {
  const variables: string[] = [];
  const yaml = text.replaceAll(VARIABLE, (variable) => `__HALDANE_VARIABLE_${variables.push(variable) - 1}__`);
  const asWritten = (scalar: string) => scalar.replaceAll(PLACEHOLDER, (_, index) => variables[Number(index)] ?? '');
  const document = parseDocument(yaml);
  const [error] = document.errors;
  if (error !== undefined) {
    throw new CanaryError('CONFIGURATION_INVALID', `not YAML: ${asWritten(error.message.split('\n')[0] ?? '')}`);
  }
  const written =
    walk(document.contents, '', ({ value }) => (typeof value === 'string' ? asWritten(value) : value)) ?? {};
  if (typeof written !== 'object' || Array.isArray(written)) {
    throw new CanaryError(
      'CONFIGURATION_INVALID',
      'the file must be a map of settings, such as `server: { port: 8090 }`',
    );
  }
  const value = walk(document.contents, '', ({ value, type }, path) => {
    if (typeof value !== 'string') return value;
    const template = asWritten(value);
    const filled = substitute(template, environment, path);
    const mayBeNumber = type === 'PLAIN' && filled !== template && !template.includes(FILE);
    return mayBeNumber ? plainScalar(filled) : filled;
  });
  return { value: (value ?? {}) as Record<string, unknown>, written };
}

type ReadScalar = (scalar: { value: unknown; type?: string | undefined }, path: string) => unknown;

function walk(node: Node | null, path: string, read: ReadScalar): unknown {
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = String(isScalar(key) ? key.value : key);
        return [name, walk(value as Node | null, path === '' ? name : `${path}.${name}`, read)];
      }),
    );
  }
  if (isSeq(node)) return node.items.map((item, index) => walk(item as Node, `${path}[${index}]`, read));
  return isScalar(node) ? (read(node, path) ?? undefined) : undefined;
}

function substitute(text: string, environment: Environment, path: string): string {
  return text.replaceAll(VARIABLE, (_, file: string | undefined, name: string, fallback: string | undefined) => {
    if (file !== undefined) return readSecretFile(file, path);
    const value = environment[name] ?? fallback;
    if (value !== undefined) return value;
    throw new CanaryError(
      'CONFIGURATION_INVALID',
      `${path}: the environment variable ${name} is not set; set it, or write \${${name}:default}`,
    );
  });
}

function plainScalar(text: string): unknown {
  return /^(-?\d+(\.\d+)?|true|false)$/.test(text) ? parse(text) : text;
}
