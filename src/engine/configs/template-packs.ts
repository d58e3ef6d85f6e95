import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import { HALDANE_JUDGE } from '../../domain/canary-judge.ts';
import { QUERY_COMPANIONS } from '../../domain/companion-series.ts';
import {
  type ExpandedTemplatePack,
  TEMPLATE_GROUPS,
  type TemplateMetric,
  type TemplatePack,
  type TemplatePackSummary,
} from '../../domain/template-pack.ts';
import type { TemplateUse, TemplateUses } from '../../domain/template-use.ts';
import { CanaryError } from '../../errors.ts';
import { withPackWeights } from './pack-weights.ts';

const DEFAULT_SCOPE = 'default';
/** How much the mean of a critical metric may change before it fails the canary on its own. */
const CRITICAL = { criticalIncrease: 1.5, criticalDecrease: 0.67 };

interface ChosenPack {
  readonly pack: TemplatePack;
  readonly use: TemplateUse;
  readonly metrics: readonly TemplateMetric[];
}

/** Lists the ready-made metrics and puts them into configs. */
export class TemplatePacks {
  readonly #readAll: () => readonly TemplatePack[];
  #read: ReadonlyMap<string, TemplatePack> | undefined;

  /** @param readAll called once, when the first pack is asked for */
  constructor(readAll: () => readonly TemplatePack[]) {
    this.#readAll = readAll;
  }

  get #packs(): ReadonlyMap<string, TemplatePack> {
    this.#read ??= new Map(this.#readAll().map((pack) => [pack.id, pack]));
    return this.#read;
  }

  list(): TemplatePackSummary[] {
    return [...this.#packs.values()].map(summaryOf);
  }

  /** Those whose queries a provider sends. */
  ofProvider(type: string): TemplatePack[] {
    return [...this.#packs.values()].filter(({ provider }) => provider === type);
  }

  /** @throws CanaryError OBJECT_NOT_FOUND */
  summary(id: string): TemplatePackSummary {
    return summaryOf(this.#get(id));
  }

  /** Packs that contain every word of `search`. */
  search(search: string): TemplatePackSummary[] {
    const words = search.toLowerCase().split(/\s+/);
    return this.list().filter((pack) => words.every((word) => JSON.stringify(pack).toLowerCase().includes(word)));
  }

  /** @throws CanaryError OBJECT_NOT_FOUND */
  get(id: string): ExpandedTemplatePack {
    const pack = this.#get(id);
    const metrics = pack.metrics.map((metric) => toMetricConfig({ pack, use: { pack: id }, metric }));
    return { ...headOf(pack), metrics, classifier: { groupWeights: pack.groupWeights } };
  }

  /**
   * The config with its `use` replaced by the packs' metrics, so that readers see plain metrics and a later version of
   * a pack changes no config. Groups without a weight get one, and a config without a judge HaldaneJudge.
   *
   * @throws CanaryError CANARY_CONFIG_INVALID for an unknown name or a duplicate metric
   */
  expand(config: CanaryConfig): CanaryConfig {
    const { use = [], ...rest } = config;
    const chosen = usesOf(use).map((one, index) => this.#choose(one, whereOf(use, index)));
    if (chosen.length === 0) return rest;
    const own = rest.metrics ?? [];
    const added = chosen.flatMap(({ pack, use, metrics }) =>
      metrics.map((metric) => toMetricConfig({ pack, use, metric })),
    );
    refuseDuplicates(own, added);
    // Kayenta knows no packs, so what uses one is no client of Kayenta's and gets the better judge.
    const judge = rest.judge?.name ? rest.judge : { judgeConfigurations: {}, ...rest.judge, name: HALDANE_JUDGE };
    return withPackWeights({ ...rest, judge, metrics: [...own, ...added] }, own, chosen);
  }

  #get(id: string): TemplatePack {
    const pack = this.#packs.get(id);
    if (pack !== undefined) return pack;
    throw new CanaryError('OBJECT_NOT_FOUND', `No template pack '${id}'; ${known('packs', this.#packs.keys())}.`);
  }

  #choose(use: TemplateUse, where: string): ChosenPack {
    const pack = this.#packs.get(use.pack);
    if (pack === undefined) {
      throw invalid(`${where}.pack: '${use.pack}' is not known; ${known('packs', this.#packs.keys())}`);
    }
    const variables = pack.variables.map(({ name }) => name);
    const strange = Object.keys(use.variables ?? {}).find((name) => !variables.includes(name));
    if (strange !== undefined) {
      throw invalid(
        `${where}.variables: '${strange}' is not a variable of '${pack.id}'; ${known('variables', variables)}`,
      );
    }
    const names = pack.metrics.map(({ name }) => name);
    const missing = use.metrics?.find((name) => !names.includes(name));
    if (missing !== undefined) {
      throw invalid(`${where}.metrics: '${missing}' is not a metric of '${pack.id}'; ${known('metrics', names)}`);
    }
    return { pack, use, metrics: pack.metrics.filter(({ name }) => use.metrics?.includes(name) ?? true) };
  }
}

function summaryOf(pack: TemplatePack): TemplatePackSummary {
  const metrics = pack.metrics.map(({ name, group, direction, unit }) => ({ name, group, direction, unit }));
  return { ...headOf(pack), metrics };
}

function headOf({ id, name, about, provider, variables }: TemplatePack) {
  return { id, name, about, provider, variables };
}

function usesOf(use: TemplateUses): TemplateUse[] {
  return [use].flat().map((one) => (typeof one === 'string' ? { pack: one } : one));
}

function whereOf(use: TemplateUses, index: number): string {
  return typeof use === 'string' ? 'use' : `use[${index}]`;
}

interface MetricOfPack {
  readonly pack: TemplatePack;
  readonly use: TemplateUse;
  readonly metric: TemplateMetric;
}

function toMetricConfig({ pack, use, metric }: MetricOfPack): CanaryMetricConfig {
  const { name, group, unit, query } = metric;
  const { provider: type } = pack;
  const fields: Record<string, unknown> = {
    // A store with its own units names the unit in the query.
    unit,
    ...fillIn(query, variableTexts(pack, use)),
    ...companionQueries({ pack, use, metric }),
    ...(use.accountName === undefined ? {} : { accountName: use.accountName }),
  };
  return {
    name: `${use.prefix ?? ''}${name}`,
    query: { type, ...fields, serviceType: type },
    groups: [group],
    analysisConfigurations: { canary: analysisOf(metric) },
    scopeName: use.scopeName ?? DEFAULT_SCOPE,
  };
}

/** The second queries of a metric; one that names a metric of the pack is that metric's. */
function companionQueries({ pack, use, metric }: MetricOfPack): Record<string, unknown> {
  const texts = variableTexts(pack, use);
  const found = QUERY_COMPANIONS.flatMap((companion) => {
    const asked = metric[companion];
    const query = typeof asked === 'string' ? pack.metrics.find(({ name }) => name === asked)?.query : asked;
    return query === undefined ? [] : [[companion, fillIn(query, texts)] as const];
  });
  return Object.fromEntries(found);
}

/** The text for each variable in the query: the given value, or a variable that is expanded when the query is sent. */
function variableTexts({ variables }: TemplatePack, use: TemplateUse): ReadonlyMap<string, string> {
  const given = new Map(Object.entries(use.variables ?? {}));
  return new Map(
    variables.map(({ name, default: usual }) => [
      name,
      given.get(name) ?? (usual === undefined ? `\${${name}}` : `\${${name}:-${usual}}`),
    ]),
  );
}

function fillIn<Value>(value: Value, texts: ReadonlyMap<string, string>): Value {
  const filled = JSON.stringify(value).replace(/\$\{(\w+)\}/g, (variable, name: string) => {
    const text = texts.get(name);
    return text === undefined ? variable : JSON.stringify(text).slice(1, -1);
  });
  return JSON.parse(filled);
}

function analysisOf({ group, direction, nanStrategy, critical, mustHaveData, effectSize, ...own }: TemplateMetric) {
  const { valuesAre, requestsPer } = own;
  const limits = { ...TEMPLATE_GROUPS[group], ...(critical ? CRITICAL : {}), ...effectSize };
  const against = { increase: 'Decrease', decrease: 'Increase', either: undefined }[direction];
  const counting = Object.entries(limits).filter(([name]) => against === undefined || !name.endsWith(against));
  return {
    direction,
    nanStrategy,
    ...(critical ? { critical } : {}),
    ...(mustHaveData ? { mustHaveData } : {}),
    ...(valuesAre === undefined ? {} : { valuesAre }),
    ...(requestsPer === undefined ? {} : { requestsPer }),
    effectSize: Object.fromEntries(counting),
  };
}

function refuseDuplicates(own: readonly CanaryMetricConfig[], added: readonly CanaryMetricConfig[]): void {
  const seen = new Set(own.map(({ name }) => name));
  for (const { name } of added) {
    if (seen.has(name)) {
      throw invalid(`use: two metrics would be called '${name}'; set a prefix on one of the uses, or remove it`);
    }
    seen.add(name);
  }
}

function known(what: string, names: Iterable<string>): string {
  return `known ${what}: ${[...names].join(', ')}`;
}

function invalid(message: string): CanaryError {
  return new CanaryError('CANARY_CONFIG_INVALID', message);
}
