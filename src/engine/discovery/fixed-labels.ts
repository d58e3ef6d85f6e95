import type { SeriesLabels } from '../../domain/series-labels.ts';
import { armsOf } from './arms.ts';
import type { DiscoveredPack } from './discovery.ts';
import { leftOut, type PackMatch } from './match-packs.ts';
import { scopeLabel, valuesOf } from './scope-label.ts';

export interface Look {
  readonly match: PackMatch;
  /** the metric whose series were looked at */
  readonly seenIn: string;
  readonly series: readonly SeriesLabels[];
  /** the only label to consider, where the pack leaves it open */
  readonly label?: string | undefined;
}

/** A pack whose queries name the label of the version, and perhaps that of the service. Pure. */
export function withFixedLabels({ match, seenIn, series }: Look): DiscoveredPack {
  const { pack, metrics } = match;
  const head = {
    ...{ id: pack.id, name: pack.name, metrics, left: leftOut(match), of: pack.metrics.length },
    ...{ variables: {}, seenIn, candidates: [] },
  };
  const scope = scopeLabel(pack, 'scope');
  if (scope === undefined) {
    return {
      ...head,
      problem: `how a version is named there is said by \`haldane templates ${pack.id}\`: name both with --baseline and --canary`,
    };
  }
  const place = scopeLabel(pack, 'location');
  const places = place === undefined ? undefined : valuesOf(series, place);
  const versionsIn = (value: string | undefined) => {
    const own =
      place === undefined ? series : series.filter((labels) => place.read(labels[place.label] ?? '') === value);
    return valuesOf(own, scope);
  };
  const all = places === undefined || place === undefined ? [undefined] : [...places.keys()];
  const chosen = all.find((value) => armsOf(versionsIn(value)) !== undefined) ?? all[0];
  const values = versionsIn(chosen);
  const placed =
    place === undefined || places === undefined
      ? {}
      : { place: { label: place.label, values: places, ...(chosen === undefined ? {} : { chosen }) } };
  if (values.size === 0) {
    const problem = `its queries tell versions apart by the label ${scope.label}, which ${seenIn} does not have`;
    return { ...head, ...placed, problem };
  }
  const arms = armsOf(values);
  const reason = 'the queries of the pack ask for it';
  return { ...head, ...placed, versions: { label: scope.label, values, reason, ...(arms && { arms }) } };
}
