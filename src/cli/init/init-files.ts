import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { messageOf } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';
import type { PrometheusAccess } from './prometheus-source.ts';

export interface InitFile {
  readonly path: string;
  readonly text: string;
}

/** The configuration of a service with this Prometheus. Secrets stay variables. */
export function haldaneYml(dir: string, { url, username, token }: PrometheusAccess): InitFile {
  const account = {
    name: 'prom',
    type: 'prometheus',
    endpoint: { baseUrl: url },
    ...(token === undefined ? {} : { bearerToken: '${PROMETHEUS_TOKEN}' }),
    ...(username === undefined ? {} : { username, password: '${PROMETHEUS_PASSWORD}' }),
  };
  const head = '# Written by haldane init. Every setting and its default: haldane.example.yml\n';
  return { path: join(dir, 'haldane.yml'), text: head + stringify({ accounts: [account] }) };
}

/** A config that uses packs. */
export function configYml(dir: string, config: CanaryConfig): InitFile {
  const head = '# Written by haldane init. haldane templates <pack> shows what a pack measures.\n';
  return { path: join(dir, `${config.name}.yml`), text: head + stringify(config) };
}

/** @throws CommandError usage when one is there and may not be written over */
export function refuseExisting(files: readonly InitFile[], force: boolean): void {
  const [there] = files.filter(({ path }) => existsSync(path));
  if (there === undefined || force) return;
  const remedy = '--force writes over it, --dir names another folder';
  throw new CommandError(EXIT.usage, `${there.path} is there already; ${remedy}`);
}

/** @throws CommandError usage when one cannot be written */
export function writeFiles(dir: string, files: readonly InitFile[]): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (const { path, text } of files) writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${dir} cannot be written: ${messageOf(error)}`, error);
  }
}
