import pLimit from 'p-limit';
import type { CallbackAttempt, CallbackDelivery, CallbackTarget, TargetedDelivery } from '../../domain/callback.ts';
import type { Log } from '../../domain/log.ts';
import { EXECUTION_STATUS } from '../../domain/run.ts';
import { type Measure, UNMEASURED } from '../../domain/service-metrics.ts';
import type { Store } from '../../domain/stores.ts';
import type { TraceHeaders } from '../../domain/trace-headers.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { WorkQueue } from '../../domain/work-queue.ts';
import { messageOf } from '../../errors.ts';
import { NoAnswer } from '../../outbound/send.ts';
import { beginSpan, type Tracing } from '../../tracing/tracing.ts';
import { backoffMillis } from '../../waiting/backoff.ts';
import { toAnalysisAnswer } from '../answers/analysis.ts';
import { toRunAnswer } from '../answers/run.ts';
import { abandonedFailure } from '../failure.ts';
import { attemptNoted, type LossLimit } from '../lost-attempts.ts';
import { type CallbackPolicy, checkCallbackUrl, receiverOf } from './callback-address.ts';
import { postCallback } from './callback-http.ts';
import { CLOUD_EVENT_TYPE, cloudEventText } from './cloud-event.ts';
import { ReceiverCircuits } from './receiver-circuits.ts';
import { webhookHeaders } from './webhook-headers.ts';

const LONGEST_WAIT_MILLIS = 300_000;
/** The latest attempts to store; with the default limit, all of them would add 30 KB to every response. */
const KEPT_ATTEMPTS = 20;
const GONE = 410;
/** Attempts at once, over all receivers; the queue limits those of one receiver. */
const MOST_AT_ONCE = 256;

export interface CallbackSettings extends CallbackPolicy {
  readonly secret?: string | undefined;
  /** absent: the answer of GET as it is */
  readonly format?: 'json' | 'cloudevents' | undefined;
  /** of CloudEvents: which service it is */
  readonly source?: string | undefined;
  /** attempts in total, the first included */
  readonly attempts: number;
  readonly firstWaitMillis: number;
  readonly timeoutMillis: number;
}

interface CallbacksOptions {
  readonly settings: CallbackSettings;
  readonly store: Pick<Store, 'callbacks' | 'runs' | 'analyses'>;
  readonly queue: WorkQueue;
  readonly lossLimit: LossLimit;
  readonly version: string;
  /** the address of the service for people; absent: callbacks do not tell where the report is */
  readonly publicUrl?: string | undefined;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly newId: () => string;
  readonly random: () => number;
  readonly log: Log;
  /** absent: nothing is traced */
  readonly tracing?: Tracing | undefined;
  /** absent: nobody counts */
  readonly measure?: Measure | undefined;
}

interface Message {
  readonly body: string;
  readonly trace: TraceHeaders | undefined;
}

/**
 * Notifies a `callbackUrl` that a run or analysis has ended, at least once. The delivery is stored with the run before
 * the run starts, so any process that finds the run ended, now or after a restart, finds the delivery too.
 */
export class Callbacks {
  readonly #options: CallbacksOptions;
  readonly #circuits: ReceiverCircuits;
  readonly #posting = pLimit(MOST_AT_ONCE);
  #secret: string | undefined;

  constructor(options: CallbacksOptions) {
    this.#options = options;
    const { settings, random } = options;
    this.#secret = settings.secret;
    const firstPauseMillis = settings.firstWaitMillis;
    this.#circuits = new ReceiverCircuits({ firstPauseMillis, random, monotonic: options.monotonic });
    options.queue.handle('callback', (id, signal) => this.#deliver(id, signal));
  }

  /**
   * The callback to store with a new run or analysis. @throws CanaryError REQUEST_INVALID when its URL is not allowed
   */
  plan(url: string | undefined): CallbackDelivery | undefined {
    if (url === undefined) return undefined;
    const checked = checkCallbackUrl(url, this.#options.settings);
    return { id: this.#options.newId(), url: checked, status: 'pending', attemptCount: 0, attempts: [] };
  }

  /** Signs with another secret from now on; undefined: not at all. */
  useSecret(secret: string | undefined): void {
    this.#secret = secret;
  }

  /** Call it after the end of a run or analysis has been stored; calling it again is safe. */
  async ended(target: CallbackTarget, id: string): Promise<void> {
    const { store } = this.#options;
    const delivery = await store.callbacks.pendingOf(target, id);
    if (delivery !== undefined) await this.#push(delivery);
  }

  /** Resumes the deliveries an earlier process left. */
  async resume(): Promise<void> {
    const { store, now } = this.#options;
    for (const { nextAt = 0, ...delivery } of await store.callbacks.pending()) {
      await this.#push(delivery, Math.min(Math.max(0, nextAt - now()), LONGEST_WAIT_MILLIS));
    }
  }

  /** Deliveries to one receiver have a lane of their own: none waits for another's. */
  #push({ id, url }: Pick<CallbackDelivery, 'id' | 'url'>, delayMillis = 0): Promise<void> {
    return this.#options.queue.push({ kind: 'callback', id, group: receiverOf(url) }, delayMillis);
  }

  async #deliver(id: string, stopping: AbortSignal): Promise<void> {
    const { store, now } = this.#options;
    const delivery = await store.callbacks.get(id);
    if (delivery === undefined || delivery.status !== 'pending') return;
    const early = (delivery.nextAt ?? 0) - now();
    // No wait is longer: the clock was set back meanwhile.
    if (early > 0 && early <= LONGEST_WAIT_MILLIS) return this.#push(delivery, early);
    const receiver = receiverOf(delivery.url);
    const pause = this.#circuits.admit(receiver);
    if (pause > 0) return this.#push(delivery, pause);
    let attempt: CallbackAttempt | undefined;
    try {
      attempt = await this.#posting(() => this.#attempt(delivery, stopping));
    } finally {
      this.#circuits.settle(receiver, attempt && attempt.status !== undefined);
    }
  }

  /** @returns undefined when there was none */
  async #attempt(delivery: TargetedDelivery, stopping: AbortSignal): Promise<CallbackAttempt | undefined> {
    const { store, lossLimit } = this.#options;
    // Only what a process may die of: a receiver that keeps it waiting is no reason to give up.
    const message = await attemptNoted(lossLimit, {
      id: delivery.id,
      store: store.callbacks,
      attempt: () => this.#message(delivery),
      abandon: async (lost) => {
        await this.#abandon(delivery, lost);
        return undefined;
      },
    });
    if (message === undefined) return undefined; // has not ended; when it does, it is queued again
    const { body, trace: parent } = message;
    const attributes = { 'haldane.callback.attempt': delivery.attemptCount + 1 };
    const shape = () => ({ name: 'callback', attributes, parent });
    return beginSpan(this.#options.tracing, shape, () => this.#deliverOnce(delivery, body, stopping));
  }

  async #abandon(delivery: TargetedDelivery, lost: number): Promise<void> {
    const { store, now, log, lossLimit } = this.#options;
    const { id } = delivery;
    const error = messageOf(abandonedFailure('The delivery', lost, lossLimit));
    log.warn({ id, target: delivery.targetId, error }, 'callback failed, no retries left');
    const attempts = [...delivery.attempts, { at: toInstant(now()), error, millis: 0 }].slice(-KEPT_ATTEMPTS);
    const { attemptCount } = delivery;
    await store.callbacks.record({ ...delivery, status: 'failed', attemptCount: attemptCount + 1, attempts });
  }

  async #deliverOnce(
    delivery: TargetedDelivery,
    body: string,
    stopping: AbortSignal,
  ): Promise<CallbackAttempt | undefined> {
    const { store, now, log } = this.#options;
    const attempt = await this.#try(delivery, body, stopping);
    if (stopping.aborted && attempt.status === undefined) return undefined;
    const next = this.#after(delivery, attempt);
    const told = { id: delivery.id, target: delivery.targetId, receiver: receiverOf(delivery.url), ...attempt };
    log.debug({ ...told, attempt: next.attemptCount }, 'callback tried');
    if (next.status === 'failed') log.warn(told, 'callback failed, no retries left');
    const mine = await store.callbacks.record(next);
    const { measure = UNMEASURED } = this.#options;
    measure.count('haldane_callback_attempts_total', { outcome: outcomeOf(attempt) });
    if (mine && next.status !== 'pending') measure.count('haldane_callbacks_total', { status: next.status });
    if (mine && next.nextAt !== undefined) await this.#push(delivery, next.nextAt - now());
    return attempt;
  }

  /** What to post: the GET answer without `callback`, perhaps as an event. Undefined while it has not ended. */
  async #message({ target, targetId, id }: TargetedDelivery): Promise<Message | undefined> {
    const { settings, store } = this.#options;
    const [run, analysis] =
      target === 'canary' ? [await store.runs.get(targetId)] : [undefined, await store.analyses.get(targetId)];
    const ended = run ?? analysis;
    if (ended === undefined || !EXECUTION_STATUS[ended.status].complete) return undefined;
    const json =
      analysis === undefined
        ? run && toWireJson(toRunAnswer({ ...run, callback: undefined }))
        : toWireJson(toAnalysisAnswer({ ...analysis, callback: undefined }, undefined));
    if (json === undefined) return undefined;
    const { trace, endTime: endMillis = ended.buildTime } = ended;
    if (settings.format !== 'cloudevents') return { body: json, trace };
    const body = cloudEventText({ id, target, targetId, endMillis, source: settings.source ?? 'haldane', json });
    return { body, trace };
  }

  async #try(
    { id, url, target, targetId }: TargetedDelivery,
    body: string,
    stopping: AbortSignal,
  ): Promise<CallbackAttempt> {
    const { settings, version, publicUrl, now, monotonic } = this.#options;
    const { format, timeoutMillis } = settings;
    const [begun, startedAt] = [now(), monotonic()];
    const headers = {
      'content-type': format === 'cloudevents' ? CLOUD_EVENT_TYPE : 'application/json',
      'user-agent': `haldane/${version}`,
      'x-haldane-event': `${target}.completed`,
      ...(publicUrl === undefined
        ? {}
        : { 'x-haldane-report': `${publicUrl}/reports/${encodeURIComponent(targetId)}` }),
      ...webhookHeaders({ id, atMillis: begun, body, secret: this.#secret }),
    };
    const log = (outcome: { status: number } | { error: string }) => ({
      at: toInstant(begun),
      ...outcome,
      millis: monotonic() - startedAt,
    });
    try {
      return log({ status: await postCallback({ url, headers, body, policy: settings, timeoutMillis }, stopping) });
    } catch (error) {
      const late = error instanceof NoAnswer && error.late;
      return log({ error: late ? `no answer in ${timeoutMillis} ms` : messageOf(error) });
    }
  }

  #after(delivery: TargetedDelivery, attempt: CallbackAttempt): CallbackDelivery {
    const { settings, now, random } = this.#options;
    const attemptCount = delivery.attemptCount + 1;
    const attempts = [...delivery.attempts, attempt].slice(-KEPT_ATTEMPTS);
    const tried = { ...delivery, attemptCount, attempts, nextAt: undefined };
    const { status = 0 } = attempt;
    if (isDelivered(status)) return { ...tried, status: 'delivered' };
    if (status === GONE || attemptCount >= settings.attempts) return { ...tried, status: 'failed' };
    const { firstWaitMillis: firstMillis } = settings;
    const backoff = { firstMillis, longestMillis: LONGEST_WAIT_MILLIS, jitter: [0.5, 1], random } as const;
    return { ...tried, nextAt: Math.ceil(now() + backoffMillis(attemptCount, backoff)) };
  }
}

function isDelivered(status: number): boolean {
  return status >= 200 && status < 300;
}

function outcomeOf({ status }: CallbackAttempt): string {
  if (status === undefined) return 'unanswered';
  return isDelivered(status) ? 'delivered' : 'refused';
}
