import { CanaryConfig } from '../../domain/canary-config.ts';
import type { HttpClient } from '../client/http-client.ts';
import { configDifferences } from './differences.ts';
import type { ImportOutcome } from './import-outcome.ts';
import { readKayentaConfig } from './kayenta-objects.ts';
import type { KayentaSource } from './kayenta-source.ts';

export interface ImportContext {
  readonly source: KayentaSource;
  /** the Haldane to import into */
  readonly target: HttpClient;
  /** whether Kayenta's object replaces a different one */
  readonly replace: boolean;
  /** whether to write nothing */
  readonly dryRun: boolean;
}

/** Imports one canary config, under its id. */
export async function importConfig(id: string, context: ImportContext): Promise<ImportOutcome> {
  const { source, target, replace } = context;
  const found = await source.config(id);
  const unnamed = { what: 'config', id, name: '' } as const;
  if (found.kind !== 'found') return { ...unnamed, outcome: 'broken', why: found.reason };
  const read = readKayentaConfig(id, found.value);
  if (!read.ok) return { ...unnamed, outcome: 'broken', why: read.reason };
  const config = read.value;
  const row = { ...unnamed, name: config.name ?? '' };
  const path = `/canaryConfig/${encodeURIComponent(id)}`;
  const there = await target.get(path);
  if (!there.ok) {
    if (there.status !== 404) return { ...row, outcome: 'refused', why: there.reason };
    return write(context, row, { method: 'POST', path: '/canaryConfig', config });
  }
  const existing = CanaryConfig.safeParse(there.body);
  if (!existing.success) return { ...row, outcome: 'refused', why: `GET ${path} does not answer a canary config` };
  const differences = configDifferences(config, existing.data);
  if (differences.length === 0) return { ...row, outcome: 'already there' };
  if (replace) return write(context, row, { method: 'PUT', path, config });
  return { ...row, outcome: 'differs', why: `in ${differences.join(', ')}; --replace takes Kayenta's` };
}

interface ConfigWrite {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly config: CanaryConfig;
}

async function write(
  { target, dryRun }: ImportContext,
  row: Pick<ImportOutcome, 'what' | 'id' | 'name'>,
  { method, path, config }: ConfigWrite,
): Promise<ImportOutcome> {
  const answer = dryRun ? undefined : await target.send(method, path, { body: config });
  if (answer?.ok === false) return { ...row, outcome: 'refused', why: answer.reason };
  return { ...row, outcome: method === 'POST' ? 'taken' : 'replaced' };
}
