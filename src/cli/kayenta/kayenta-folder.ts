import { type Dirent, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { dropNulls } from '../../domain/values/wire-json.ts';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import type { Found, KayentaSource } from './kayenta-source.ts';

/** Kayenta's folder for each kind of object, below the account's `rootFolder` (`kayenta` by default). */
const GROUPS = {
  config: 'canary_config',
  run: 'canary_archive',
  pairs: 'metric_pairs',
  standalone: 'standalone_canary_archive',
} as const;

/** How far below the named folder the `rootFolder` may be: the folder may be a copy of a whole bucket. */
const MAX_ROOT_DEPTH = 2;

/**
 * A copy of Kayenta's bucket or container (S3, GCS, Azure, OSS): `<rootFolder>/<group>/<id>/<any name>.json`. A
 * config's file is named after the config; two files under one id are left from a failed rename.
 *
 * @throws CommandError unreachable when the folder does not exist or contains no objects of Kayenta
 */
export function readKayentaFolder(folder: string): KayentaSource {
  const root = findRoot(folder);
  const groups = {
    config: indexGroup(root, GROUPS.config),
    run: indexGroup(root, GROUPS.run),
    pairs: indexGroup(root, GROUPS.pairs),
    standalone: indexGroup(root, GROUPS.standalone),
  };
  // Run ids sort by creation.
  const newestFirst = (group: Group) => [...group.keys()].sort().reverse();
  return {
    configIds: async () => [...groups.config.keys()].sort(),
    runIds: async () => newestFirst(groups.run),
    standaloneIds: async () => newestFirst(groups.standalone),
    config: (id) => readObject(groups.config, id),
    run: (id) => readObject(groups.run, id),
    pairs: (id) => readObject(groups.pairs, id),
  };
}

/** The files of each id. */
type Group = ReadonlyMap<string, readonly string[]>;

function findRoot(folder: string): string {
  const roots = rootsIn(folder, listFolder(folder), MAX_ROOT_DEPTH);
  const [root, ...others] = roots;
  if (root !== undefined && others.length === 0) return root;
  const found = root === undefined ? `none of ${Object.values(GROUPS).join(', ')}` : `several: ${roots.join(', ')}`;
  throw new CommandError(EXIT.unreachable, `'${folder}' is not a folder of Kayenta's objects: it has ${found}`);
}

function rootsIn(folder: string, entries: readonly Dirent[], depth: number): string[] {
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (Object.values(GROUPS).some((group) => names.includes(group))) return [folder];
  if (depth === 0) return [];
  return names.flatMap((name) => rootsIn(join(folder, name), listFolder(join(folder, name)), depth - 1));
}

function listFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const hint = isFile(error) ? '; it is a file: --config reads a kayenta.yml' : '';
    throw new CommandError(EXIT.unreachable, `'${folder}' cannot be read: ${messageOf(error)}${hint}`, error);
  }
}

function isFile(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
}

/** An id may contain slashes: it is everything between the group and the file. */
function indexGroup(root: string, group: string): Group {
  const folder = join(root, group);
  if (!listFolder(root).some(({ name }) => name === group)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name));
  return Map.groupBy(files, (file) => relative(folder, dirname(file)).split(sep).join('/'));
}

async function readObject(group: Group, id: string): Promise<Found> {
  const [file, ...others] = group.get(id) ?? [];
  if (file === undefined) return { kind: 'gone', reason: 'no file' };
  if (others.length > 0) return { kind: 'broken', reason: `${others.length + 1} files under one id` };
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return dropNulls(value) ? { kind: 'found', value } : { kind: 'broken', reason: 'nested too deep' };
  } catch (error) {
    return { kind: 'broken', reason: messageOf(error) };
  }
}
