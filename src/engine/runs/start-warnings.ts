import { QUERY_COMPANIONS } from '../../domain/companion-series.ts';
import { type ConfigProblem, problemText } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { repeatedNames } from '../configs/repeated-names.ts';
import { configAdvice } from '../configs/running-problems.ts';
import { stepAdvice } from '../configs/step-advice.ts';
import { unknownConfigKeys } from '../configs/unknown-config-keys.ts';
import { SAME_QUERY_TEXT, sameQueries } from '../fetching/same-query.ts';
import { unreplacedVariables } from '../fetching/unreplaced-variables.ts';
import { type AskedRun, historyAdvice } from './history-advice.ts';
import type { RunCheck } from './refuse-run.ts';
import { partialWarning, type WindowCheck } from './window-wait.ts';

/** More of them say nothing new. */
const MOST_WARNINGS = 30;

/** What is odd about a run that can be judged, field by field: of the config, then of the request. */
export function startProblems(check: AskedRun): ConfigProblem[] {
  const { metrics = [] } = check.config;
  const advice = [
    ...configAdvice(check.config, check),
    ...repeatedNames(metrics),
    ...requestAdvice(check),
    ...historyAdvice(check),
    ...stepAdvice(check.config, check.request),
    ...queryAdvice(check),
  ];
  return [...advice, ...unknownConfigKeys(check.config, check)];
}

/**
 * The same as sentences that stand alone: the start's answer, the run and its reports have them.
 *
 * @param others found in what was sent, of which the run knows only what its schemas know
 */
export function startWarnings(check: WindowCheck, others: readonly string[] = []): string[] {
  const partial = partialWarning(check);
  const told = partial === undefined ? [] : [partial];
  const texts = [...new Set([...told, ...startProblems(check).map(problemText), ...others])];
  const more = texts.length - MOST_WARNINGS;
  return more <= 0 ? texts : [...texts.slice(0, MOST_WARNINGS), `And ${more} more.`];
}

function requestAdvice({ request: { thresholds = {} } }: RunCheck): ConfigProblem[] {
  const { pass, marginal } = thresholds;
  if (pass === undefined || marginal === undefined) return [];
  const messages = [
    marginal > pass &&
      `marginal is ${marginal}, above pass, ${pass}: no score is Marginal; make marginal the lower one.`,
    pass > 100 && `pass is ${pass}, above 100, the highest score: no score passes; make it 100 or less.`,
    pass <= 0 && `pass is ${pass}: every score passes, the lowest too; make it above 0, such as 95.`,
    pass > 0 && pass <= 1 && shareAdvice(pass),
  ].filter((message) => message !== false);
  return messages.map((message) => problemOf('thresholds-odd', 'executionRequest.thresholds', message));
}

function shareAdvice(pass: number): string {
  const percent = Number((pass * 100).toPrecision(6));
  return `pass is ${pass}: nearly every score passes; scores go from 0 to 100, so give ${percent} if a share is meant.`;
}

/** What the texts say that would be sent: variables that are still in them, sides that ask the same. */
function queryAdvice({ config: { metrics = [] }, ...check }: RunCheck): ConfigProblem[] {
  const queries = check.queries();
  return [undefined, ...QUERY_COMPANIONS].flatMap((companion) => {
    const at = (index: number) => `metrics[${index}].query${companion === undefined ? '' : `.${companion}`}`;
    const unreplaced = unreplacedVariables(queries, companion).map(({ metricIndex, field, message }) =>
      problemOf('variable-unreplaced', `${at(metricIndex)}.${field}`, message),
    );
    const same = sameQueries(queries, companion).map((index) =>
      problemOf('same-question', at(index), `Metric '${metrics[index]?.name ?? ''}': ${SAME_QUERY_TEXT}`),
    );
    return [...unreplaced, ...same];
  });
}
