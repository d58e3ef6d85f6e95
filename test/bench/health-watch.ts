import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const WATCHER = `const { parentPort, workerData } = require('node:worker_threads');
let longest = 0;
parentPort.on('message', () => { parentPort.postMessage(longest); longest = 0; });
(async () => { for (;;) {
  const start = performance.now();
  await fetch(workerData + '/health').then((answer) => answer.arrayBuffer(), () => undefined);
  longest = Math.max(longest, performance.now() - start);
  await new Promise((resolve) => setTimeout(resolve, 20));
} })();`;

export interface HealthWatch {
  /** the longest that one `GET /health` has waited since the last call, in milliseconds */
  longest(): Promise<number>;
  stop(): Promise<unknown>;
}

/** Asks for the health of a service every 20 ms, from a thread of its own so that the bench itself delays nothing. */
export function watchHealth(baseUrl: string): HealthWatch {
  const watcher = new Worker(WATCHER, { eval: true, workerData: baseUrl });
  return {
    async longest() {
      watcher.postMessage('longest');
      return (await once(watcher, 'message'))[0];
    },
    stop: () => watcher.terminate(),
  };
}
