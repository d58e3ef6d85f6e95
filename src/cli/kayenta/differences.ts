import { isDeepStrictEqual } from 'node:util';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { ArchivedRun } from './kayenta-objects.ts';

/** The fields that identify a run's content. Series are compared separately; account names and stages do not count. */
const RUN_FIELDS = [
  'application',
  'status',
  'canaryConfigId',
  'canaryExecutionRequest',
  'result',
  'exception',
  'buildTimeMillis',
] as const satisfies (keyof ArchivedRun)[];

/** Fields in which two configs differ. Times do not count, nor does `$\{` instead of `${`. */
export function configDifferences(one: CanaryConfig, other: CanaryConfig): string[] {
  return fieldDifferences(comparableConfig(one), comparableConfig(other));
}

/** Fields in which an archived run differs from Haldane's. Fields Kayenta did not record do not count. */
export function runDifferences(kayentas: ArchivedRun, ours: ArchivedRun): string[] {
  const known = RUN_FIELDS.filter((field) => kayentas[field] !== undefined || field === 'result');
  const pick = (run: ArchivedRun) => Object.fromEntries(known.map((field) => [field, run[field]]));
  const config = configDifferences(kayentas.config, ours.config).length > 0 ? ['config'] : [];
  return [...config, ...fieldDifferences(pick(kayentas), pick(ours))];
}

/** Absent lists and maps count as empty. */
function comparableConfig(config: CanaryConfig) {
  const { id: _, createdTimestamp, createdTimestampIso, updatedTimestamp, updatedTimestampIso, ...fields } = config;
  return {
    ...fields,
    applications: fields.applications ?? [],
    templates: fields.templates ?? {},
    metrics: (fields.metrics ?? []).map((metric) => ({
      ...metric,
      groups: metric.groups ?? [],
      analysisConfigurations: metric.analysisConfigurations ?? {},
    })),
  };
}

function fieldDifferences(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => !isDeepStrictEqual(wireForm(one[name]), wireForm(other[name])));
}

/** As on the wire, which has neither `-0` nor NaN. */
function wireForm(value: unknown): unknown {
  return JSON.parse(toWireJson(value).replaceAll('$\\\\{', '${'));
}
