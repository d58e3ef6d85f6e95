import type { CanaryConfig, CanaryMetricConfig } from '../../../src/domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../../src/domain/canary-execution-request.ts';
import type { Side } from '../../../src/domain/canary-scope.ts';

export const SAMPLE_START = Date.parse('2026-01-01T12:00:00Z');
const STEP_SECONDS = 60;

/** The shape of a sample metric: its noise, and the canary's difference. */
interface Shape {
  readonly name: string;
  readonly group: string;
  /** with `${scope}`, as a config has it */
  readonly query: string;
  /** the typical value */
  readonly level: number;
  /** as a fraction of the level */
  readonly noise?: number;
  /** of the canary over the baseline */
  readonly ratio?: number;
  /** the day's common movement of both sides, as a fraction */
  readonly wave?: number;
  readonly whole?: boolean;
  readonly unit?: string;
  /** one in this many points is this many times as high */
  readonly spikes?: readonly [every: number, factor: number];
  /** slots without a value in the canary, as shares of the window */
  readonly gap?: readonly [from: number, to: number];
  readonly analysis?: Record<string, unknown>;
}

const rate = (name: string, labels = '') => `sum(rate(${name}{app="shop",version="\${scope}"${labels}}[1m]))`;
const quantile = (share: number, name: string) =>
  `histogram_quantile(${share}, sum by (le) (rate(${name}_bucket{app="shop",version="\${scope}"}[1m])))`;
const gauge = (name: string) => `avg(${name}{app="shop",version="\${scope}"})`;
const rising = { direction: 'increase', effectSize: { allowedIncrease: 1.1 } };
const withoutOutliers = { outliers: { strategy: 'remove', outlierFactor: 3 } };

/** A day in the life of a shop; some of it went wrong. */
const SHAPES: readonly Shape[] = [
  {
    name: 'latency, 95th percentile',
    group: 'latency',
    unit: 's',
    query: quantile(0.95, 'http_request_duration_seconds'),
    level: 0.242,
    noise: 0.06,
    ratio: 1.22,
    wave: 0.08,
    analysis: { ...rising, ...withoutOutliers },
    spikes: [120, 2.6],
  },
  {
    name: 'latency, median',
    group: 'latency',
    unit: 's',
    query: quantile(0.5, 'http_request_duration_seconds'),
    level: 0.081,
    noise: 0.05,
    wave: 0.06,
    ratio: 1.004,
    analysis: rising,
  },
  {
    name: 'failed requests',
    group: 'errors',
    unit: 'share',
    query: `${rate('http_requests_total', ',code=~"5.."')} / ${rate('http_requests_total')}`,
    level: 0.0042,
    noise: 0.22,
    ratio: 1.9,
    analysis: { direction: 'increase', critical: true, effectSize: { allowedIncrease: 1.2, criticalIncrease: 3 } },
  },
  {
    name: 'requests not found',
    group: 'errors',
    unit: 'share',
    query: `${rate('http_requests_total', ',code="404"')} / ${rate('http_requests_total')}`,
    level: 0.031,
    noise: 0.12,
    analysis: { direction: 'increase' },
  },
  {
    name: 'requests a second',
    group: 'traffic',
    unit: 'req/s',
    query: rate('http_requests_total'),
    level: 184,
    noise: 0.04,
    wave: 0.15,
  },
  {
    name: 'CPU time per request',
    group: 'resources',
    unit: 's',
    query: `${rate('process_cpu_seconds_total')} / ${rate('http_requests_total')}`,
    level: 0.0213,
    noise: 0.05,
    ratio: 1.07,
    analysis: { direction: 'increase', effectSize: { allowedIncrease: 1.15 } },
  },
  {
    name: 'resident memory',
    group: 'resources',
    unit: 'bytes',
    query: gauge('process_resident_memory_bytes'),
    level: 412e6,
    noise: 0.02,
    ratio: 0.98,
    analysis: { direction: 'increase' },
  },
  {
    name: 'garbage collection pause',
    group: 'resources',
    query: gauge('gc_pause_seconds'),
    level: 0.0121,
    noise: 0.15,
    spikes: [23, 14],
    analysis: { ...rising, ...withoutOutliers },
  },
  {
    name: 'work queue depth',
    group: 'resources',
    query: gauge('work_queue_depth'),
    level: 12,
    noise: 0.2,
    wave: 0.2,
    whole: true,
    analysis: { direction: 'increase' },
  },
  {
    name: 'database connections',
    group: 'resources',
    query: gauge('db_connections_in_use'),
    level: 8,
    noise: 0.1,
    whole: true,
  },
  {
    name: 'cache hits',
    group: 'traffic',
    unit: 'share',
    query: `${rate('cache_hits_total')} / ${rate('cache_requests_total')}`,
    level: 0.921,
    noise: 0.01,
    ratio: 0.972,
    analysis: { direction: 'decrease' },
  },
  { name: 'threads', group: 'resources', query: gauge('process_threads'), level: 64 },
  {
    name: 'event loop lag',
    group: 'latency',
    unit: 's',
    query: gauge('event_loop_lag_seconds'),
    level: 0.0023,
    noise: 0.3,
    spikes: [31, 5],
  },
  {
    name: 'orders placed',
    group: 'business',
    query: rate('orders_total'),
    level: 2.31,
    noise: 0.12,
    wave: 0.2,
    gap: [0.35, 0.5],
    analysis: { direction: 'decrease' },
  },
  {
    name: 'payment timeouts',
    group: 'errors',
    query: rate('payment_timeouts_total'),
    level: 0.18,
    noise: 2.2,
    whole: true,
    analysis: { direction: 'increase' },
  },
  { name: 'fraud checks', group: 'business', query: rate('fraud_checks_total'), level: 1.2, noise: 0.1, gap: [0, 1] },
  { name: 'bytes written', group: 'resources', query: rate('disk_written_bytes_total'), level: 3.4e6, noise: 0.3 },
  {
    name: 'bytes sent',
    group: 'traffic',
    query: rate('network_sent_bytes_total'),
    level: 9.1e6,
    noise: 0.08,
    ratio: 1.3,
    analysis: { muted: true },
  },
  { name: 'handshakes', group: 'traffic', query: rate('tls_handshakes_total'), level: 22, noise: 0.1 },
  {
    name: 'search latency',
    group: 'latency',
    unit: 's',
    query: quantile(0.9, 'search_duration_seconds'),
    level: 0.137,
    noise: 0.18,
    wave: 0.05,
    analysis: rising,
  },
];
/** Further metrics repeat these in other zones: a canary of 200 metrics fails in a few. */
const QUIET = SHAPES.filter(({ ratio = 1, gap }) => ratio === 1 && gap === undefined);

/** A sample metric of the list; the first twenty are told apart by their names, the others by their zones. */
export function sampleShape(index: number): Shape {
  const [own] = SHAPES.slice(index, index + 1);
  if (own !== undefined) return own;
  const like = QUIET[index % QUIET.length] as Shape;
  const zone = `zone-${index}`;
  return {
    ...like,
    name: `${like.name}, ${zone}`,
    query: like.query.replaceAll('app="shop"', `app="shop",zone="${zone}"`),
  };
}

/** From this day on the canary equals the baseline until noon, then gets worse until five. */
const SLOW_DAY = Date.parse('2026-01-03T00:00:00Z');
export const SLOW_NOON = SLOW_DAY + 12 * 3_600_000;
const SLOW_MILLIS = 5 * 3_600_000;

/** The values of one side of a sample metric from a time on; a gap is NaN. */
export function sampleValues(index: number, side: Side, points: number, startMillis = SAMPLE_START): number[] {
  const { level, noise = 0, ratio = 1, wave = 0, whole = false, spikes, gap = [2, 2] } = sampleShape(index);
  const random = randomFrom(index * 2 + (side === 'control' ? 1 : 2));
  return Array.from({ length: points }, (_, slot) => {
    const luck = random() + random() + random() + random() - 2;
    const share = slot / points;
    const spike = spikes !== undefined && slot % spikes[0] === (side === 'control' ? 11 : 19) ? spikes[1] : 1;
    if (side === 'experiment' && share >= gap[0] && share < gap[1]) return Number.NaN;
    const worse = Math.min(1, Math.max(0, (startMillis + slot * 1000 * STEP_SECONDS - SLOW_NOON) / SLOW_MILLIS));
    const change = (ratio - 1) * (startMillis < SLOW_DAY ? 1 : worse);
    const mean = level * (side === 'experiment' ? 1 + change : 1);
    const value = mean * (1 + wave * Math.sin(7 * share) + 1.7 * noise * luck) * spike;
    return whole ? Math.max(0, Math.round(value)) : Number(value.toPrecision(9));
  });
}

/** A config of the first so many sample metrics. */
export function sampleConfig(count: number, changes: Partial<CanaryConfig> = {}): CanaryConfig {
  const metrics = Array.from({ length: count }, (_, index) => metricOf(sampleShape(index)));
  return {
    name: 'shop, every release',
    applications: ['shop'],
    judge: { name: 'MannWhitneyJudge-v1.0', judgeConfigurations: {} },
    metrics,
    classifier: { groupWeights: weightsOf(new Set(metrics.flatMap(({ groups = [] }) => groups))) },
    ...changes,
  };
}

/** Both sides over a window of so many points. */
export function sampleRequest(points: number): CanaryExecutionRequest {
  const start = new Date(SAMPLE_START).toISOString();
  const end = new Date(SAMPLE_START + points * STEP_SECONDS * 1000).toISOString();
  const window = { start, end, step: STEP_SECONDS, extendedScopeParams: {} };
  return {
    scopes: {
      default: {
        controlScope: { scope: 'v41', location: 'us-east-1', ...window },
        experimentScope: { scope: 'v42', location: 'us-east-1', ...window },
      },
    },
    thresholds: { pass: 95, marginal: 75 },
  };
}

function metricOf({ name, group, query, analysis, unit }: Shape): CanaryMetricConfig {
  return {
    name,
    query: {
      type: 'prometheus',
      serviceType: 'prometheus',
      customInlineTemplate: `PromQL:${query}`,
      ...(unit && { unit }),
    },
    groups: [group],
    analysisConfigurations: { canary: { direction: 'either', ...analysis } },
    scopeName: 'default',
  };
}

const WEIGHTS: Readonly<Record<string, number>> = { errors: 35, latency: 30, business: 15, traffic: 10, resources: 10 };

/** Those of the groups there are, stretched to 100. */
function weightsOf(groups: ReadonlySet<string>): Record<string, number> {
  const sum = [...groups].reduce((total, group) => total + (WEIGHTS[group] ?? 0), 0);
  return Object.fromEntries([...groups].map((group) => [group, (100 * (WEIGHTS[group] ?? 0)) / sum]));
}

/** Deterministic numbers in [0, 1): a counter with mixed bits. */
function randomFrom(seed: number): () => number {
  let counter = Math.imul(seed, 0x632be5ab);
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
