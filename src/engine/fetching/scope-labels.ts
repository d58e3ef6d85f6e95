import type { CanaryScope, CanaryScopePair, Side } from '../../domain/canary-scope.ts';
import type { MetricSet } from '../../domain/metric-set.ts';
import type { Tags } from '../../domain/values/tags.ts';

type Sides = Readonly<Record<Side, readonly MetricSet[]>>;

/**
 * The labels that only repeat which side a series is of: on each side all series have one value, the scope's own, and
 * the sides' differ. With such a label no series of one side equals any of the other, so nothing pairs.
 */
export function scopeLabels(sides: Sides, scopes: CanaryScopePair | undefined): string[] {
  const [control, experiment] = [scopes?.controlScope ?? {}, scopes?.experimentScope ?? {}];
  return Object.keys(sides.control[0]?.tags ?? {}).filter((label) => {
    const [baseline, canary] = [onlyValue(sides.control, label), onlyValue(sides.experiment, label)];
    if (baseline === undefined || canary === undefined || baseline === canary) return false;
    return fieldsOf(control, experiment).some(([own, other]) => own === baseline && other === canary);
  });
}

/** Without labels that only repeat the scope. */
export function withoutLabels(sets: readonly MetricSet[], labels: readonly string[]): readonly MetricSet[] {
  if (labels.length === 0) return sets;
  return sets.map((set) => ({ ...set, tags: tagsWithout(set.tags, labels) }));
}

function tagsWithout(tags: Tags, labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([label]) => !labels.includes(label)));
}

function onlyValue(sets: readonly MetricSet[], label: string): string | undefined {
  const values = new Set(sets.map(({ tags }) => tags[label]));
  return values.size === 1 ? [...values][0] : undefined;
}

/** What the scopes say of each side, field by field. */
function fieldsOf(control: CanaryScope, experiment: CanaryScope): [string | undefined, string | undefined][] {
  const [own = {}, others = {}] = [control.extendedScopeParams, experiment.extendedScopeParams];
  return [
    [control.scope, experiment.scope],
    [control.location, experiment.location],
    ...Object.keys(own).map((name): [string | undefined, string | undefined] => [own[name], others[name]]),
  ];
}
