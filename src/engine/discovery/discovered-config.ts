import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { DiscoveredPack } from './discovery.ts';

/**
 * The packs that can be judged together with the first of them: one run has one name for each side, and one place.
 * Pure.
 */
export function packsTogether([first, ...others]: readonly DiscoveredPack[]): DiscoveredPack[] {
  if (first === undefined) return [];
  const arms = first.versions?.arms;
  const same = others.filter(({ versions, place, problem }) => {
    const other = versions?.arms;
    const sameArms = arms !== undefined && arms.baseline === other?.baseline && arms.canary === other.canary;
    return problem === undefined && sameArms && (place?.chosen ?? '') === (first.place?.chosen ?? '');
  });
  return [first, ...same];
}

/** A config that uses the packs, as `POST /canaryConfig` takes it. Pure. */
export function discoveredConfig(name: string, application: string, packs: readonly DiscoveredPack[]): CanaryConfig {
  const use = packs.map(({ id, metrics, of, variables }) => ({
    pack: id,
    ...(Object.keys(variables).length === 0 ? {} : { variables: { ...variables } }),
    ...(metrics.length === of ? {} : { metrics: [...metrics] }),
  }));
  return { name, applications: [application], use };
}
