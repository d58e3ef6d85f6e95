import { readFileSync } from 'node:fs';
import { z } from 'zod';

// Verdicts of Kayenta's own judge, made into the runs it would have archived.
const CASES = new URL('../../golden/kayenta-judge/cases.jsonl', import.meta.url);

const GoldenCase = z.looseObject({
  name: z.string(),
  canaryConfig: z.looseObject({ applications: z.array(z.string()) }),
  scoreThresholds: z.unknown(),
  metricSetPairs: z.array(z.looseObject({})),
  expected: z
    .looseObject({
      results: z.array(z.looseObject({ classification: z.string() })),
      score: z.looseObject({ score: z.number(), classification: z.string() }),
    })
    .optional(),
});
type GoldenCase = z.infer<typeof GoldenCase>;

/** A run as Kayenta archives it. */
export type GoldenRun = ReturnType<typeof toRun>;

/** The first `count` cases (of a family) that have a verdict, as runs by id, oldest first, with their series by id. */
export function goldenRuns(count = Number.POSITIVE_INFINITY, family = '') {
  const cases = readFileSync(CASES, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line.includes(`"family":"${family}`))
    .slice(0, count + 20)
    .map((line) => GoldenCase.parse(JSON.parse(line)))
    .flatMap(({ expected, ...golden }) => (expected === undefined ? [] : [{ ...golden, expected }]))
    .slice(0, count);
  const runs = Object.fromEntries(cases.map((golden, index) => [runIdOf(index), toRun(golden, index)]));
  const pairLists = Object.fromEntries(cases.map((golden, index) => [listIdOf(index), toPairs(golden)]));
  return { runs, pairLists };
}

/** Of the n-th run, counted from 0. */
export function runIdOf(index: number): string {
  return `01HGW${String(index).padStart(21, '0')}`;
}

export function listIdOf(index: number): string {
  return `8a5e2f00-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

const BUILD_TIME_MILLIS = 1_700_000_000_000;
const WINDOW = { location: 'us-east-1', start: '2023-11-14T21:00:00Z', end: '2023-11-14T22:00:00Z', step: 60 };

function toRun({ name, canaryConfig, scoreThresholds, expected }: Required<GoldenCase>, index: number) {
  const buildTimeMillis = BUILD_TIME_MILLIS + index * 60_000;
  return {
    application: canaryConfig.applications[0] ?? '',
    parentPipelineExecutionId: 'no-parent-pipeline-execution',
    pipelineId: runIdOf(index),
    stageStatus: {
      setupContext: 'succeeded',
      fetchControl0: 'succeeded',
      fetchExperiment0: 'succeeded',
      judge: 'succeeded',
    },
    complete: true,
    status: 'succeeded',
    result: { judgeResult: expected as NonNullable<GoldenCase['expected']>, canaryDuration: 'PT1H' },
    config: { ...canaryConfig, name: name.replaceAll(/[^A-Za-z0-9_-]/g, '-') },
    canaryConfigId: 'ad-hoc',
    canaryExecutionRequest: {
      scopes: {
        default: { controlScope: { scope: 'v1', ...WINDOW }, experimentScope: { scope: 'v2', ...WINDOW } },
      },
      thresholds: scoreThresholds,
    },
    metricSetPairListId: listIdOf(index),
    buildTimeMillis,
    buildTimeIso: new Date(buildTimeMillis).toISOString(),
    startTimeMillis: buildTimeMillis + 10,
    startTimeIso: new Date(buildTimeMillis + 10).toISOString(),
    endTimeMillis: buildTimeMillis + 9000,
    endTimeIso: new Date(buildTimeMillis + 9000).toISOString(),
    storageAccountName: 'kayenta-store',
    metricsAccountName: 'prometheus',
  };
}

function toPairs({ metricSetPairs }: Pick<GoldenCase, 'metricSetPairs'>) {
  const scope = { startTimeIso: WINDOW.start, startTimeMillis: Date.parse(WINDOW.start), stepMillis: 60_000 };
  return metricSetPairs.map((pair) => ({
    ...pair,
    scopes: { control: scope, experiment: scope },
    attributes: { control: { query: 'up{version="v1"}' }, experiment: { query: 'up{version="v2"}' } },
  }));
}
