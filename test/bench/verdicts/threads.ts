import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Order {
  readonly section: string;
  readonly task: unknown;
}

/** The results of all orders, in their order, however many threads have done them. */
export async function doInThreads(orders: readonly Order[], threads: number): Promise<unknown[]> {
  const results = new Array<unknown>(orders.length);
  let next = 0;
  const thread = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    while (next < orders.length) {
      const place = next++;
      const answer = once(worker, 'message');
      worker.postMessage(orders[place]);
      [results[place]] = await answer;
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: threads }, thread));
  return results;
}
