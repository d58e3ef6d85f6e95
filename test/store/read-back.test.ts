import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CallbackAttempt } from '../../src/domain/callback.ts';
import { CanaryConfig } from '../../src/domain/canary-config.ts';
import { CanaryExecutionRequest } from '../../src/domain/canary-execution-request.ts';
import { JudgeComparison } from '../../src/domain/judge-comparison.ts';
import { MetricFetch } from '../../src/domain/metric-fetch.ts';
import { MetricSet } from '../../src/domain/metric-set.ts';
import { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { CanaryResult, ExecutionException, StageStatus } from '../../src/domain/run.ts';
import {
  AnalysisStage,
  CanaryAnalysisExecutionRequest,
  CanaryAnalysisExecutionResult,
} from '../../src/domain/standalone-analysis.ts';
import type { ObjectStore, Store } from '../../src/domain/stores.ts';
import { Double } from '../../src/domain/values/double.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { type JsonSchema, toJsonSchema } from '../../src/http/request/zod.ts';
import { openSqlite } from '../../src/store/sqlite-database.ts';
import { openStore } from '../../src/store/store.ts';
import { schemaArbitrary } from '../support/schema-arbitrary.ts';
import { run } from '../support/store-suite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Every number a judge can produce. */
const NUMBERS = ['NaN', 'Infinity', '-Infinity', 0, 5e-324, -1.7976931348623157e308, 0.1 + 0.2, 2 ** 53];

const INSTANT = { enum: ['2026-01-01T00:00:00Z', '2026-01-01T02:00:00.123456789+02:00', 1767225600] };

/** Shapes that JSON Schema cannot describe, so that nearly everything that is generated is valid. */
const SHAPES = {
  Double: { anyOf: [{ enum: NUMBERS }, { type: 'number' }] },
  FiniteDouble: { anyOf: [{ enum: ['2.5', -1e9, 5e-324] }, { type: 'number', minimum: -1e9, maximum: 1e9 }] },
  ScoreDouble: { anyOf: [{ enum: ['2.5', -1.7976931348623157e308] }, { type: 'number' }] },
  Instant: INSTANT,
  OptionalInstant: INSTANT,
};
const WHOLE = /^step$|Mins$|InMinutes$/;

function withWholeNumbers(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(withWholeNumbers);
  const fields = Object.entries(schema).map(([name, field]) => [
    name,
    WHOLE.test(name) ? { type: 'integer', minimum: 1, maximum: 1000 } : withWholeNumbers(field),
  ]);
  return Object.fromEntries(fields);
}

/** Values of a schema, as they are once a request has been read. */
function valuesOf<T>(schema: z.ZodType<T>): fc.Arbitrary<T> {
  const components: Record<string, JsonSchema> = {};
  const json = toJsonSchema(schema, components);
  // `list` takes the first level, the fields a second: two unlike numbers in one value are likely.
  const shapes = { ...components, ...SHAPES };
  return schemaArbitrary(withWholeNumbers(json) as never, { components: withWholeNumbers(shapes) as never })
    .map((value) => schema.safeParse(JSON.parse(JSON.stringify(value))))
    .filter(({ success }) => success)
    .map(({ data }) => data as T);
}

/** Null fields are omitted on the wire, and -0 is 0 there. */
const asWritten = (value: unknown): unknown => JSON.parse(toWireJson(value));

let store: Store;
beforeAll(async () => {
  store = await openStore(openSqlite(temporaryDirectory()), () => 0);
});
afterAll(() => store.close());

let ids = 0;
const newId = () => `id${ids++}`;
const readBack = async <T>(values: fc.Arbitrary<T>, keep: (value: T, id: string) => Promise<unknown>) => {
  const property = fc.asyncProperty(values, async (value) => {
    expect(asWritten(await keep(value, newId()))).toEqual(asWritten(value));
  });
  await fc.assert(property, { numRuns: 30 });
};

describe('what is written is read back', () => {
  it('as a config', async () => {
    await readBack(valuesOf(CanaryConfig.omit({ id: true, applications: true, use: true })), async (config, id) => {
      await store.canaryConfigs.create({ ...config, id });
      const { id: _id, ...read } = (await store.canaryConfigs.get(id)) ?? {};
      return read;
    });
  });

  it('as the request of a run', async () => {
    const request = z.object({ config: CanaryConfig, request: CanaryExecutionRequest });
    await readBack(valuesOf(request), async (value, id) => {
      await store.runs.create(run(id, value));
      const [line] = await store.runs.lines({ limit: 1, canaryConfigId: 'ad-hoc' });
      expect(line).toBeDefined();
      const read = await store.runs.get(id);
      return { config: read?.config, request: read?.request };
    });
  });

  it('as the end of a run', async () => {
    const end = z.object({
      result: CanaryResult,
      exception: ExecutionException,
      stageStatus: StageStatus,
      fetches: z.array(MetricFetch),
    });
    await readBack(valuesOf(end), async (value, id) => {
      await store.runs.create(run(id));
      await store.runs.update(id, { ...value, status: 'terminal', endTime: 2 });
      const read = await store.runs.get(id);
      const { result, exception, stageStatus, fetches } = read ?? {};
      return { result, exception, stageStatus, fetches };
    });
  });

  it('as an analysis', async () => {
    const analysis = z.object({
      config: CanaryConfig,
      request: CanaryAnalysisExecutionRequest,
      stages: z.array(AnalysisStage),
      result: CanaryAnalysisExecutionResult,
      exception: ExecutionException,
    });
    await readBack(valuesOf(analysis), async (value, id) => {
      const accounts = { storageAccountName: 's', metricsAccountName: 'm' };
      const start = { id, version: 0, application: 'a', user: 'u', ...accounts, buildTime: 1 };
      await store.analyses.create({ ...start, ...value, status: 'running' });
      await store.analyses.update({ ...start, ...value, status: 'succeeded', endTime: 2 });
      const { config, request, stages, result, exception } = (await store.analyses.get(id)) ?? {};
      return { config, request, stages, result, exception };
    });
  });

  it('as series, pairs of series and comparisons', async () => {
    const through =
      <T>(objects: ObjectStore<T>) =>
      async (value: T, id: string) => {
        await objects.put(id, value);
        return objects.get(id);
      };
    await readBack(valuesOf(z.array(MetricSet)), through(store.metricSetLists));
    await readBack(valuesOf(z.array(MetricSetPair)), through(store.metricSetPairLists));
    await readBack(valuesOf(JudgeComparison), through(store.judgeComparisons));
  });

  it('as the attempts of a callback', async () => {
    await readBack(valuesOf(z.array(CallbackAttempt)), async (attempts, id) => {
      const callback = { id, url: 'https://a.example', status: 'pending', attemptCount: 0, attempts: [] } as const;
      await store.runs.create(run(id, { callback }));
      await store.callbacks.record({ ...callback, attemptCount: 1, attempts });
      return (await store.callbacks.get(id))?.attempts;
    });
  });

  it('and numbers that are none really are among them', () => {
    const means = fc
      .sample(valuesOf(CanaryResult), { numRuns: 400, seed: 1 })
      .flatMap(({ judgeResult }) => judgeResult.results.map(({ experimentMetadata }) => experimentMetadata.stats.mean));
    expect(means.some(Number.isNaN)).toBe(true);
    expect(means).toContain(Number.POSITIVE_INFINITY);
    expect(Double.parse('NaN')).toBeNaN();
  });
});
