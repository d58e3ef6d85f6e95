import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CounterName, GaugeName, HistogramName, LabelsOf } from '../domain/service-metrics.ts';
import { SERVICE_METRICS } from '../domain/service-metrics.ts';

/** Gauges that are named like counters, which `promtool` refuses, and what active resources say better. */
const NOT_WANTED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
];

type Labels = Readonly<Record<string, string>>;

/** The metrics of the table, in a registry of their own: two services in one process do not see each other's. */
export class Instruments {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, Gauge>();
  #watchesProcess = false;

  constructor() {
    const registers = [this.#registry];
    for (const [name, { type, help, labels, ...more }] of Object.entries(SERVICE_METRICS)) {
      const shape = { name, help, labelNames: [...labels], registers };
      const buckets = 'buckets' in more ? [...more.buckets] : [];
      if (type === 'counter') this.#counters.set(name, new Counter(shape));
      else if (type === 'gauge') this.#gauges.set(name, new Gauge(shape));
      else this.#histograms.set(name, new Histogram({ ...shape, buckets }));
    }
  }

  count(name: CounterName, labels: Labels): void {
    this.#counters.get(name)?.inc(labels);
  }

  time(name: HistogramName, seconds: number, labels: Labels): void {
    this.#histograms.get(name)?.observe(labels, seconds);
  }

  /** Replaces all values of a gauge, adding up those with equal labels; what is not known has none. */
  set<Name extends GaugeName>(name: Name, values: Iterable<readonly [labels: LabelsOf<Name>, value: number]>): void {
    const gauge = this.#gauges.get(name);
    gauge?.reset();
    gauge?.remove({});
    for (const [labels, value] of values) gauge?.inc(labels, value);
  }

  /** Prometheus' text. The event loop and the collector of garbage are watched from the first time on. */
  text(): Promise<string> {
    if (!this.#watchesProcess) this.#watchProcess();
    return this.#registry.metrics();
  }

  #watchProcess(): void {
    this.#watchesProcess = true;
    collectDefaultMetrics({ register: this.#registry });
    for (const name of NOT_WANTED) this.#registry.removeSingleMetric(name);
  }
}
