import type { CanaryConfig, CanaryMetricConfig } from '../../domain/canary-config.ts';
import type { TemplateMetric, TemplatePack } from '../../domain/template-pack.ts';
import { CanaryError } from '../../errors.ts';

/** Metrics taken from a pack. */
interface FromPack {
  readonly pack: TemplatePack;
  readonly metrics: readonly TemplateMetric[];
}

/**
 * The config with a weight for each of its groups. Weights in the config stay; the other groups share the rest of 100
 * in the proportions the packs suggest. A group unknown to the packs counts as their mean.
 *
 * @param taken at least one metric of one pack
 * @throws CanaryError CANARY_CONFIG_INVALID when nothing is left: groups that silently do not count would be worse
 */
export function withPackWeights(
  config: CanaryConfig,
  own: readonly CanaryMetricConfig[],
  taken: readonly FromPack[],
): CanaryConfig {
  const given = config.classifier?.groupWeights ?? {};
  const suggested = suggestedWeights(taken);
  const groups = new Set([...own.flatMap((metric) => metric.groups ?? []), ...suggested.keys()]);
  const open = [...groups].filter((group) => !Object.hasOwn(given, group));
  const left = 100 - Object.values(given).reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  if (open.length > 0 && !(left > 0)) throw nothingLeft(open);
  const mean = meanOf([...suggested.values()]);
  const shares = sharesOf(
    left,
    open.map((group) => suggested.get(group) ?? mean),
  );
  const groupWeights = { ...given, ...Object.fromEntries(open.map((group, index) => [group, shares[index] ?? 0])) };
  return { ...config, classifier: { ...config.classifier, groupWeights } };
}

function nothingLeft(groups: readonly string[]): CanaryError {
  return new CanaryError(
    'CANARY_CONFIG_INVALID',
    `classifier.groupWeights leave nothing of 100 for the groups ${groups.join(', ')}; leave some of ` +
      'the 100, or give each of these groups a weight: one of 0 if it should not count',
  );
}

/** By group; the mean when several packs have it. */
function suggestedWeights(taken: readonly FromPack[]): Map<string, number> {
  const all = taken.flatMap(({ pack, metrics }) =>
    [...new Set(metrics.map(({ group }) => group))].map((group) => [group, pack.groupWeights[group] ?? 0] as const),
  );
  const byGroup = Map.groupBy(all, ([group]) => group);
  return new Map([...byGroup].map(([group, weights]) => [group, meanOf(weights.map(([, weight]) => weight))]));
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Divides a total in proportion, into whole numbers if the total is one: the largest fractions are rounded up. */
function sharesOf(total: number, parts: readonly number[]): number[] {
  const sum = parts.reduce((all, part) => all + part, 0);
  const exact = parts.map((part) => (total * part) / sum);
  const shares = exact.map(Math.floor);
  const order = exact.map((share, index) => ({ index, fraction: share % 1 })).sort((a, b) => b.fraction - a.fraction);
  let left = total - shares.reduce((all, share) => all + share, 0);
  for (const { index } of order) {
    const more = Math.min(left, 1);
    shares[index] = (shares[index] ?? 0) + more;
    left -= more;
  }
  return shares;
}
