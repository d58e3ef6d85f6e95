import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**'],
    setupFiles: ['test/support/vitest-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
