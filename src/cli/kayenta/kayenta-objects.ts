import { z } from 'zod';
import { CanaryConfig } from '../../domain/canary-config.ts';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse, type ExecutionStatus } from '../../domain/run.ts';
import { toDuration } from '../../domain/values/duration.ts';
import { excerpt } from '../../domain/values/excerpt.ts';
import { instantMillis } from '../../domain/values/instant.ts';
import { type ExceptionReading, readKayentaException } from './kayenta-exception.ts';

/** The states of Kayenta's engine that Haldane does not have. */
const OTHER_STATUSES: Readonly<Record<string, ExecutionStatus>> = {
  buffered: 'not_started',
  failed_continue: 'terminal',
  paused: 'running',
  redirect: 'running',
  skipped: 'not_started',
  stopped: 'canceled',
  suspended: 'running',
};
const Status = z.string().transform((status) => OTHER_STATUSES[status] ?? status);

/** Since 2026 Kayenta writes `template` instead of `customInlineTemplate`. */
const Query = z.looseObject({}).transform(({ template, ...query }) => {
  return template === undefined || query.customInlineTemplate !== undefined
    ? query
    : { ...query, customInlineTemplate: template };
});
const Config = z.looseObject({ metrics: z.array(z.looseObject({ query: Query.optional() })).optional() });

/** Results from 2018 omit fields that were always false or 0 then. */
const Side = z
  .looseObject({
    stats: z.looseObject({}).transform((stats) => ({ count: 0, mean: 0, min: 0, max: 0, std: 0, ...stats })),
  })
  .default({ stats: { count: 0, mean: 0, min: 0, max: 0, std: 0 } });
const Score = z.looseObject({ classificationReason: z.string().default('') });
const JudgeResult = z.looseObject({
  results: z.array(
    z.looseObject({
      experimentMetadata: Side,
      controlMetadata: Side,
      critical: z.boolean().default(false),
      muted: z.boolean().default(false),
    }),
  ),
  groupScores: z.array(Score.extend({ classification: z.string().default('') })).default([]),
  score: Score,
});
/** Some versions of Kayenta write durations in seconds. */
const DurationText = z
  .union([z.string(), z.number().transform((seconds) => toDuration(seconds * 1000))])
  .optional()
  .catch(undefined);
const Result = z.looseObject({ judgeResult: JudgeResult, canaryDuration: DurationText });

/** `location` was called `region` in 2018. */
const Scope = z.looseObject({}).transform(({ region, ...scope }) => ({ location: region, ...scope }));
const Request = z.looseObject({
  scopes: z
    .record(z.string(), z.looseObject({ controlScope: Scope.optional(), experimentScope: Scope.optional() }))
    .optional(),
});

const Run = z
  .looseObject({ result: z.looseObject({}).optional() })
  .transform((run) => ({ ...partsOfResult(run.result), ...run }))
  .pipe(
    z.looseObject({
      status: Status.optional(),
      stageStatus: z.record(z.string(), Status).default({}),
      result: Result.optional(),
      config: Config.default({}),
      canaryExecutionRequest: Request.default({}),
    }),
  )
  .transform(({ configId, ...run }) => ({ application: 'ad-hoc', canaryConfigId: configId ?? 'ad-hoc', ...run }))
  .transform((run) => ({ ...run, status: run.status ?? (run.result === undefined ? 'terminal' : 'succeeded') }));

/** An archived run for import: old runs may lack these required fields. */
export const ArchivedRun = CanaryExecutionStatusResponse.partial().required({
  application: true,
  canaryConfigId: true,
  config: true,
  canaryExecutionRequest: true,
  status: true,
});
export type ArchivedRun = z.infer<typeof ArchivedRun>;

export type Read<T, More = unknown> =
  | ({ readonly ok: true; readonly value: T } & More)
  | { readonly ok: false; readonly reason: string };

/** Reads a stored config of any Kayenta since 2017. Its id is the one it was stored under. */
export function readKayentaConfig(id: string, value: unknown): Read<CanaryConfig> {
  const read = readAs(Config, value, CanaryConfig);
  return read.ok ? { ok: true, value: { ...read.value, id } } : read;
}

export type KayentaRun = ArchivedRun & { readonly pipelineId: string };

/**
 * Reads an archived run of any Kayenta since 2018. Its id is the one it was archived under.
 *
 * @returns also the parts that could not be read, a sentence each: the run is read without them
 */
export function readKayentaRun(id: string, value: unknown): Read<KayentaRun, { readonly unread: readonly string[] }> {
  const { exception: failure, ...parts } = isObject(value) ? value : { value };
  const read = readAs(Run, isObject(value) ? parts : value, ArchivedRun);
  if (!read.ok) return read;
  const { buildTimeMillis = timeOf(read.value), ...run } = read.value;
  const ended = endOf(run) ?? buildTimeMillis ?? 0;
  const { exception, unread } = failure === undefined ? NO_EXCEPTION : readKayentaException(failure, ended);
  return {
    ok: true,
    value: {
      ...run,
      ...(exception === undefined ? {} : { exception }),
      ...(buildTimeMillis === undefined ? {} : { buildTimeMillis }),
      pipelineId: id,
    },
    unread: [...unread, ...unreadDuration(parts)],
  };
}

const NO_EXCEPTION: ExceptionReading = { unread: [] };

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadDuration({ result }: Readonly<Record<string, unknown>>): string[] {
  const written = isObject(result) ? result.canaryDuration : undefined;
  if (DurationText.safeParse(written).data !== undefined || written === undefined) return [];
  return [`result.canaryDuration: ${excerpt(written)} is no duration`];
}

/** Reads the series of a run, in pairs. */
export function readKayentaPairs(value: unknown): Read<MetricSetPair[]> {
  return readAs(z.array(z.unknown()), value, z.array(MetricSetPair));
}

/** Results from 2018 contain fields that later belong to the run. */
function partsOfResult(result: Readonly<Record<string, unknown>> = {}) {
  const { config, canaryExecutionRequest, metricSetPairListId, application } = result;
  return Object.fromEntries(
    Object.entries({ config, canaryExecutionRequest, metricSetPairListId, application }).filter(
      ([, part]) => part !== undefined,
    ),
  );
}

function endOf({ endTimeMillis, endTimeIso }: ArchivedRun): number | undefined {
  const end = endTimeMillis ?? instantMillis(endTimeIso ?? '');
  return Number.isNaN(end) ? undefined : end;
}

function timeOf({ buildTimeIso, startTimeMillis, endTimeMillis }: ArchivedRun): number | undefined {
  return buildTimeIso === undefined ? (startTimeMillis ?? endTimeMillis) : instantMillis(buildTimeIso);
}

/** @param kayentas Kayenta's shape, which converts to ours. @param ours the schema of the result */
function readAs<T>(kayentas: z.ZodType, value: unknown, ours: z.ZodType<T>): Read<T> {
  const shaped = kayentas.safeParse(value);
  if (!shaped.success) return { ok: false, reason: describe(shaped.error) };
  const parsed = ours.safeParse(shaped.data);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: describe(parsed.error) };
}

function describe({ issues }: z.ZodError): string {
  const problems = issues.slice(0, 3).map(({ path, message }) => {
    const field = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    return field === '' ? message : `${field.replace(/^\./, '')}: ${message}`;
  });
  return problems.join('; ');
}
