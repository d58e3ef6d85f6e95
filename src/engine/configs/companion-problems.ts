import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import { type CanaryJudge, HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import {
  companionMetric,
  NO_COMPANIONS,
  otherStore,
  QUERY_COMPANIONS,
  type QueryCompanion,
} from '../../domain/companion-series.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import type { MetricsProvider } from '../../domain/metrics-provider.ts';
import { fieldPath } from '../../domain/values/field-path.ts';
import { readScalars } from '../../domain/values/read-scalars.ts';

interface Reader {
  readonly providers: readonly MetricsProvider[];
  /** who judges in the end; undefined when that is not known */
  readonly judge: CanaryJudge | undefined;
}

/** What is wrong with `query.denominator` and `query.traffic` of a metric; that nobody reads one is only said. */
export function companionProblems(config: CanaryConfig, index: number, { providers, judge }: Reader): ConfigProblem[] {
  const metric = config.metrics?.[index];
  if (metric === undefined) return [];
  const use = judge?.companions?.(config, metric) ?? NO_COMPANIONS;
  return QUERY_COMPANIONS.filter((companion) => metric.query?.[companion] !== undefined).flatMap(
    (companion): ConfigProblem[] => {
      const at = `metrics[${index}].query.${companion}`;
      if (!use[companion]) return [problemOf('companion-unread', at, unread(companion, config, judge))];
      return problemsOf(config, metric, companion, providers).map(({ path, message }) => {
        return problemOf('companion-invalid', path === '' ? at : `${at}.${path}`, message);
      });
    },
  );
}

function unread(companion: QueryCompanion, { judge: named }: CanaryConfig, judge: CanaryJudge | undefined): string {
  const who = judge?.name ?? named?.name ?? 'the judge';
  const meaning = companion === 'denominator' ? ', so the metric is judged by its own values alone' : '';
  return `${who} does not read it: it is not fetched${meaning}. ${HALDANE_JUDGE} reads it; name that in judge.name, or leave this out.`;
}

function problemsOf(
  config: CanaryConfig,
  metric: CanaryMetricConfig,
  companion: QueryCompanion,
  providers: Reader['providers'],
): { readonly path: string; readonly message: string }[] {
  const other = otherStore(metric, companion);
  if (other !== undefined) return [{ path: other.field, message: other.message }];
  const asked = companionMetric(metric, companion);
  return asked === undefined ? [] : queryProblems(config, asked, providers);
}

/** What the provider of a query refuses of it, by field; of one that is not here, nothing. */
export function queryProblems(
  config: CanaryConfig,
  metric: CanaryMetricConfig,
  providers: readonly MetricsProvider[],
): { readonly path: string; readonly message: string }[] {
  const provider = providers.find(({ type }) => type === metric.query?.type);
  if (provider === undefined) return [];
  const parsed = readScalars(provider.Query, metric.query);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => ({ path: fieldPath(path), message }));
  const problems = provider.queryProblems?.({ config, metric, query: parsed.data }) ?? [];
  return problems.map(({ field, message }) => ({ path: field, message }));
}
