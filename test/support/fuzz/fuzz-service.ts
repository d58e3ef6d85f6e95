import { pino } from 'pino';
import { createJudges } from '../../../judges/index.ts';
import { prometheus } from '../../../providers/prometheus/index.ts';
import { gridOf } from '../../../providers/shared/series/grid.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { MetricsProvider, MetricsRequest } from '../../../src/domain/metrics-provider.ts';
import { instantMillis } from '../../../src/domain/values/instant.ts';
import { createTestService, type TestService } from '../http/test-service.ts';
import { type ApiDocument, readApiDocument } from './api-document.ts';

export interface FuzzService {
  readonly service: TestService;
  readonly port: number;
  readonly document: ApiDocument;
  /** Returns and clears the lines logged as errors: each means that a person must act. */
  takeErrors(): string[];
  close(): Promise<void>;
}

const MOST_VALUES = 10_000;
const ERROR = 50;

/** The whole service on a local port, with all judges and a metrics store that always answers. */
export async function startFuzzService(options: { postgresUrl?: string | undefined } = {}): Promise<FuzzService> {
  const errors: string[] = [];
  const service = await createTestService({
    ...options,
    providers: [agreeable],
    judges: createJudges({}),
    metricsStores: ['prometheus', 'spare-metrics'].map(accountOf),
    log: pino({ level: 'error' }, { write: (line) => logged(line, errors) }),
  });
  await service.resume();
  await service.http.listen({ host: '127.0.0.1', port: 0 });
  const address = service.http.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    service,
    port: address.port,
    document: readApiDocument((await service.http.inject('/v3/api-docs')).json()),
    takeErrors: () => errors.splice(0),
    close: () => service.close(),
  };
}

interface LogLine {
  level: number;
  msg: string;
  id?: string;
  err?: { stack?: string };
}

function logged(line: string, errors: string[]): void {
  const { level, msg, id, err } = JSON.parse(line) as LogLine;
  if (level >= ERROR) errors.push(`${msg} ${id ?? ''} ${err?.stack ?? ''}`);
}

function accountOf(name: string): Account & Record<string, unknown> {
  return {
    name,
    type: 'prometheus',
    endpoint: { baseUrl: 'http://127.0.0.1:9' },
    flavor: 'prometheus',
    scopeLabel: 'instance',
    supportedTypes: ['METRICS_STORE'],
    locations: ['eu-1'],
    recommendedLocations: [],
  };
}

/** Prometheus' queries, parsed and built as usual, with the same answer on both sides. */
const agreeable: MetricsProvider = {
  ...prometheus,
  queryMetrics: async (request) => {
    // Yields like any real store.
    await new Promise(setImmediate);
    return [answerFor(request)];
  },
  getMetadata: async (_account, filter) =>
    ['http_requests_total', 'process_cpu_seconds_total']
      .filter((name) => name.includes(filter))
      .map((name) => ({ name })),
  check: async () => {},
};

function answerFor({ metric, scope }: MetricsRequest) {
  const { startMillis, stepMillis, size } = gridOf(scope);
  const count = Math.min(size, MOST_VALUES);
  const end = new Date(startMillis + count * stepMillis).toISOString();
  return {
    name: metric.name ?? '',
    tags: {},
    startTimeMillis: startMillis,
    startTimeIso: scope.start ?? '',
    endTimeMillis: instantMillis(end),
    endTimeIso: end,
    stepMillis,
    values: Array.from({ length: count }, (_, index) => 100 + ((index * 7919) % 13)),
    attributes: { query: 'agreeable' },
  };
}
