import type { SeriesLabels } from '../../domain/series-labels.ts';
import { type Arms, armsOf } from './arms.ts';
import { mostFirst } from './most-first.ts';

/** A label that may tell versions apart. */
export interface VersionLabel {
  readonly name: string;
  /** its values, and how many targets have each; most first */
  readonly values: ReadonlyMap<string, number>;
  /** why it is offered: a phrase */
  readonly reason: string;
  /** absent: which two values to compare is not clear */
  readonly arms?: Arms;
}

/** More are no versions that run side by side. */
const MOST_VALUES = 20;

/** Names that say version, the surest first. */
const VERSION_NAMES = [
  'version',
  'app_version',
  'app_kubernetes_io_version',
  'label_app_kubernetes_io_version',
  'service_version',
  'destination_version',
  'track',
  'release_track',
  'variant',
  'canary',
  'color',
  'colour',
  'slot',
  'revision',
  'destination_revision',
  'rollouts_pod_template_hash',
  'pod_template_hash',
  'label_pod_template_hash',
  'release',
  'image_tag',
  'image',
  'git_sha',
  'commit',
  'build',
  'deployment',
  'workload',
  'destination_workload',
  'replicaset',
  'service',
  'app',
  'job',
];

/** Names of places: they tell where something runs, not what. */
const PLACES =
  /^(kubernetes_)?(namespace|node|zone|region|cluster|host|hostname|datacenter|dc|env|environment|prometheus|exported_.*|__.*)$/;
/** Names of single targets. */
const TARGETS = ['pod', 'kubernetes_pod_name', 'pod_name', 'instance'];

/**
 * The labels that may tell versions apart, the likeliest first. A version belongs to a target: a label of which one
 * target has two values, such as the status of a request, is none. Pure.
 *
 * @param series of one metric
 */
export function versionLabels(series: readonly SeriesLabels[]): VersionLabel[] {
  const target = TARGETS.find((name) => series.some((labels) => labels[name] !== undefined));
  const names = new Set(series.flatMap((labels) => Object.keys(labels)));
  const offered = [...names].flatMap((name) => {
    if (name === '__name__' || PLACES.test(name)) return [];
    const values = targetsByValue(series, name, target);
    return values === undefined || values.size < 2 || values.size > MOST_VALUES ? [] : [labelOf(name, values)];
  });
  return offered.sort((one, other) => rankOf(one) - rankOf(other) || (one.name < other.name ? -1 : 1));
}

/** Undefined when a target has several values, so that they are no versions. */
function targetsByValue(
  series: readonly SeriesLabels[],
  name: string,
  target: string | undefined,
): ReadonlyMap<string, number> | undefined {
  const ofTarget = new Map<string, string>();
  for (const [index, labels] of series.entries()) {
    const value = labels[name];
    if (value === undefined) continue;
    const id = target === undefined ? String(index) : (labels[target] ?? '');
    if ((ofTarget.get(id) ?? value) !== value) return undefined;
    ofTarget.set(id, value);
  }
  const counts = new Map<string, number>();
  for (const value of ofTarget.values()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return mostFirst(counts);
}

function labelOf(name: string, values: ReadonlyMap<string, number>): VersionLabel {
  const arms = armsOf(values);
  return { name, values, reason: reasonOf(name), ...(arms === undefined ? {} : { arms }) };
}

function reasonOf(name: string): string {
  if (VERSION_NAMES.includes(name)) return 'its name says version, and each target has one value';
  if (TARGETS.includes(name)) return 'single targets can be compared';
  return 'each target has one value, and there are few';
}

/** By name; an unknown one by whether its values tell which is the canary, and by how few there are. */
function rankOf({ name, values, arms }: VersionLabel): number {
  const known = VERSION_NAMES.indexOf(name);
  if (known >= 0) return known;
  if (TARGETS.includes(name)) return 1000;
  return 100 + values.size + (arms?.told === 'by their names' ? -50 : 0);
}
