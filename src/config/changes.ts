import { isDeepStrictEqual } from 'node:util';
import { type Auth, isOpen } from './auth.ts';
import type { Config } from './config.ts';

/** What of a configuration that was read again differs from the one in use. Names of settings, no values. */
export interface Changes {
  /** used from now on */
  readonly reloaded: readonly string[];
  /** used after the next start */
  readonly needRestart: readonly string[];
}

/** The settings that a running service takes; all others are read at its start. */
const RELOADED = ['accounts', 'auth', 'callbacks.secret', 'log.level', 'server.tls'] as const;

export function changesOf(before: Config, after: Config): Changes {
  const changed = differences(before, after, '').map((path) => RELOADED.find((one) => isWithin(path, one)) ?? path);
  const names = [...new Set(changed)].sort();
  const isReloaded = (name: string) => (RELOADED as readonly string[]).includes(name) && !isFixed(name, before, after);
  return { reloaded: names.filter(isReloaded), needRestart: names.filter((name) => !isReloaded(name)) };
}

/** The configuration in use, with what a running service takes of the next one. */
export function withReloaded(before: Config, after: Config, { reloaded }: Changes): Config {
  const of = (name: (typeof RELOADED)[number]) => (reloaded.includes(name) ? after : before);
  const { tls } = of('server.tls').server;
  const { secret } = of('callbacks.secret').callbacks;
  const { accounts, accountTexts } = of('accounts');
  return {
    ...before,
    ...{ accounts, accountTexts, auth: of('auth').auth, log: of('log.level').log },
    callbacks: { ...before.callbacks, secret },
    server: { ...before.server, tls },
  };
}

/** The accounts that are written as before: only what variables and files stand for may differ. */
export function renewedAccounts(before: Config, after: Config): ReadonlySet<string> {
  const names = Object.keys(after.accountTexts);
  return new Set(names.filter((name) => after.accountTexts[name] === before.accountTexts[name]));
}

/** Whether the pages, or how the port speaks, depend on the difference. */
function isFixed(name: string, before: Config, after: Config): boolean {
  if (name === 'server.tls') return (before.server.tls === undefined) !== (after.server.tls === undefined);
  if (name !== 'auth') return false;
  return isOpen(before.auth) !== isOpen(after.auth) || hasLogin(before.auth) !== hasLogin(after.auth);
}

function hasLogin({ oidc = [] }: Auth): boolean {
  return oidc.some(({ login }) => login !== undefined);
}

/** Paths of what differs; lists are compared as a whole. The texts of accounts are no settings. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (isDeepStrictEqual(before, after) || path === 'accountTexts') return [];
  if (!isMap(before) || !isMap(after)) return [path];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(path: string, setting: string): boolean {
  return path === setting || path.startsWith(`${setting}.`);
}
