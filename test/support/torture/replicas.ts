import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanaryExecutionStatusResponse } from '../../../src/domain/run.ts';
import { configOf, requestOf } from '../http/requests.ts';
import { type ServiceProcess, startService } from '../http/service-process.ts';
import { query } from '../servers/postgres-server.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

export interface ReplicaOptions {
  /** of the database */
  readonly url: string;
  /** of the metrics store */
  readonly metricsUrl: string;
  readonly leaseSeconds: number;
  readonly concurrentRuns?: number;
  /** further settings of the store */
  readonly store?: object;
  /** how far its clock is from ours */
  readonly skewMillis?: number;
  /** of another version */
  readonly main?: string;
}

export interface Replica extends ServiceProcess {
  /** what it has logged, a parsed line each */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Starts a run. @returns its id */
  startRun(): Promise<string>;
  /** Sends a JSON body. @returns the answer's */
  send(method: string, path: string, body: object): Promise<Record<string, unknown>>;
  get(id: string): Promise<CanaryExecutionStatusResponse>;
}

/** How a run stands in the database. */
export interface RunRow {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly end_time: string | null;
  readonly result: Buffer | null;
}

const SKEWED_CLOCK = join(import.meta.dirname, 'skewed-clock.ts');

/** A service process on a PostgreSQL, one of several. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { url, metricsUrl, leaseSeconds, concurrentRuns = 4, skewMillis, store = {}, main } = options;
  const file = join(temporaryDirectory(), 'haldane.yml');
  const config = {
    store: { type: 'postgres', url, ...store },
    engine: { leaseSeconds, concurrentRuns },
    log: { level: 'debug' },
    accounts: [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: metricsUrl } }],
  };
  writeFileSync(file, JSON.stringify(config));
  const log: Record<string, unknown>[] = [];
  const environment: Record<string, string> = { HALDANE_CONFIG: file, HALDANE_PORT: '0' };
  if (skewMillis !== undefined) {
    environment.HALDANE_TEST_SKEW_MILLIS = String(skewMillis);
    environment.NODE_OPTIONS = `--import=${SKEWED_CLOCK}`;
  }
  const onLog = (line: string) => log.push(parseLine(line));
  const service = await startService(environment, onLog, main === undefined ? {} : { main });
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(service.baseUrl + path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  };
  return {
    ...service,
    log,
    send,
    async startRun() {
      const body = await send('POST', '/canary', newRun());
      if (typeof body.canaryExecutionId !== 'string') throw new Error(JSON.stringify(body));
      return body.canaryExecutionId;
    },
    async get(id) {
      return (await (await fetch(`${service.baseUrl}/canary/${id}`)).json()) as CanaryExecutionStatusResponse;
    },
  };
}

/** Looks in the database until that is so. @throws Error with how the runs stand when it is not so in time */
export async function untilRuns(
  url: string,
  isSo: (runs: readonly RunRow[]) => boolean,
  withinMillis: number,
): Promise<RunRow[]> {
  const deadline = Date.now() + withinMillis;
  for (;;) {
    const runs = await runRows(url);
    if (isSo(runs)) return runs;
    if (Date.now() > deadline) {
      const counts = Object.entries(Object.groupBy(runs, ({ status, attempt }) => `${status}, attempt ${attempt}`));
      throw new Error(counts.map(([state, rows = []]) => `${rows.length} ${state}`).join('; '));
    }
    await sleep(100);
  }
}

export function runRows(url: string): Promise<RunRow[]> {
  return query<RunRow>(url, 'select id, status, attempt, end_time, result from canary_execution order by id');
}

const config = configOf(1, {
  judge: { name: 'NetflixACAJudge-v1.0' },
  metrics: [
    {
      name: 'latency',
      query: { type: 'prometheus', serviceType: 'prometheus', customInlineTemplate: 'PromQL:latency{v="${scope}"}' },
      groups: ['group'],
      scopeName: 'default',
    },
  ],
});
/** What is asked of a run: never the same twice, since answers of the metrics store are shared among runs. */
export function newRun() {
  const { scopes } = requestOf();
  const { controlScope, experimentScope } = scopes?.default ?? {};
  const version = randomUUID();
  const pair = {
    controlScope: { ...controlScope, scope: `${version}-control` },
    experimentScope: { ...experimentScope, scope: `${version}-experiment` },
  };
  return { canaryConfig: config, executionRequest: { ...requestOf(), scopes: { default: pair } } };
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line };
  }
}
