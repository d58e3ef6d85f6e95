import type { SeriesLabels } from '../../domain/series-labels.ts';
import type { DiscoveredPack } from './discovery.ts';
import type { Look } from './fixed-labels.ts';
import { leftOut, type PackMatch } from './match-packs.ts';
import { mostFirst } from './most-first.ts';
import { type VersionLabel, versionLabels } from './version-labels.ts';

/** Names of the label that says which service it is, the usual one first. */
const PLACES = ['job', 'service', 'service_name', 'app', 'app_kubernetes_io_name', 'namespace', 'kubernetes_namespace'];
const STATUSES = [
  ...['code', 'status', 'status_code', 'http_status', 'http_status_code', 'response_code'],
  'http_response_status_code',
];

/** Metrics that say the same as another one, by that one. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  'client-duration-error-ratio': ['client-error-ratio'],
  'client-duration-traffic': ['client-traffic'],
  // The mean is exact where percentiles of instances are put together: both are judged beside a summary.
  'client-latency-mean': ['client-latency'],
  'client-latency-summary': ['client-latency'],
  'process-cpu-usage': ['process-cpu'],
  'jvm-pauses': ['jvm-collections'],
  'jvm-heap-simpleclient': ['jvm-heap'],
  'jvm-threads-live': ['jvm-threads'],
};
const ERROR_RATIOS = ['client-error-ratio', 'client-duration-error-ratio'];

/** A pack whose queries leave open which labels there are. Pure. */
export function withFoundLabels({ match, seenIn, series, label }: Look): DiscoveredPack {
  const { pack } = match;
  const { place, services, chosen, labels } = whereVersionsAre(series, label);
  const [first] = labels;
  const status = STATUSES.find((name) => series.some((one) => one[place] === chosen && one[name] !== undefined));
  return {
    ...{ id: pack.id, name: pack.name, of: pack.metrics.length, seenIn },
    ...chosenMetrics(match, { seenIn, hasStatus: status !== undefined }),
    variables: { place, ...(first && { label: first.name }), ...(status && { status }) },
    candidates: labels.slice(1).map(toValues),
    place: { label: place, values: services, ...(chosen === undefined ? {} : { chosen }) },
    ...(first === undefined
      ? { problem: problemOf(seenIn, chosen, label) }
      : { versions: { ...toValues(first), ...(first.arms && { arms: first.arms }) } }),
  };
}

/** Those that say something of their own. */
function chosenMetrics(match: PackMatch, { seenIn, hasStatus }: { seenIn: string; hasStatus: boolean }) {
  const { metrics } = match;
  const why = (name: string) => {
    const other = SAID_BY[name]?.find((one) => metrics.includes(one));
    if (other !== undefined) return `${other} says it already`;
    const noStatus = `no label of ${seenIn} holds the status of a request; looked for ${STATUSES.join(', ')}`;
    return ERROR_RATIOS.includes(name) && !hasStatus ? noStatus : undefined;
  };
  const left = metrics.flatMap((metric) => {
    const reason = why(metric);
    return reason === undefined ? [] : [{ metric, why: reason }];
  });
  return { metrics: metrics.filter((name) => why(name) === undefined), left: [...left, ...leftOut(match)] };
}

interface Whereabouts {
  /** the label of the place */
  readonly place: string;
  readonly services: ReadonlyMap<string, number>;
  readonly chosen: string | undefined;
  readonly labels: readonly VersionLabel[];
}

/** The service that runs in two versions, by whichever label names services; else the first there is. */
function whereVersionsAre(series: readonly SeriesLabels[], label: string | undefined): Whereabouts {
  const places = PLACES.filter((name) => series.some((labels) => labels[name] !== undefined));
  const options = places.flatMap((place) => {
    const services = countsOf(series, place);
    return [...services.keys()].map((chosen): Whereabouts => {
      const all = versionLabels(series.filter((one) => one[place] === chosen));
      const labels = label === undefined ? all : all.filter(({ name }) => name === label);
      return { place, services, chosen, labels };
    });
  });
  const hasArms = ({ labels: [first] }: Whereabouts) => first?.arms !== undefined && !SINGLE.includes(first.name);
  const best = options.find(hasArms) ?? options.find(({ labels }) => labels.length > 0) ?? options[0];
  return best ?? { place: 'job', services: new Map(), chosen: undefined, labels: [] };
}

/** Single targets of one version differ too. */
const SINGLE = ['instance', 'pod', 'pod_name', 'kubernetes_pod_name'];

function toValues({ name, values, reason }: VersionLabel) {
  return { label: name, values, reason };
}

function countsOf(series: readonly SeriesLabels[], label: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { [label]: value } of series) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return mostFirst(counts);
}

function problemOf(seenIn: string, service: string | undefined, label: string | undefined): string {
  const of = service === undefined ? seenIn : `${seenIn} of ${service}`;
  const which = label === undefined ? `no label of ${of} has` : `the label ${label} of ${of} has not`;
  return (
    `${which} two values now, so nothing tells two versions apart: let both run side by side, with a label such as ` +
    'version that differs, or compare two windows of one version with --baseline-start and --baseline-end'
  );
}
