import { existsSync, readFileSync } from 'node:fs';
import { text as readStream } from 'node:stream/consumers';
import { parse } from 'yaml';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';

/** Standard input as an argument. */
export const STDIN = '-';

/** Whether an argument names a file or standard input, and not something a service has stored. */
export function isFile(argument: string): boolean {
  return argument === STDIN || /[/\\]|\.(json|ya?ml)$/i.test(argument) || existsSync(argument);
}

/** The text of a file, or of standard input. @throws CommandError usage */
export async function readText(argument: string): Promise<string> {
  if (argument === STDIN) return readStream(process.stdin);
  try {
    return readFileSync(argument, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : messageOf(error);
    throw new CommandError(EXIT.usage, `${argument} cannot be read: ${why}`, error);
  }
}

/** An object in YAML or JSON. @throws CommandError usage, with file and line */
export async function readObject(argument: string): Promise<Record<string, unknown>> {
  const value = parseObject(await readText(argument), nameOf(argument));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CommandError(
    EXIT.usage,
    `${nameOf(argument)} holds no object; write YAML or JSON, such as {"name": "checkout"}`,
  );
}

/** How messages call it. */
export function nameOf(argument: string): string {
  return argument === STDIN ? 'standard input' : argument;
}

/** YAML or JSON. Aliases in YAML are few: a file of aliases to aliases could be large. @throws CommandError usage */
export function parseObject(text: string, name: string): unknown {
  const isJson = /^\s*[[{]/.test(text);
  try {
    return isJson ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const [first = ''] = messageOf(error).split('\n');
    throw new CommandError(EXIT.usage, `${name} is not ${isJson ? 'JSON' : 'YAML'}: ${first.replace(/:$/, '')}`, error);
  }
}
