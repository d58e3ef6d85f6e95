import { parseAllDocuments } from 'yaml';
import { CommandError, EXIT } from '../command-error.ts';
import type { NotTaken } from './not-taken.ts';

/** One setting of a Spring configuration file. */
export interface Setting {
  /** as it is written, such as `kayenta.prometheus.accounts[0].endpoint.baseUrl` */
  readonly path: string;
  readonly value: string | number | boolean;
}

/** The settings of a file by {@link settingKey}, in the order of the file. */
export type Settings = ReadonlyMap<string, Setting>;

export interface SpringFile {
  readonly settings: Settings;
  /** documents that count only for a profile */
  readonly notRead: readonly NotTaken[];
}

/** Spring reads `baseUrl`, `base-url`, `base_url` and `BASEURL` as the same name. */
export function settingKey(path: string): string {
  return path.toLowerCase().replaceAll(/[-_]/g, '');
}

/**
 * Reads YAML as Spring does: `a.b: 1` is `a: { b: 1 }`, names may be written in several ways, and of several documents
 * the later ones win, a list as a whole. Documents for a profile are not read.
 *
 * @throws CommandError unreachable, without quoting the file: it holds secrets
 */
export function readSpringSettings(text: string, fileName: string): SpringFile {
  const settings = new Map<string, Setting>();
  const notRead: NotTaken[] = [];
  for (const [index, value] of documentsOf(text, fileName).entries()) {
    const document = new Map(settingsOf(value, '').map((setting) => [settingKey(setting.path), setting]));
    const profile = PROFILES.map((key) => document.get(key)).find((setting) => setting !== undefined);
    if (profile === undefined) merge(settings, document);
    else notRead.push(ofProfile(index, profile));
  }
  return { settings, notRead };
}

const PROFILES = ['spring.config.activate.onprofile', 'spring.profiles', 'spring.profiles[0]'];

function ofProfile(index: number, { value }: Setting): NotTaken {
  const why = `it counts only with the profile '${value}'; if you use it, save it as a file of its own, without that line`;
  return { path: `document ${index + 1}`, why, asks: true };
}

function documentsOf(text: string, fileName: string): unknown[] {
  const documents = parseAllDocuments(text, { merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
      throw new CommandError(EXIT.unreachable, `${fileName} is not YAML: line ${line}, column ${col}: ${error.code}`);
    }
    return toValue(() => document.toJS({ maxAliasCount: 100 }), fileName);
  });
}

function toValue(read: () => unknown, fileName: string): unknown {
  try {
    return read();
  } catch {
    throw new CommandError(EXIT.unreachable, `${fileName} is not YAML: an alias in it has no anchor, or too many`);
  }
}

function settingsOf(value: unknown, path: string): Setting[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => settingsOf(item, `${path}[${index}]`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, field]) => settingsOf(field, below(path, name)));
  }
  if (value === null || value === undefined || value === '') return [];
  return [{ path, value: typeof value === 'number' || typeof value === 'boolean' ? value : String(value) }];
}

/** A list may be written as a map: `accounts: { 0: … }`. */
function below(path: string, name: string): string {
  if (path === '') return name;
  return /^\d+$/.test(name) || /^\[\d+\]$/.test(name) ? `${path}[${name.replaceAll(/\D/g, '')}]` : `${path}.${name}`;
}

function merge(settings: Map<string, Setting>, later: Settings): void {
  const lists = new Set([...later.keys()].flatMap((key) => /^(.*?)\[/.exec(key)?.[1] ?? []));
  for (const key of settings.keys()) {
    if ([...lists].some((list) => key.startsWith(`${list}[`))) settings.delete(key);
  }
  for (const [key, setting] of later) settings.set(key, setting);
}
