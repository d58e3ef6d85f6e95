import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// No unit test pulls the plug, so none needs a disk: a thousand small databases are made in memory, where there is room
// and programs may be run.
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;
if (existsSync('/proc/mounts') && /^\S+ \/dev\/shm tmpfs (?!\S*noexec)/m.test(readFileSync('/proc/mounts', 'utf8'))) {
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize > ENOUGH_BYTES) process.env.TMPDIR = MEMORY;
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**'],
    globalSetup: ['test/support/run-directory.ts'],
    setupFiles: ['test/support/vitest-setup.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: tests that wait for a clock or a child leave theirs idle.
    maxWorkers: 3,
    // Files share processes: loading all modules anew for each file took most of a run's time.
    isolate: false,
    // Node runs the sources as it runs the service; nothing is transformed on the way.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Only what hangs is to run into this: the machine may be slow and busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
