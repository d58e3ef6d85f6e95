import { parentPort } from 'node:worker_threads';
import { SECTIONS } from './sections/index.ts';
import type { Order } from './threads.ts';

/** Does one task after the other, as the pool hands them out. */
parentPort?.on('message', async ({ section, task }: Order) => {
  parentPort?.postMessage(await SECTIONS[section]?.run(task));
});
