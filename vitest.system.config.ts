import { defineConfig } from 'vitest/config';

// Real processes against real servers: slow to start, so they run apart from `npm test`.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
