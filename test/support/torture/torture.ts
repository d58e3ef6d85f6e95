import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CallbackReceiver, startReceiver } from '../http/callback-receiver.ts';
import { type ServiceProcess, startService } from '../http/service-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { configFor, type Job, startOf, tortureJobs } from './torture-jobs.ts';
import { startTortureMetrics } from './torture-metrics.ts';

export const TORTURE_SECRET = 'torture-secret';
const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export interface TortureOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly kills: number;
  /** what the configuration file says of the store */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A job a client was told the id of. */
export interface Accepted {
  readonly job: Job;
  readonly id: string;
  /** given back by the service in the job's runs */
  readonly label: string;
}

/** What has become of it all; the service is still up. */
export interface Tortured {
  readonly accepted: readonly Accepted[];
  /** every label that was sent, also those without an answer */
  readonly labels: ReadonlyMap<string, Job>;
  /** statuses of jobs that were seen ended, at the first time */
  readonly seenEnded: ReadonlyMap<string, string>;
  readonly receiver: CallbackReceiver;
  readonly log: readonly string[];
  /** the one that is up now */
  readonly service: ServiceProcess;
  /** Starts the service again after it was stopped. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts jobs over HTTP while the service is killed with SIGKILL at random moments and started again. A start that got
 * no answer is not counted as accepted: it is sent again under another label, or, by a client with an idempotency key,
 * under the same.
 */
export async function torture({ seed, jobs, kills, settings }: TortureOptions): Promise<Tortured> {
  const random = randomFrom(seed);
  const metrics = await startTortureMetrics();
  const receiver = await startReceiver((number, response) => response.writeHead(number % 3 === 1 ? 503 : 200).end());
  const environment = writeConfig(settings, metrics.baseUrl);
  const log: string[] = [];
  const start = () => startService(environment, (line) => log.push(line));
  let service = await start();
  const stop = async () => {
    await service.stop('SIGKILL');
    await Promise.all([metrics.stop(), receiver.stop()]);
  };
  try {
    const load = new Load({ jobs: tortureJobs(jobs, random), receiver, baseUrl: () => service.baseUrl });
    await load.storeConfigs();
    load.allow(jobs / (kills + 1));
    const done = load.run();
    done.catch(() => {}); // awaited below
    for (let killed = 0; killed < kills; killed++) {
      await sleep(50 + random() * 650);
      await service.stop('SIGKILL');
      if (random() < 0.2 && ++killed < kills) await startAndKill(environment, 200 + random() * 800);
      service = await start();
      load.allow(((killed + 2) * jobs) / (kills + 1));
    }
    await done;
    const { accepted, labels, seenEnded } = load;
    return {
      accepted,
      labels,
      seenEnded,
      receiver,
      log,
      get service() {
        return service;
      },
      startAgain: async () => {
        service = await start();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A service that is killed before it listens, or soon after. */
async function startAndKill(environment: Record<string, string>, afterMillis: number): Promise<void> {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await sleep(afterMillis);
  child.kill('SIGKILL');
  await ended;
}

interface LoadOptions {
  readonly jobs: readonly Job[];
  readonly receiver: CallbackReceiver;
  readonly baseUrl: () => string;
}

const CLIENTS = 6;

/** The clients: they start jobs, cancel some, and remember what they were told. */
class Load {
  readonly accepted: Accepted[] = [];
  readonly labels = new Map<string, Job>();
  readonly seenEnded = new Map<string, string>();
  readonly #options: LoadOptions;
  readonly #waiting: Job[];
  readonly #configIds: Record<string, string> = {};
  #allowed = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#waiting = [...options.jobs];
  }

  async storeConfigs(): Promise<void> {
    for (const metric of ['quick', 'slow'] as const) {
      const answer = await this.#ask('POST', '/canaryConfig', configFor(metric));
      this.#configIds[metric] = answer.canaryConfigId as string;
    }
  }

  /** Lets so many jobs be started; a little more in each life of the service, so that every life has some. */
  allow(count: number): void {
    this.#allowed = count;
  }

  /** Starts all jobs. */
  async run(): Promise<void> {
    const client = async () => {
      for (;;) {
        const job = this.#waiting.shift();
        if (job === undefined) return;
        while (job.number >= this.#allowed) await sleep(10);
        await this.#start(job);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  async #start(job: Job): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const label = job.idempotent ? `job-${job.number}` : `job-${job.number}-${attempt}`;
      this.labels.set(label, job);
      const { path, body } = startOf(job, this.#configIds);
      const query = new URLSearchParams({ application: 'torture', parentPipelineExecutionId: label });
      if (job.callback) query.set('callbackUrl', `${this.#options.receiver.baseUrl}/${label}`);
      const headers: Record<string, string> = job.idempotent ? { 'idempotency-key': label } : {};
      const answer = await this.#ask('POST', `${path}?${query}`, body, headers).catch(unanswered);
      const id = answer?.canaryExecutionId ?? answer?.canaryAnalysisExecutionId;
      if (id === undefined) {
        await sleep(30);
        continue;
      }
      this.accepted.push({ job, id: id as string, label });
      if (job.canceled) await this.#cancel(job, id as string);
      return;
    }
  }

  /** Until it is answered; then the job has ended, and stays as it is. */
  async #cancel({ kind }: Job, id: string): Promise<void> {
    const path = `${kind === 'run' ? '/canary' : '/standalone_canary_analysis'}/${id}`;
    for (;;) {
      const canceled = await this.#ask('PUT', `/pipelines/${id}/cancel`).catch(unanswered);
      const state = canceled && (await this.#ask('GET', path).catch(unanswered));
      if (state !== undefined) {
        this.seenEnded.set(id, state.complete ? String(state.status) : `${state.status} although it was canceled`);
        return;
      }
      await sleep(30);
    }
  }

  async #ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(this.#options.baseUrl() + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  }
}

/** The process died: fetch says so with a TypeError. An answer that is an error is one of the test. */
function unanswered(error: unknown): undefined {
  if (!(error instanceof TypeError)) throw error;
}

function writeConfig(settings: Readonly<Record<string, unknown>>, metricsUrl: string): Record<string, string> {
  const file = join(temporaryDirectory(), 'haldane.yml');
  const config = {
    ...settings,
    // It is killed far more often than a run may be lost.
    engine: { concurrentRuns: 8, leaseSeconds: 2, attempts: 100 },
    callbacks: { secret: TORTURE_SECRET, allowPrivate: true, firstWaitMillis: 50 },
    accounts: [{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: metricsUrl } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return { HALDANE_CONFIG: file, HALDANE_PORT: '0' };
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
