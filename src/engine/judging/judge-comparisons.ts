import type { CanaryJudge } from '../../domain/canary-judge.ts';
import type { CanaryJudgeResult } from '../../domain/canary-judge-result.ts';
import type { JudgeComparison } from '../../domain/judge-comparison.ts';
import type { ExecutionException } from '../../domain/run.ts';
import type { ObjectStore } from '../../domain/stores.ts';
import { CanaryError } from '../../errors.ts';
import { toRunException } from '../failure.ts';
import { checkMetricCount, checkSeriesSize, type SizeLimits } from '../size-limits.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { findJudge } from './find-judge.ts';
import { type Judgement, judgeSeries } from './judge-series.ts';

interface JudgeComparisonsOptions {
  readonly store: ObjectStore<JudgeComparison>;
  readonly judges: readonly CanaryJudge[];
  readonly earlierRuns: EarlierRuns;
  readonly limits: SizeLimits;
  readonly now: () => number;
  readonly newRunId: () => string;
}

/** Judges stored series with two judges. Both judge within the request, so a returned id has its result. */
export class JudgeComparisons {
  readonly #options: JudgeComparisonsOptions;

  constructor(options: JudgeComparisonsOptions) {
    this.#options = options;
  }

  /** @param names of the judges; absent: the config's. @returns the id of the comparison */
  async compare(
    series: Omit<Judgement, 'judges' | 'judge' | 'earlierRuns'>,
    names: readonly [string | undefined, string | undefined],
    signal: AbortSignal,
  ): Promise<string> {
    const { judges, earlierRuns, limits, store, newRunId } = this.#options;
    checkMetricCount(series.config, limits);
    checkSeriesSize(series.pairs, limits);
    for (const name of names) findJudge(judges, name ?? series.config.judge?.name);
    const [judge1, judge2] = [
      await this.#judge({ ...series, judges, earlierRuns, judge: names[0] }, signal),
      await this.#judge({ ...series, judges, earlierRuns, judge: names[1] }, signal),
    ];
    const id = newRunId();
    await store.put(id, toComparison(judge1, judge2));
    return id;
  }

  async has(id: string): Promise<boolean> {
    return (await this.#options.store.get(id)) !== undefined;
  }

  /** @throws CanaryError EXECUTION_NOT_FOUND */
  async get(id: string): Promise<JudgeComparison> {
    const comparison = await this.#options.store.get(id);
    if (comparison !== undefined) return comparison;
    throw new CanaryError('EXECUTION_NOT_FOUND', `No judge comparison '${id}'.`);
  }

  async #judge(judgement: Judgement, signal: AbortSignal): Promise<Outcome> {
    try {
      return { result: await judgeSeries(judgement, signal) };
    } catch (error) {
      return { exception: toRunException(error, this.#options.now()) };
    }
  }
}

interface Outcome {
  readonly result?: CanaryJudgeResult | undefined;
  readonly exception?: ExecutionException;
}

function toComparison(judge1: Outcome, judge2: Outcome): JudgeComparison {
  if (judge1.result === undefined || judge2.result === undefined) {
    return {
      exceptions: {
        ...(judge1.exception === undefined ? {} : { 'Perform Analysis with Judge 1': judge1.exception }),
        ...(judge2.exception === undefined ? {} : { 'Perform Analysis with Judge 2': judge2.exception }),
      },
    };
  }
  const differences = judge1.result.results.flatMap(({ name, id, classification }, index) => {
    const other = judge2.result?.results[index]?.classification;
    return classification === other ? [] : [{ name, id, judge1: classification, judge2: other }];
  });
  return { comparisonResult: { judge1Result: judge1.result, judge2Result: judge2.result, differences } };
}
