import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import type { MetricSetPair } from '../../domain/metric-set-pair.ts';
import type { SurveyedVersion, SurveyProposal } from '../../domain/survey.ts';
import { CanaryError } from '../../errors.ts';
import type { Chosen } from '../discovery/choose.ts';
import type { MetricExplorer } from '../fetching/metric-explorer.ts';

/** Each two cost a query for both. */
const MOST_VERSIONS = 6;
/** As the allowed change of traffic in packs. */
const COMPARABLE = { least: 0.8, most: 1.25 };

interface TrafficQuestion {
  readonly explorer: MetricExplorer;
  readonly account: string;
  /** with the metrics of its packs */
  readonly config: CanaryConfig;
  readonly requestOf: (control: string | undefined, experiment: string | undefined) => CanaryExecutionRequest;
  readonly chosen: Chosen;
  /** the versions and their targets, most first */
  readonly listed: readonly { readonly value: string; readonly targets: number }[];
}

export interface SeenTraffic {
  readonly versions: SurveyedVersion[];
  readonly traffic?: SurveyProposal['traffic'];
  /** why it is not known: a sentence */
  readonly unknown?: string;
}

/** The traffic of each version, by the packs' own query for it: of the two sides, and of some others. */
export async function trafficOf(question: TrafficQuestion, signal: AbortSignal): Promise<SeenTraffic> {
  const { config, chosen } = question;
  const index = (config.metrics ?? []).findIndex(({ groups }) => groups?.includes('traffic'));
  const versions = withSides(question.listed, chosen);
  const metric = config.metrics?.[index];
  if (metric === undefined) return { versions };
  const unit = String((metric.query as { unit?: unknown } | undefined)?.unit ?? '');
  const traffic = { metric: metric.name ?? '', unit };
  try {
    const found = await askAll(
      question,
      { index, values: versions.slice(0, MOST_VERSIONS).map(({ value }) => value) },
      signal,
    );
    return { versions: withShares(versions, found), traffic };
  } catch (error) {
    if (error instanceof CanaryError && error.code !== 'INTERNAL') return { versions, traffic, unknown: error.message };
    throw error;
  }
}

/** Whether both sides get about as much. Unknown traffic is not. */
export function isComparable(versions: readonly SurveyedVersion[], { baseline, canary }: Chosen): boolean {
  const of = (side: string | undefined) => versions.find(({ value }) => value === side)?.traffic;
  const ratio = (of(canary) ?? Number.NaN) / (of(baseline) ?? Number.NaN);
  return ratio >= COMPARABLE.least && ratio <= COMPARABLE.most;
}

/** The two sides first, so that both are asked about, however many versions there are. */
function withSides(listed: TrafficQuestion['listed'], { baseline, canary }: Chosen): SurveyedVersion[] {
  const isSide = ({ value }: { value: string }) => value === baseline || value === canary;
  const missing = [baseline, canary].flatMap((side) =>
    side === undefined || listed.some(({ value }) => value === side) ? [] : [{ value: side, targets: 0 }],
  );
  const sides = [...listed.filter(isSide), ...missing].sort(({ value }) => (value === baseline ? -1 : 1));
  return [...new Map([...sides, ...listed].map((one) => [one.value, one])).values()];
}

interface Seen {
  readonly mean: number;
  readonly minutes: number;
}

interface AskedVersions {
  readonly index: number;
  readonly values: readonly string[];
}

async function askAll(question: TrafficQuestion, { index, values }: AskedVersions, signal: AbortSignal) {
  const { explorer, account, config, requestOf } = question;
  const pairs = values.flatMap((value, at) => (at % 2 === 0 ? [[value, values[at + 1] ?? value] as const] : []));
  const found = await Promise.all(
    pairs.map(async ([one, other]) => {
      const request = requestOf(one, other);
      const [pair] = await explorer.pairsOf({ config, request, metricsAccountName: account }, index, signal);
      return [[one, seenIn(pair, 'control')] as const, [other, seenIn(pair, 'experiment')] as const];
    }),
  );
  return new Map(found.flat());
}

function seenIn(pair: MetricSetPair | undefined, side: 'control' | 'experiment'): Seen | undefined {
  const points = (pair?.values[side] ?? []).filter((value) => Number.isFinite(value));
  if (pair === undefined || points.length === 0) return undefined;
  const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
  return { mean, minutes: (points.length * (pair.scopes?.[side]?.stepMillis ?? 60_000)) / 60_000 };
}

function withShares(versions: readonly SurveyedVersion[], found: ReadonlyMap<string, Seen | undefined>) {
  const total = [...found.values()].reduce((sum, seen) => sum + (seen?.mean ?? 0), 0);
  return versions.map((version) => {
    const seen = found.get(version.value);
    if (seen === undefined) return version;
    return {
      ...version,
      traffic: seen.mean,
      minutes: seen.minutes,
      ...(total > 0 ? { share: seen.mean / total } : {}),
    };
  });
}
