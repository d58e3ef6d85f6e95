/**
 * Three versions of an app `shop`, measured every 15 s from 12:00 to 15:00Z on 2025-01-15. The same on every machine.
 *
 * - `baseline` is what runs today
 * - `canary` is worse: three times the errors, slower, hungrier; and its latency gauge is silent for 25 minutes
 * - `canary-fixed` behaves like the baseline
 */
export const VERSIONS = ['baseline', 'canary', 'canary-fixed'] as const;
export type Version = (typeof VERSIONS)[number];

export const SAMPLES = {
  start: '2025-01-15T12:00:00Z',
  end: '2025-01-15T15:00:00Z',
  everySeconds: 15,
  /** when `request_latency_seconds` of `canary` is silent; the end is measured again */
  gap: { start: '2025-01-15T12:50:00Z', end: '2025-01-15T13:15:00Z' },
} as const;

/** All samples in the OpenMetrics text format, times in seconds. */
export function openMetricsText(): string {
  const measured = measureAll();
  const families = FAMILIES.map(({ name, type, samples }) => [
    `# TYPE ${name} ${type}`,
    ...measured.flatMap(({ version, moments }) => familyLines(version, moments, samples)),
  ]);
  return `${[...families.flat(), '# EOF'].join('\n')}\n`;
}

/** One gauge of one version, for stores that cannot read the text format. */
export interface GaugeSeries {
  /** such as `request_latency_seconds` */
  readonly gauge: string;
  readonly version: Version;
  readonly points: readonly (readonly [epochSeconds: number, value: number])[];
}

/** All gauges, of the same values as {@link openMetricsText}. */
export function gaugeSeries(): GaugeSeries[] {
  const measured = measureAll();
  return FAMILIES.filter(({ type }) => type === 'gauge').flatMap(({ name, samples }) =>
    measured.map(({ version, moments }) => ({
      gauge: name,
      version,
      points: moments.flatMap((moment) =>
        samples(moment).map(([, , value]) => [moment.epochSeconds, written(value)] as const),
      ),
    })),
  );
}

function measureAll() {
  return VERSIONS.map((version, index) => ({ version, moments: measure(version, 30 * (index + 1)) }));
}

/** What is known of a version at a moment; counters count from 12:00Z. */
interface Moment {
  readonly epochSeconds: number;
  readonly silent: boolean;
  readonly ok: number;
  readonly notFound: number;
  readonly failed: number;
  readonly latencyMean: number;
  /** requests of each bucket's upper bound, or less */
  readonly buckets: readonly number[];
  readonly latencySum: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly queueDepth: number;
  readonly connections: number;
  readonly cacheMisses: number;
  readonly cacheRequests: number;
  readonly lagSeconds: number;
}

interface Behaviour {
  readonly errorShare: number;
  readonly latencySeconds: number;
  readonly cpuPerRequest: number;
  readonly memoryGrowth: number;
  readonly queueDepth: number;
}

const SOUND: Behaviour = {
  errorShare: 0.004,
  latencySeconds: 0.1,
  cpuPerRequest: 0.02,
  memoryGrowth: 0,
  queueDepth: 12,
};
const BEHAVIOURS: Readonly<Record<Version, Behaviour>> = {
  baseline: SOUND,
  canary: { errorShare: 0.012, latencySeconds: 0.13, cpuPerRequest: 0.026, memoryGrowth: 40_000, queueDepth: 19 },
  'canary-fixed': SOUND,
};

const BOUNDS = [0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5];

/** Name, type, and for each moment the samples: labels besides the version's, and value. */
interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: (moment: Moment) => readonly (readonly [suffix: string, labels: string, value: number])[];
}

const FAMILIES: readonly Family[] = [
  {
    name: 'http_requests',
    type: 'counter',
    samples: ({ ok, notFound, failed }) => [
      ['http_requests_total', ',code="200"', ok],
      ['http_requests_total', ',code="404"', notFound],
      ['http_requests_total', ',code="500"', failed],
    ],
  },
  {
    name: 'request_latency_seconds',
    type: 'gauge',
    samples: ({ latencyMean, silent }) => (silent ? [] : [['request_latency_seconds', '', latencyMean]]),
  },
  {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    samples: ({ buckets, latencySum }) => [
      ...buckets.map(
        (count, index) => ['http_request_duration_seconds_bucket', `,le="${BOUNDS[index] ?? '+Inf'}"`, count] as const,
      ),
      ['http_request_duration_seconds_sum', '', latencySum],
      ['http_request_duration_seconds_count', '', buckets.at(-1) ?? 0],
    ],
  },
  single('process_cpu_seconds', 'counter', ({ cpuSeconds }) => cpuSeconds),
  single('process_resident_memory_bytes', 'gauge', ({ memoryBytes }) => memoryBytes),
  single('work_queue_depth', 'gauge', ({ queueDepth }) => queueDepth),
  single('db_connections_in_use', 'gauge', ({ connections }) => connections),
  single('cache_misses', 'counter', ({ cacheMisses }) => cacheMisses),
  single('cache_requests', 'counter', ({ cacheRequests }) => cacheRequests),
  single('event_loop_lag_seconds', 'gauge', ({ lagSeconds }) => lagSeconds),
];

function single(name: string, type: 'counter' | 'gauge', value: (moment: Moment) => number): Family {
  const sample = type === 'counter' ? `${name}_total` : name;
  return { name, type, samples: (moment) => [[sample, '', value(moment)]] };
}

/** Series by series, as the format demands. */
function familyLines(version: Version, moments: readonly Moment[], samples: Family['samples']): string[] {
  const lines = new Map<string, string[]>();
  for (const moment of moments) {
    for (const [name, labels, value] of samples(moment)) {
      const series = `${name}{app="shop",version="${version}",instance="shop-${version}-x7k2",zone="${ZONE}"${labels}}`;
      const known = lines.get(series) ?? [];
      known.push(`${series} ${written(value)} ${moment.epochSeconds}`);
      lines.set(series, known);
    }
  }
  return [...lines.values()].flat();
}

function written(value: number): number {
  return Number(value.toPrecision(9));
}

/** As Google Compute Engine names a zone. */
const ZONE = 'https://compute.example/projects/demo/zones/us-east1-b';

function measure(version: Version, seed: number): Moment[] {
  const { cpuPerRequest, memoryGrowth, queueDepth } = BEHAVIOURS[version];
  const random = randomFrom(seed);
  const [start, end] = [Date.parse(SAMPLES.start) / 1000, Date.parse(SAMPLES.end) / 1000];
  const gap = [Date.parse(SAMPLES.gap.start) / 1000, Date.parse(SAMPLES.gap.end) / 1000] as const;
  const total = { ok: 0, notFound: 0, failed: 0, latencySum: 0, cpuSeconds: 0, cacheMisses: 0, cacheRequests: 0 };
  const buckets = new Array<number>(BOUNDS.length + 1).fill(0);
  const moments: Moment[] = [];
  for (let epochSeconds = start; epochSeconds <= end; epochSeconds += SAMPLES.everySeconds) {
    // The load of the day is the same for all versions.
    const load = 1 + 0.2 * Math.sin((epochSeconds - start) / 1700);
    const requests = Math.round(load * (140 + 20 * random()));
    const latencies = serve(requests, BEHAVIOURS[version], { random, total, buckets });
    total.latencySum += latencies;
    total.cpuSeconds += requests * cpuPerRequest * (1 + 0.1 * noise(random));
    moments.push({
      ...total,
      epochSeconds,
      silent: version === 'canary' && epochSeconds >= gap[0] && epochSeconds < gap[1],
      latencyMean: latencies / requests,
      buckets: [...buckets],
      memoryBytes: Math.round(300e6 + (memoryGrowth * (epochSeconds - start)) / 4 + 6e6 * noise(random)),
      queueDepth: Math.max(0, Math.round(queueDepth * load + 3 * noise(random))),
      connections: Math.max(1, Math.round(8 * load + 1.5 * noise(random))),
      lagSeconds: 0.002 * Math.exp(0.3 * noise(random)),
    });
  }
  return moments;
}

interface Counters {
  readonly random: () => number;
  readonly total: Record<'ok' | 'notFound' | 'failed' | 'cacheMisses' | 'cacheRequests', number>;
  readonly buckets: number[];
}

/** Counts some requests. @returns the sum of their latencies in seconds */
function serve(
  requests: number,
  { latencySeconds, errorShare }: Behaviour,
  { random, total, buckets }: Counters,
): number {
  let latencies = 0;
  for (let request = 0; request < requests; request++) {
    const latency = latencySeconds * Math.exp(0.35 * noise(random));
    latencies += latency;
    for (const [index, bound] of [...BOUNDS, Number.POSITIVE_INFINITY].entries()) {
      if (latency <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
    }
    const luck = random();
    total[luck < errorShare ? 'failed' : luck > 0.97 ? 'notFound' : 'ok']++;
    total.cacheRequests++;
    if (random() < 0.08) total.cacheMisses++;
  }
  return latencies;
}

/** Numbers in [0, 1), the same for the same seed: SplitMix with 32 bits, a counter whose bits are mixed. */
function randomFrom(seed: number): () => number {
  let counter = seed;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** About normal, mean 0, standard deviation 1: the sum of twelve uniform numbers less 6. */
function noise(random: () => number): number {
  let sum = -6;
  for (let index = 0; index < 12; index++) sum += random();
  return sum;
}
