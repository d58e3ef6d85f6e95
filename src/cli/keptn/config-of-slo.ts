import { CommandError, EXIT } from '../command-error.ts';
import { boundsOf, comparesWithEarlier, type KeptnBounds } from './criteria.ts';
import type { SloFile } from './slo-file.ts';

export interface SloParts {
  readonly slo: SloFile;
  /** how messages call the file */
  readonly file: string;
  /** the query of each indicator, as far as known */
  readonly queries: Readonly<Record<string, string>>;
  readonly name: string;
  readonly application: string | undefined;
  /** the provider of the queries */
  readonly store: string;
}

export interface ImportedSlo {
  readonly config: object;
  /** what is not as it was, a sentence each */
  readonly notes: readonly string[];
}

/** A canary config of ThresholdJudge for a file of Keptn. @throws CommandError usage when a criterion cannot be read */
export function configOfSlo(parts: SloParts): ImportedSlo {
  const { slo, name, application } = parts;
  const objectives = slo.objectives.map((objective, index) => objectiveOf(objective, index, parts));
  const weights = weightsOf(slo.objectives.filter(({ pass }) => (pass ?? []).length > 0));
  const { pass, warning = pass } = slo.total_score;
  const isCompared = objectives.some(({ compared }) => compared);
  const earlier = isCompared ? { earlier: earlierOf(slo) } : {};
  const config = {
    name,
    applications: [application ?? name],
    judge: { name: 'ThresholdJudge-v1.0', judgeConfigurations: { verdict: 'weightedScore', ...earlier } },
    metrics: objectives.map(({ metric }) => metric),
    classifier: { groupWeights: weights, scoreThresholds: { pass, marginal: warning } },
  };
  return { config, notes: notesOf(parts, objectives, isCompared) };
}

interface Objective {
  readonly metric: object;
  readonly compared: boolean;
  readonly hasQuery: boolean;
  readonly sli: string;
}

function objectiveOf(
  { sli, pass, warning, key_sli: isKey }: SloFile['objectives'][number],
  index: number,
  { queries, store, slo, file }: SloParts,
): Objective {
  const at = `${file}: objectives[${index}]`;
  const [passes, warnings] = [setsOf(pass, `${at}.pass`), setsOf(warning, `${at}.warning`)];
  const isJudged = passes.length > 0;
  const query = queries[sli];
  const canary = isJudged
    ? {
        limits: limitsOf(passes),
        ...(warnings.length === 0 ? {} : { warning: limitsOf(warnings) }),
        ...(isKey ? { importance: 'critical' } : {}),
      }
    : { muted: true };
  const asked =
    query === undefined
      ? {}
      : { customInlineTemplate: `${PREFIX[store] ?? ''}${withVariables(query, slo.filter ?? {})}` };
  return {
    sli,
    hasQuery: query !== undefined,
    compared: [...passes, ...warnings].some(comparesWithEarlier),
    metric: {
      name: sli,
      query: { type: store, ...asked },
      groups: isJudged ? [sli] : [],
      analysisConfigurations: { canary },
      scopeName: 'default',
    },
  };
}

function setsOf(sets: SloFile['objectives'][number]['pass'], at: string): KeptnBounds[] {
  return (sets ?? []).map(({ criteria }, index) => {
    const bounds = boundsOf(criteria);
    if (typeof bounds !== 'string') return bounds;
    throw new CommandError(EXIT.usage, `${at}[${index}].criteria: ${bounds}`);
  });
}

/** An indicator of Keptn is one value a window: the mean of the points. */
function limitsOf([first = {}, ...others]: readonly KeptnBounds[]) {
  return { ...first, of: 'mean', ...(others.length === 0 ? {} : { anyOf: others }) };
}

const STATISTICS = { avg: 'mean', p50: 'median', p90: 'p90', p95: 'p95' } as const;
const VERDICTS = { all: 'all', pass: 'pass', pass_or_warn: 'passOrMarginal' } as const;

function earlierOf({ comparison }: SloFile) {
  const {
    compare_with: compareWith = 'single_result',
    number_of_comparison_results: several = 1,
    include_result_with_score: included = 'all',
    aggregate_function: aggregate = 'avg',
  } = comparison ?? {};
  return {
    runs: compareWith === 'single_result' ? 1 : several,
    verdicts: VERDICTS[included],
    statistic: STATISTICS[aggregate],
  };
}

/** A group for each objective, since Keptn weighs objectives; together 100. */
function weightsOf(objectives: SloFile['objectives']): Record<string, number> {
  const sum = objectives.reduce((total, { weight }) => total + weight, 0);
  if (sum === 0) return {};
  return Object.fromEntries(objectives.map(({ sli, weight }) => [sli, (100 * weight) / sum]));
}

/** Without it, text for Prometheus is that of matchers, as with Kayenta. */
const PREFIX: Readonly<Record<string, string>> = { prometheus: 'PromQL:' };

/** Keptn's own, by the variables that take their place. */
const VARIABLES: Readonly<Record<string, string>> = {
  SERVICE: '${scope}',
  STAGE: '${location}',
  PROJECT: '${project}',
  DEPLOYMENT: '${deployment}',
  DURATION_SECONDS: '${step}s',
};

function withVariables(query: string, filter: Readonly<Record<string, unknown>>): string {
  return query.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => {
    if (Object.hasOwn(filter, name)) return String(filter[name]);
    return Object.hasOwn(VARIABLES, name) ? (VARIABLES[name] ?? whole) : `\${${name}}`;
  });
}

function notesOf({ slo, store }: SloParts, objectives: readonly Objective[], isCompared: boolean): string[] {
  const without = objectives.filter(({ hasQuery }) => !hasQuery).map(({ sli }) => `'${sli}'`);
  const informational = objectives.filter((_, index) => (slo.objectives[index]?.pass ?? []).length === 0);
  return [
    'An indicator of Keptn is one value of the window; here it is the mean of the points of its query (limits.of).',
    ...(without.length === 0
      ? []
      : [`Write the ${store} query of ${without.join(', ')}, or give --sli the file that has them.`]),
    ...(isCompared
      ? ['While there is no earlier run to compare with, the baseline of the run takes its place; Keptn would pass.']
      : []),
    ...(informational.length === 0
      ? []
      : [`Shown and not judged, since they have no pass criteria: ${informational.map(({ sli }) => sli).join(', ')}.`]),
    'An indicator without data fails, and so does a canary of which nothing could be judged.',
  ];
}
