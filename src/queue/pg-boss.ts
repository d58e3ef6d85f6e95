import { type Job as BossJob, type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Log } from '../domain/log.ts';
import { JOB_KINDS, type Job, type JobHandler, type JobKind, type WorkQueue } from '../domain/work-queue.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { FairPriority } from './fair-priority.ts';
import { groupIdOf, type JobData, QueueRoom, type Room } from './queue-room.ts';

const POLL_MILLIS = 500;
/** Who has stored a run waits no longer for it to be queued. */
const PUSH_MILLIS = 3000;
/** The wait before polling again after a failure. */
const AWAY_MILLIS = 5000;
/** How often to look for jobs of dead processes. */
const SUPERVISE_SECONDS = 5;
/** The shortest pg-boss accepts. */
const START_ATTEMPTS = 5;
const SHORTEST_HEARTBEAT_SECONDS = 10;
const DAY_SECONDS = 86_400;

export interface PgBossOptions {
  readonly url: string;
  /** the database schema of pg-boss's tables */
  readonly schema: string;
  /** a statement that takes longer is given up; 0 or absent: none is */
  readonly queryTimeoutMillis?: number;
  /** concurrent jobs of this process per kind and group */
  readonly concurrency: Record<JobKind, number>;
  /** concurrent jobs of this process per share; absent: any number */
  readonly perShare?: number | undefined;
  /** a process that is silent for this long loses its jobs; at least 10 s */
  readonly leaseMillis: number;
  readonly now: () => number;
  readonly log: Log;
}

interface KindQueue {
  readonly kind: JobKind;
  readonly name: string;
  readonly room: QueueRoom;
  handler: JobHandler;
  readonly working: Map<TakenJob, Promise<void>>;
  /** ends the wait for the next poll */
  wake: () => void;
  serving: Promise<void>;
}

type TakenJob = BossJob<JobData>;

/**
 * The queue of any number of processes on one PostgreSQL. Equal waiting jobs are one job. A job whose process died, or
 * stopped before finishing it, goes to another process.
 */
export class PgBossQueue implements WorkQueue {
  readonly #boss: PgBoss;
  readonly #queues: Record<JobKind, KindQueue>;
  readonly #heartbeatSeconds: number;
  readonly #priority: FairPriority;
  readonly #schema: string;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #heartbeat: NodeJS.Timeout | undefined;
  #enabled = true;

  constructor(options: PgBossOptions) {
    const { url, schema, queryTimeoutMillis = 0, concurrency, perShare, leaseMillis, now, log } = options;
    this.#boss = new PgBoss(bossOptions(url, schema, queryTimeoutMillis));
    // Not the error itself: the driver attaches its client, with the address, to it.
    this.#boss.on('error', (error) => log.warn({ reason: messageOf(error) }, 'queue failed, retrying'));
    this.#queues = Object.fromEntries(
      JOB_KINDS.map((kind) => [kind, newQueue(kind, new QueueRoom(concurrency[kind], perShare))]),
    ) as Record<JobKind, KindQueue>;
    this.#heartbeatSeconds = Math.max(SHORTEST_HEARTBEAT_SECONDS, Math.ceil(leaseMillis / 1000));
    this.#priority = new FairPriority(now);
    this.#schema = schema;
    this.#now = now;
    this.#log = log;
  }

  handle(kind: JobKind, handler: JobHandler): void {
    this.#queues[kind].handler = handler;
  }

  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      await this.#boss.stop({ graceful: false });
      throw new CanaryError(
        'STORE_UNUSABLE',
        `the queue cannot keep its tables in schema '${this.#schema}': ${messageOf(error)}; allow the user in store.url to create it`,
        { cause: error },
      );
    }
    for (const queue of this.#all()) queue.serving = this.#serve(queue);
    this.#heartbeat = setInterval(() => void this.#touch(), (this.#heartbeatSeconds * 1000) / 3);
  }

  async #open(): Promise<void> {
    // Replicas that start at once on an empty database make the same tables; those who come second try again.
    await this.#boss.start({ attempts: START_ATTEMPTS });
    for (const queue of this.#all()) {
      const settings = {
        heartbeatSeconds: this.#heartbeatSeconds,
        expireInSeconds: DAY_SECONDS,
        retryLimit: 1_000_000,
        deleteAfterSeconds: 60,
      };
      // The first process creates the queue; a later one may be configured with another lease.
      await this.#boss.createQueue(queue.name, { policy: 'short', ...settings });
      await this.#boss.updateQueue(queue.name, settings);
    }
  }

  /** What cannot be queued now, or not soon, is stored already, and a sweep queues it later. */
  push(job: Job, delayMillis = 0): Promise<void> {
    return this.#queue(job, delayMillis);
  }

  /** @param was the job that is put back: it keeps its place */
  async #queue(job: Job, delayMillis: number, was?: JobData): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const given = Promise.withResolvers<void>();
    const timer = setTimeout(() => given.reject(new Error(`no answer within ${PUSH_MILLIS} ms`)), PUSH_MILLIS);
    try {
      await Promise.race([this.#send(job, delayMillis, was), given.promise]);
    } catch (error) {
      const { kind, id } = job;
      this.#log.warn({ reason: messageOf(error), kind, id }, 'job not queued, a sweep queues it later');
    } finally {
      clearTimeout(timer);
    }
  }

  async #send({ kind, id, group = '', share }: Job, delayMillis: number, was?: JobData): Promise<void> {
    const queue = this.#queues[kind];
    const priority = was?.priority ?? this.#priority.of(share);
    const data = { id, group, share, priority } satisfies JobData;
    const startAfter = `${Math.max(0, delayMillis) / 1000} seconds`;
    const options = { singletonKey: id, startAfter, group: { id: groupIdOf(data) }, priority };
    const sent = await this.#boss.send(queue.name, data, options);
    if (sent === null) await this.#bringForward(queue, id, delayMillis);
    if (delayMillis <= 0) queue.wake();
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    for (const queue of this.#all()) queue.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    for (const queue of this.#all()) queue.wake();
    await Promise.all(this.#all().map(({ serving }) => serving));
    await Promise.all(this.#all().flatMap(({ working }) => [...working.values()]));
    clearInterval(this.#heartbeat);
    await this.#boss.stop({ graceful: false });
  }

  #all(): KindQueue[] {
    return JOB_KINDS.map((kind) => this.#queues[kind]);
  }

  /** The job is already waiting: make it due no later than this. */
  async #bringForward({ name }: KindQueue, id: string, delayMillis: number): Promise<void> {
    const [waiting] = await this.#boss.findJobs(name, { key: id, queued: true });
    if (waiting === undefined || waiting.startAfter <= waiting.createdOn) return;
    // Two clocks are compared only for delayed jobs, where minutes of skew do little harm.
    if (delayMillis > 0 && waiting.startAfter.getTime() <= this.#now() + delayMillis) return;
    await this.#boss.update(name, undefined, { id: waiting.id, startAfter: Math.max(0, delayMillis) / 1000 });
  }

  /** Fetches due jobs whenever a slot is free, until the queue stops. */
  async #serve(queue: KindQueue): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
      queue.wake = wake;
      const room = queue.room.now(queue.working.keys());
      const jobs = this.#enabled ? await this.#fetch(queue, room) : [];
      for (const job of jobs ?? []) this.#work(queue, job);
      if (jobs?.length === room.batchSize) continue;
      const timer = setTimeout(wake, jobs === undefined ? AWAY_MILLIS : POLL_MILLIS);
      await woken;
      clearTimeout(timer);
    }
  }

  /** @returns undefined when the database is unavailable */
  async #fetch({ name }: KindQueue, room: Room): Promise<TakenJob[] | undefined> {
    try {
      return await this.#boss.fetch<JobData>(name, room);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'queue cannot be read, retrying');
      return undefined;
    }
  }

  #work(queue: KindQueue, job: TakenJob): void {
    if (!queue.room.has(job, queue.working.keys())) return void this.#putBack(queue, job);
    const done = this.#handle(queue, job).finally(() => {
      queue.working.delete(job);
      queue.wake();
    });
    queue.working.set(job, done);
  }

  /**
   * It keeps its place, and is not taken again before there is room: whose it is was seen. A process that ends in between
   * leaves a job that is not queued, which a sweep finds.
   */
  async #putBack({ kind, name }: KindQueue, job: TakenJob): Promise<void> {
    const { id, group, share } = job.data;
    try {
      await this.#boss.complete(name, job);
    } catch (error) {
      return this.#log.warn({ reason: messageOf(error), kind, id }, 'job not put back, it will run again');
    }
    await this.#queue({ kind, id, group, share }, 0, job.data);
  }

  /** A job that was stopped or failed is due again immediately. */
  async #handle({ name, kind, handler }: KindQueue, job: TakenJob): Promise<void> {
    const { signal } = this.#stopping;
    try {
      try {
        await handler(job.data.id, signal);
        await (signal.aborted ? this.#boss.fail(name, job) : this.#boss.complete(name, job));
      } catch (error) {
        this.#log.error({ err: error, kind, id: job.data.id }, 'job failed, retrying');
        await this.#boss.fail(name, job);
      }
    } catch (error) {
      this.#log.warn({ reason: messageOf(error), kind, id: job.data.id }, 'job not acknowledged, it will run again');
    }
  }

  async #touch(): Promise<void> {
    for (const { name, working } of this.#all()) {
      const jobs = [...working.keys()].map(({ id, retryCount }) => ({ id, retryCount }));
      if (jobs.length === 0) continue;
      await this.#boss
        .touch(name, jobs)
        .catch((error: unknown) =>
          this.#log.warn({ reason: messageOf(error) }, 'jobs not extended, they may run again'),
        );
    }
  }
}

function bossOptions(url: string, schema: string, queryTimeoutMillis: number): ConstructorOptions {
  const limits = { statement_timeout: queryTimeoutMillis, query_timeout: queryTimeoutMillis + 1000 };
  return {
    // Of the driver's pool, which is given whatever is here.
    ...(queryTimeoutMillis === 0 ? {} : limits),
    connectionString: url,
    schema,
    application_name: 'haldane queue',
    max: 4,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    maintenanceIntervalSeconds: 300,
  };
}

function newQueue(kind: JobKind, room: QueueRoom): KindQueue {
  return {
    kind,
    name: `haldane-${kind}`,
    room,
    handler: async () => {},
    working: new Map(),
    wake: () => {},
    serving: Promise.resolve(),
  };
}
