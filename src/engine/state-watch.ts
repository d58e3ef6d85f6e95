import type { Log } from '../domain/log.ts';
import type { StoredState } from '../domain/stores.ts';

/** A change made in another process is noticed within this time. */
const LOOK_MILLIS = 300;
/** Who waits only for an end gets every third look: it is told of ends in this process at once anyway. */
const SELDOM = 3;
const MOST_AT_ONCE = 500;

export interface StateWatchOptions {
  /** the states of those of the ids that there are */
  readonly states: (ids: readonly string[]) => Promise<ReadonlyMap<string, StoredState>>;
  readonly log: Log;
}

/** Gets the state when it may have changed; undefined: there is none any more. */
export type OnState = (state: StoredState | undefined) => void;

/**
 * Watches runs, or analyses, for everybody who waits for one: one look at the store for all of them, however many they
 * are. Looks only while somebody watches.
 */
export class StateWatch {
  readonly #options: StateWatchOptions;
  readonly #followers = new Map<string, Set<OnState>>();
  /** the latest revision that was seen, by id */
  readonly #seen = new Map<string, string>();
  /** ids of which every change matters to somebody, with how many they are */
  readonly #closely = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #looking = false;

  constructor(options: StateWatchOptions) {
    this.#options = options;
  }

  /**
   * Calls back with the first state that is seen from now on, then with every change. @returns stops it
   *
   * @param closely whether every change matters, not only the end
   */
  follow(id: string, onState: OnState, closely = true): () => void {
    const followers = this.#followers.get(id) ?? new Set();
    this.#followers.set(id, followers.add(onState));
    this.#count(id, closely ? 1 : 0);
    this.#seen.delete(id);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MILLIS);
    return () => {
      if (!followers.delete(onState)) return;
      this.#count(id, closely ? -1 : 0);
      if (followers.size > 0) return;
      this.#followers.delete(id);
      this.#seen.delete(id);
      if (this.#followers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #count(id: string, more: number): void {
    const count = (this.#closely.get(id) ?? 0) + more;
    if (count > 0) this.#closely.set(id, count);
    else this.#closely.delete(id);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    this.#looks += 1;
    try {
      const ids = [...(this.#looks % SELDOM === 0 ? this.#followers : this.#closely).keys()];
      for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
        const some = ids.slice(from, from + MOST_AT_ONCE);
        const states = await this.#options.states(some);
        for (const id of some) this.#tell(id, states.get(id));
      }
    } catch (error) {
      // Whoever waits goes on waiting: the store may come back.
      this.#options.log.debug({ err: error }, 'states cannot be read, retrying');
    } finally {
      this.#looking = false;
    }
  }

  #tell(id: string, state: StoredState | undefined): void {
    const revision = state?.revision ?? 'gone';
    if (this.#seen.get(id) === revision) return;
    const followers = this.#followers.get(id);
    if (followers === undefined) return;
    this.#seen.set(id, revision);
    for (const onState of [...followers]) onState(state);
  }
}
