import type { Config } from '../config/config.ts';
import type { Store } from '../domain/stores.ts';
import type { MetricsFetcher } from '../engine/fetching/metrics-fetcher.ts';
import { Metrics } from '../metrics/metrics.ts';
import { createReading } from '../metrics/reading.ts';
import { monotonicClock } from '../waiting/clocks.ts';

/** What the service tells of itself. */
export interface Telemetry {
  readonly metrics: Metrics;
  /** What gauges are read from; it is there later than what is counted. */
  watch(watched: Watched): void;
}

interface Watched {
  readonly store: Store;
  readonly fetcher: MetricsFetcher;
  readonly runs: { readonly enabled: boolean };
}

export function createTelemetry({ config, version }: { config: Config; version: string }): Telemetry {
  const metrics = new Metrics(config.telemetry.metrics.applications);
  return {
    metrics,
    watch({ store, fetcher, runs }) {
      const reading = createReading({
        backlog: () => store.runs.backlog(),
        accounts: () => fetcher.accountStates(),
        enabled: () => runs.enabled,
        version,
        storeType: config.store.type,
        monotonic: monotonicClock,
      });
      metrics.watch(reading);
    },
  };
}
