import type { Config } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/stores.ts';
import type { MetricsFetcher } from '../engine/fetching/metrics-fetcher.ts';
import { Metrics } from '../metrics/metrics.ts';
import { createReading } from '../metrics/reading.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { monotonicClock } from '../waiting/clocks.ts';

/** What the service tells of itself. */
export interface Telemetry {
  readonly metrics: Metrics;
  /** absent: nothing is traced */
  readonly tracing: Tracing | undefined;
  /** What gauges are read from; it is there later than what is counted. */
  watch(watched: Watched): void;
}

interface Watched {
  readonly store: Store;
  readonly fetcher: MetricsFetcher;
  readonly runs: { readonly enabled: boolean };
}

interface TelemetryParts {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
}

export async function createTelemetry(parts: TelemetryParts): Promise<Telemetry> {
  const { config, version } = parts;
  const metrics = new Metrics(config.telemetry.metrics.applications);
  return {
    metrics,
    tracing: await openTracing(parts),
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

/** Loaded only where something is traced. */
async function openTracing({ config, version, log }: TelemetryParts): Promise<Tracing | undefined> {
  const { endpoint: url, headers, sampleRatio, serviceName, resource } = config.telemetry.traces;
  if (url === undefined) return undefined;
  const { openTelemetry } = await import('../tracing/open-telemetry.ts');
  const settings = { url, headers, sampleRatio, resource: { ...resource, 'service.name': serviceName } };
  return openTelemetry({ settings, version, log });
}
