import { z } from 'zod';
import type { CanaryConfig } from './canary-config.ts';

/** One field that differs between two configs. */
export const ConfigChange = z
  .object({
    path: z.string().describe('such as `metrics[latency].query.expr`; metrics are named, not counted'),
    before: z.unknown().optional().describe('absent: the field was not there'),
    after: z.unknown().optional().describe('absent: the field is not there any more'),
  })
  .meta({ id: 'CanaryConfigChange' });
export type ConfigChange = z.infer<typeof ConfigChange>;

/** Every store and version has its own. */
const OWN = new Set(['id', 'updatedTimestamp', 'updatedTimestampIso', 'createdTimestamp', 'createdTimestampIso']);

/** What differs, field by field: metrics are compared with those of the same name, lists as a whole. */
export function configChanges(before: CanaryConfig, after: CanaryConfig): ConfigChange[] {
  const [{ metrics: old = [], ...former }, { metrics: fresh = [], ...latter }] = [before, after];
  const own = (config: object) => Object.fromEntries(Object.entries(config).filter(([name]) => !OWN.has(name)));
  return [...changes(own(former), own(latter), ''), ...changes(byName(old), byName(fresh), 'metrics')];
}

/** By `[name]`; further ones of a name are `[name 2]`. */
function byName(metrics: NonNullable<CanaryConfig['metrics']>): Readonly<Record<string, unknown>> {
  const counts = new Map<string, number>();
  const named = metrics.map((metric) => {
    const { name = '' } = metric;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [count === 1 ? `[${name}]` : `[${name} ${count}]`, metric] as const;
  });
  return Object.fromEntries(named);
}

function changes(before: unknown, after: unknown, path: string): ConfigChange[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changes(fieldOf(before, name), fieldOf(after, name), joined(path, name)));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function joined(path: string, name: string): string {
  if (path === '' || name.startsWith('[')) return path + name;
  return `${path}.${name}`;
}

function fieldOf(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
