import { toWireJson } from '../../domain/values/wire-json.ts';
import type { StateWatch } from '../../engine/state-watch.ts';
import { CanaryError } from '../../errors.ts';

const RETRY_MILLIS = 1000;

/** A state as it is sent. */
export interface FeedEvent {
  /** the whole event, for every stream the same bytes */
  readonly chunk: Buffer;
  /** whether it is the last */
  readonly complete: boolean;
}

/** Gets every event; undefined: what it follows was deleted. */
type OnEvent = (event: FeedEvent | undefined) => void;

export interface EventFeedOptions {
  readonly watch: StateWatch;
  /** The state as GET answers it. @throws CanaryError with 404 */
  readonly read: (id: string) => Promise<{ readonly complete: boolean }>;
}

interface Topic {
  readonly id: string;
  readonly followers: Set<OnEvent>;
  /** settles when the first event is there */
  first: Promise<void>;
  stop: () => void;
  data: string;
  last: FeedEvent | undefined;
  reading: boolean;
  /** whether it changed while it was read */
  stale: boolean;
}

/** The events of runs, or of analyses: a change is read and written once for all streams that follow it. */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #topics = new Map<string, Topic>();

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** Calls back with the current state, before it returns, and with every further one. @returns stops it */
  async follow(id: string, onEvent: OnEvent): Promise<() => void> {
    const topic = this.#topics.get(id) ?? this.#open(id);
    topic.followers.add(onEvent);
    const leave = () => {
      topic.followers.delete(onEvent);
      if (topic.followers.size === 0) this.#close(topic);
    };
    try {
      await topic.first;
    } catch (error) {
      leave();
      throw error;
    }
    if (topic.followers.has(onEvent)) onEvent(topic.last);
    return leave;
  }

  #open(id: string): Topic {
    const state = { data: '', last: undefined, reading: false, stale: false };
    const topic: Topic = { id, followers: new Set(), first: Promise.resolve(), stop: () => {}, ...state };
    this.#topics.set(id, topic);
    topic.stop = this.#options.watch.follow(id, () => void this.#refresh(topic));
    topic.first = this.#read(topic);
    return topic;
  }

  #close(topic: Topic): void {
    topic.stop();
    if (this.#topics.get(topic.id) === topic) this.#topics.delete(topic.id);
  }

  async #refresh(topic: Topic): Promise<void> {
    topic.stale = topic.reading;
    if (topic.reading || this.#topics.get(topic.id) !== topic) return;
    try {
      await this.#read(topic);
    } catch (error) {
      if (error instanceof CanaryError && error.status === 404) tell(topic, undefined);
      else setTimeout(() => void this.#refresh(topic), RETRY_MILLIS).unref();
    }
  }

  async #read(topic: Topic): Promise<void> {
    topic.reading = true;
    try {
      do {
        topic.stale = false;
        const state = await this.#options.read(topic.id);
        const data = toWireJson(state);
        if (data === topic.data) continue;
        topic.data = data;
        const name = state.complete ? 'end' : 'status';
        const chunk = Buffer.from(`event: ${name}\ndata: ${data}\n\n`);
        tell(topic, { chunk, complete: state.complete });
      } while (topic.stale);
    } finally {
      topic.reading = false;
    }
  }
}

function tell(topic: Topic, event: FeedEvent | undefined): void {
  topic.last = event;
  for (const onEvent of [...topic.followers]) onEvent(event);
}
