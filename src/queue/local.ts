import type { RunQueue } from '../domain/run-queue.ts';

/**
 * The queue of one process: first come, first served, `concurrency` at once. It keeps nothing; the store knows
 * which runs have not ended, and they are pushed again when the process starts.
 */
export class LocalQueue implements RunQueue {
  readonly #concurrency: number;
  readonly #waiting: string[] = [];
  readonly #working = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #enabled = true;
  #handler: (id: string, signal: AbortSignal) => Promise<void> = async () => {};

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  get size(): number {
    return this.#waiting.length + this.#working.size;
  }

  work(handler: (id: string, signal: AbortSignal) => Promise<void>): void {
    this.#handler = handler;
  }

  push(id: string): void {
    this.#waiting.push(id);
    this.#takeUp();
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#takeUp();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    await Promise.all(this.#working);
  }

  #takeUp(): void {
    while (this.#enabled && !this.#stopping.signal.aborted && this.#working.size < this.#concurrency) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      const done = this.#handler(id, this.#stopping.signal).finally(() => {
        this.#working.delete(done);
        this.#takeUp();
      });
      this.#working.add(done);
    }
  }
}
