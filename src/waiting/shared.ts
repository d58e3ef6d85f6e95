/**
 * Values that are large and never change: all who use one at the same time share it, however long they take. It is
 * forgotten with the last of them.
 */
export class Shared<T extends object> {
  readonly #loading = new Map<string, Promise<T | undefined>>();
  readonly #used = new Map<string, WeakRef<T>>();

  /** @param key the same for the same value, and for no other */
  async take(key: string, load: () => Promise<T>): Promise<T>;
  async take(key: string, load: () => Promise<T | undefined>): Promise<T | undefined>;
  async take(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const used = this.#used.get(key)?.deref();
    if (used !== undefined) return used;
    const loading = this.#loading.get(key) ?? load().finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    const value = await loading;
    for (const [other, reference] of this.#used) if (reference.deref() === undefined) this.#used.delete(other);
    if (value !== undefined) this.#used.set(key, new WeakRef(value));
    return value;
  }
}
