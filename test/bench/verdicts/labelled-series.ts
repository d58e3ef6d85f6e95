import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Pair } from './simulated-families.ts';

/** A pair of series of which is known whether anything has changed. */
export interface LabelledPair extends Pair {
  /** 'AR.6 indep cv10% | shift +0.1 | n=60' */
  readonly family: string;
  readonly label: 'same' | 'worse-high' | 'worse-low';
}

/** The metrics of one canary in which nothing has changed, and which of them is to be made worse. */
export interface LabelledCanary {
  readonly points: number;
  readonly inject: number;
  readonly metrics: readonly Pair[];
}

interface Read {
  readonly control: readonly (number | null)[];
  readonly experiment: readonly (number | null)[];
}

/** The metrics in files whose name ends in `.jsonl.gz`, but for those of canaries. */
export function pairsOf(folder: string): readonly { readonly file: string; readonly pairs: readonly LabelledPair[] }[] {
  return filesOf(folder, false).map((file) => {
    const lines = readLines<Omit<LabelledPair, 'control' | 'experiment'> & Read>(folder, file);
    return { file, pairs: lines.map(({ family, label, ...arms }) => ({ family, label, ...present(arms) })) };
  });
}

/** The canaries in files whose name ends in `canaries.jsonl.gz`. */
export function canariesOf(
  folder: string,
): readonly { readonly file: string; readonly canaries: readonly LabelledCanary[] }[] {
  return filesOf(folder, true).map((file) => {
    const lines = readLines<{ points: number; inject: number; metrics: Read[] }>(folder, file);
    const canaries = lines.map(({ points, inject, metrics }) => ({ points, inject, metrics: metrics.map(present) }));
    return { file, canaries };
  });
}

function filesOf(folder: string, ofCanaries: boolean): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl.gz') && name.endsWith('canaries.jsonl.gz') === ofCanaries)
    .sort();
}

function present({ control, experiment }: Read): Pair {
  const values = (read: readonly (number | null)[]) => read.map((value) => value ?? Number.NaN);
  return { control: values(control), experiment: values(experiment) };
}

const known = new Map<string, unknown[]>();

function readLines<T>(folder: string, file: string): T[] {
  const path = join(folder, file);
  const lines = known.get(path) ?? linesOf(path);
  known.set(path, lines);
  return lines as T[];
}

function linesOf(path: string): unknown[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
