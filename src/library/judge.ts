import { z } from 'zod';
import { createJudges } from '../../judges/index.ts';
import { CanaryConfig } from '../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../domain/canary-judge.ts';
import { MetricSetPair } from '../domain/metric-set-pair.ts';
import { unknownKeys } from '../domain/unknown-keys.ts';
import { excerpt } from '../domain/values/excerpt.ts';
import { fieldPath } from '../domain/values/field-path.ts';
import { dropNulls } from '../domain/values/wire-json.ts';
import { judgeSeries } from '../engine/judging/judge-series.ts';
import { InputError } from './input-error.ts';
import type { JudgeInput, JudgeOptions, JudgeResult } from './types.ts';

const Threshold = z.number().min(0).max(100);

const Input = z.strictObject({
  pairs: z
    .array(MetricSetPair, 'must be a list: a pair for each metric, with the series of both versions')
    .min(1, 'has no pair; give each metric one, with the series of both versions'),
  config: CanaryConfig.optional(),
  thresholds: z
    .strictObject({ pass: Threshold, marginal: Threshold })
    .refine(({ pass, marginal }) => pass >= marginal, { path: ['pass'], error: 'must not be below marginal' })
    .default({ pass: 95, marginal: 75 }),
});

/**
 * Judges the series of a canary beside those of its baseline. Reads no clock, no file and no network: the same input
 * gives the same verdict.
 *
 * @throws InputError when the input cannot be judged: its message names field, value and remedy
 */
export async function judge(input: JudgeInput, { signal }: JudgeOptions = {}): Promise<JudgeResult> {
  const { pairs, config = configFor(pairs), thresholds } = read(input);
  const judgement = { judges: createJudges({}), pairs, thresholds, config: named(config) };
  return judgeSeries(judgement, signal ?? new AbortController().signal).catch((failure: Error) => {
    signal?.throwIfAborted();
    throw new InputError(failure.message, { cause: failure.cause });
  });
}

function read(input: JudgeInput): z.output<typeof Input> {
  const copy = structuredClone(input) as unknown;
  if (!dropNulls(copy)) throw new InputError('the input is nested too deeply; no canary needs it');
  const { data, error } = Input.safeParse(copy);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) throw new InputError(`${fieldPath(issue.path) || 'input'}: ${problemOf(issue, copy)}`);
  const [unknown] = unknownKeys(Input, copy);
  if (unknown !== undefined) throw new InputError(`${unknown.path}: ${unknown.message}`);
  return data as z.output<typeof Input>;
}

function problemOf({ message, path }: z.core.$ZodIssue, input: unknown): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return value === undefined ? message : `${message} (got ${excerpt(value)})`;
}

/** Every metric counts alike. */
function configFor(pairs: readonly MetricSetPair[]): CanaryConfig {
  const names = [...new Set(pairs.map(({ name }) => name))];
  return {
    metrics: names.map((name) => ({ name, groups: ['metrics'], analysisConfigurations: { canary: {} } })),
    classifier: { groupWeights: { metrics: 100 } },
  };
}

/** Who names no judge gets Haldane's, as everything that starts here. */
function named(config: CanaryConfig): CanaryConfig {
  return { ...config, judge: { ...config.judge, name: config.judge?.name || HALDANE_JUDGE } };
}
