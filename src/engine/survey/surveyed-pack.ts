import type { Survey } from '../../domain/survey.ts';
import type { DiscoveredPack, LabelValues } from '../discovery/discovery.ts';

/** A pack as an answer has it. Pure. */
export function surveyedPack(pack: DiscoveredPack): Survey['packs'][number] {
  const { id, name, metrics, left, of, variables, seenIn, versions, candidates, place, problem } = pack;
  return {
    ...{ id, name, metrics: [...metrics], left: [...left], of, variables: { ...variables }, seenIn },
    ...(versions === undefined
      ? {}
      : {
          versions: { ...labelled(versions), reason: versions.reason, ...(versions.arms && { arms: versions.arms }) },
        }),
    candidates: candidates.map((one) => ({ ...labelled(one), reason: one.reason })),
    ...(place === undefined
      ? {}
      : { place: { ...labelled(place), ...(place.chosen === undefined ? {} : { chosen: place.chosen }) } }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Values with how many targets have each, as a list. Pure. */
export function asListed(found: LabelValues | undefined): { value: string; targets: number }[] {
  return [...(found?.values ?? [])].map(([value, targets]) => ({ value, targets }));
}

function labelled(found: LabelValues) {
  return { label: found.label, values: asListed(found) };
}
