import { z } from 'zod';
import { CanaryConfig, CanaryJudgeConfig, CanaryMetricConfig, CanaryMetricQuery } from '../../domain/canary-config.ts';
import type { CanaryJudge } from '../../domain/canary-judge.ts';
import { QUERY_COMPANIONS } from '../../domain/companion-series.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { type UnknownKey, unknownKeys } from '../../domain/unknown-keys.ts';
import { CanaryError } from '../../errors.ts';
import { findJudge } from '../judging/find-judge.ts';
import type { RunningParts } from './running-problems.ts';

/** What an editor leaves behind, and what Kayenta writes itself: read by nobody, and nobody's mistake. */
const LEFT_BEHIND = {
  config: z.object({ isNew: z.unknown(), isDisabled: z.unknown() }),
  metric: z.object({ id: z.unknown() }),
  query: z.object({ serviceType: z.unknown(), queryType: z.unknown() }),
};
const ANYTHING = z.unknown();
/** In longer lists the same is told of the first only; the time must not grow with what a client sends. */
const MOST_METRICS = 1000;

/**
 * The fields of a config that nobody reads: its own, those of each query by its provider, those of the judge's
 * settings. They prevent nothing, as in Kayenta.
 *
 * @param written as it was sent, valid or not
 */
export function unknownConfigKeys(written: unknown, parts: RunningParts): ConfigProblem[] {
  const judge = judgeOf(written, parts.judges);
  const common = settingKeys(judge?.Settings, fieldAt(written, 'judge'), ['judge', 'judgeConfigurations']);
  const metrics = listAt(written, 'metrics')
    .slice(0, MOST_METRICS)
    .flatMap((metric, index) => {
      const path = ['metrics', index];
      const settings = fieldAt(metric, 'analysisConfigurations');
      const ofJudge = settingKeys(judge?.MetricSettings, settings, [...path, 'analysisConfigurations', 'canary']);
      return [...unknownKeys(metricSchema(metric, parts, judge), metric, { path }), ...ofJudge];
    });
  const own = unknownKeys(configSchema(judge), written);
  return [...own, ...common, ...metrics].map(({ path, message }) => problemOf('field-unknown', path, message));
}

/** The fields of a metric's query that its provider does not know. */
export function unknownQueryKeys(query: { readonly type: string }, providers: RunningParts['providers']): UnknownKey[] {
  return unknownKeys(querySchema(query, providers), query, { path: ['query'] });
}

/** Settings are loose objects, since Kayenta ignores what it does not know in them. */
function settingKeys(schema: z.ZodType | undefined, parent: unknown, path: readonly PropertyKey[]): UnknownKey[] {
  return schema === undefined ? [] : unknownKeys(schema, fieldAt(parent, String(path.at(-1))), { path, loose: true });
}

/** Schemas by what they are made of: making one costs more than looking through a metric. */
type Made = WeakMap<z.ZodType, z.ZodType>;
const configSchemas: Made = new WeakMap();
const querySchemas: Made = new WeakMap();
const metricSchemas = new WeakMap<z.ZodType, Made>();

function madeOnce<T extends object>(known: WeakMap<z.ZodType, T>, from: z.ZodType, make: () => T): T {
  const made = known.get(from) ?? make();
  known.set(from, made);
  return made;
}

function configSchema(judge: CanaryJudge | undefined): z.ZodType {
  const Settings = judge?.Settings ?? ANYTHING;
  return madeOnce(configSchemas, Settings, () =>
    z.object({
      ...CanaryConfig.shape,
      ...LEFT_BEHIND.config.shape,
      judge: z.object({ ...CanaryJudgeConfig.shape, judgeConfigurations: Settings }),
      metrics: ANYTHING,
    }),
  );
}

function metricSchema(metric: unknown, { providers }: RunningParts, judge: CanaryJudge | undefined): z.ZodType {
  const Query = querySchema(fieldAt(metric, 'query'), providers);
  const Settings = judge?.MetricSettings ?? ANYTHING;
  const ofJudge = madeOnce(metricSchemas, Settings, (): Made => new WeakMap());
  return madeOnce(ofJudge, Query, () =>
    z.object({
      ...CanaryMetricConfig.shape,
      ...LEFT_BEHIND.metric.shape,
      query: Query,
      analysisConfigurations: z.object({ canary: Settings }),
    }),
  );
}

/** Of a provider that is not here nothing is known. */
function querySchema(query: unknown, providers: RunningParts['providers']): z.ZodType {
  const provider = providers.find(({ type }) => type === fieldAt(query, 'type'));
  if (provider === undefined) return ANYTHING;
  return madeOnce(querySchemas, provider.Query, () => {
    const { type, accountName } = (CanaryMetricQuery.in as z.ZodObject).shape;
    const ofAll = { type, accountName, ...LEFT_BEHIND.query.shape } as z.ZodRawShape;
    const companion = z.intersection(provider.Query, z.object(ofAll));
    const companions = Object.fromEntries(QUERY_COMPANIONS.map((name) => [name, companion]));
    return z.intersection(provider.Query, z.object({ ...ofAll, ...companions }));
  });
}

/** The judge whose settings are known; undefined when there is none. */
function judgeOf(written: unknown, judges: readonly CanaryJudge[]): CanaryJudge | undefined {
  const name = fieldAt(fieldAt(written, 'judge'), 'name');
  try {
    const judge = findJudge(judges, typeof name === 'string' ? name : undefined);
    return judge.passesSettingsOn ? undefined : judge;
  } catch (error) {
    if (error instanceof CanaryError) return undefined;
    throw error;
  }
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = fieldAt(value, key);
  return Array.isArray(list) ? list : [];
}

function fieldAt(value: unknown, key: string): unknown {
  const isHere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return isHere ? (value as Record<string, unknown>)[key] : undefined;
}
