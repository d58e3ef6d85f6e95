import { defineConfig } from 'vitest/config';

// Real processes against real servers, giant requests, simulations: slow, so they run apart from `npm test`.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    globalSetup: ['test/support/run-directory.ts'],
    setupFiles: ['test/support/vitest-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
