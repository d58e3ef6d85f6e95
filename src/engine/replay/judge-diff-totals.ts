import { JUDGED_VERDICTS, type JudgeDiffTotals, type RunUnderJudges } from '../../domain/judge-diff.ts';

/** Counts of runs under two judges. */
export function diffTotals(runs: readonly RunUnderJudges[]): JudgeDiffTotals {
  const judged = runs.filter(({ notJudged }) => notJudged === undefined);
  return {
    runs: runs.length,
    changed: judged.filter(({ changed }) => changed).length,
    notJudged: runs.length - judged.length,
    verdicts: JUDGED_VERDICTS.flatMap((left) =>
      JUDGED_VERDICTS.flatMap((right) => {
        const count = judged.filter((run) => run.left?.verdict === left && run.right?.verdict === right).length;
        return count === 0 ? [] : [{ left, right, runs: count }];
      }),
    ),
    configs: configsOf(judged),
  };
}

/** By the name that people know; of configs that were never stored, too. */
function configsOf(judged: readonly RunUnderJudges[]): JudgeDiffTotals['configs'] {
  const groups = Map.groupBy(judged, ({ canaryConfigId, config }) => JSON.stringify([canaryConfigId, config]));
  return [...groups.values()]
    .map((runs) => {
      const [{ canaryConfigId, config }] = runs as [RunUnderJudges, ...RunUnderJudges[]];
      const named = config === undefined ? {} : { config };
      return { canaryConfigId, ...named, runs: runs.length, changed: runs.filter(({ changed }) => changed).length };
    })
    .toSorted((one, other) => other.changed - one.changed || other.runs - one.runs);
}
