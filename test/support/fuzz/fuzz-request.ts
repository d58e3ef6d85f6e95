import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  /** path and query, already escaped, or broken on purpose */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

/** The path of a target as the router sees it: without a host, escapes resolved. */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/)[0] ?? '';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const LONGEST_COMMAND = 2000;
/** Survives the run, so that a reader of a failure can send the request again. */
const FILES = resolve('node_modules/.cache/fuzz');

/** A shell command that repeats the request to `$HALDANE`; long or binary bodies go to a file. */
export function toCurl(request: FuzzRequest): string {
  const command = commandOf(request);
  return command.length <= LONGEST_COMMAND ? command : `sh ${fileOf(`${command}\n`)}`;
}

function commandOf({ method, target, headers, body }: FuzzRequest): string {
  const parts = [
    `curl -sS -i --globoff --path-as-is -X ${quoted(method)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-binary ${bodyArgument(body)}`]),
    `"\${HALDANE:-http://127.0.0.1:8090}"${quoted(target)}`,
  ];
  return parts.join(' ');
}

function bodyArgument(body: Buffer): string {
  const text = body.toString('latin1');
  if (body.length <= LONGEST_COMMAND && /^[\x20-\x7e]*$/.test(text) && !text.startsWith('@')) return quoted(text);
  return quoted(`@${fileOf(body)}`);
}

function fileOf(content: Buffer | string): string {
  mkdirSync(FILES, { recursive: true });
  const file = join(FILES, createHash('sha256').update(content).digest('hex').slice(0, 16));
  writeFileSync(file, content);
  return file;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
