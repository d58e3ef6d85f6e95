import type { CanaryConfig, CanaryMetricConfig } from '../../src/domain/canary-config.ts';
import type { SettingProblem } from '../../src/domain/canary-judge.ts';
import type { CompanionUse } from '../../src/domain/companion-series.ts';
import { metricSetting } from '../../src/domain/judge-settings.ts';
import { shortDurationMillis } from '../../src/domain/values/short-duration.ts';
import { HaldaneMetricSettings, HaldaneSettings } from './haldane-settings.ts';

/** What is fetched for this judge besides a metric's own series. A rate has no spikes, so it needs no history. */
export function haldaneCompanions({ judge }: CanaryConfig, metric: CanaryMetricConfig): CompanionUse {
  const settings = HaldaneSettings.safeParse(judge?.judgeConfigurations ?? {});
  const { ratioOf } = ofMetric(metric) ?? {};
  const isRate = ratioOf !== undefined || metric.query?.denominator !== undefined;
  const history = settings.success && !isRate ? settings.data.history : undefined;
  return { denominator: true, traffic: true, historyMillis: shortDurationMillis(history ?? '') ?? 0 };
}

/** Names of other metrics that cannot be meant, and what is said twice. */
export function clashingSettings(config: CanaryConfig): SettingProblem[] {
  return (config.metrics ?? []).flatMap((metric, index) => {
    const { ratioOf, traffic } = ofMetric(metric) ?? {};
    return [
      ...sharesOfNothing(metric, index),
      ...problemsOf({ config, metric, index, field: 'ratioOf', named: ratioOf, companion: 'denominator' }),
      ...problemsOf({ config, metric, index, field: 'traffic', named: traffic, companion: 'traffic' }),
    ];
  });
}

/** A share says how many events there were only beside its requests. */
function sharesOfNothing(metric: CanaryMetricConfig, index: number): SettingProblem[] {
  const { ratioOf, valuesAre = 'events' } = ofMetric(metric) ?? {};
  if (valuesAre === 'events' || ratioOf !== undefined || metric.query?.denominator !== undefined) return [];
  const remedy =
    'ask for the requests in query.denominator, name the metric that counts them in ratioOf, or leave it out';
  return [{ ...metricSetting(metric, index, 'valuesAre'), message: `is ${JSON.stringify(valuesAre)}; ${remedy}.` }];
}

function ofMetric({ analysisConfigurations }: CanaryMetricConfig) {
  return HaldaneMetricSettings.safeParse(analysisConfigurations?.canary ?? {}).data;
}

interface Naming {
  readonly config: CanaryConfig;
  readonly metric: CanaryMetricConfig;
  readonly index: number;
  readonly field: 'ratioOf' | 'traffic';
  /** the other metric; undefined: none is named */
  readonly named: string | undefined;
  readonly companion: 'denominator' | 'traffic';
}

function problemsOf({ config, metric, index, field, named, companion }: Naming): SettingProblem[] {
  if (named === undefined) return [];
  const remedy = remedyOf({ config, metric, field, named, companion });
  if (remedy === undefined) return [];
  return [{ ...metricSetting(metric, index, field), message: `is ${JSON.stringify(named)}; ${remedy}.` }];
}

function remedyOf({ config, metric, field, named, companion }: Omit<Naming, 'index'> & { readonly named: string }) {
  if (metric.query?.[companion] !== undefined) return `leave it out, or query.${companion}: both name the same`;
  const others = (config.metrics ?? []).filter((one) => one !== metric && one.name !== metric.name);
  const other = others.find(({ name }) => name === named);
  if (other === undefined) {
    const known = others.map(({ name = '' }) => `'${name}'`).join(', ');
    return `write the name of another metric of the config: ${known || 'there is none; query.'.concat(companion, ' asks for it directly')}`;
  }
  if (other.scopeName !== metric.scopeName) {
    return `write the name of a metric of the same scopeName, '${metric.scopeName ?? ''}'; that of '${named}' is '${other.scopeName ?? ''}'`;
  }
  if (field === 'ratioOf' && !isOneStore(metric, other)) {
    return `write the name of a metric of the same store, ${storeOf(metric)}; '${named}' is of ${storeOf(other)}`;
  }
  return undefined;
}

/** A metric that names no account has that of the run, which may be the other's. */
function isOneStore({ query: one }: CanaryMetricConfig, { query: other }: CanaryMetricConfig): boolean {
  if (one?.type !== other?.type) return false;
  const accounts = [one?.accountName, other?.accountName];
  return accounts.includes(undefined) || accounts[0] === accounts[1];
}

function storeOf({ query }: CanaryMetricConfig): string {
  const { type = 'none', accountName } = query ?? {};
  return accountName === undefined ? type : `${type} '${accountName}'`;
}
