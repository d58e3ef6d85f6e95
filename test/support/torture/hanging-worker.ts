import { PgBossQueue } from '../../../src/queue/pg-boss.ts';

// A process of its own that takes jobs of the queue at the address given and never ends them; killed by its test.
const nothing = () => {};
const queue = new PgBossQueue({
  url: process.argv[2] ?? '',
  schema: 'pgboss',
  concurrency: { run: 1, analysis: 1, callback: 1, backtest: 1 },
  leaseMillis: 1000,
  now: Date.now,
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
});
queue.handle('callback', (id) => {
  process.stdout.write(`took ${id}\n`);
  return new Promise(nothing);
});
await queue.start();
