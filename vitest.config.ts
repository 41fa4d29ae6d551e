import { defineConfig } from 'vitest/config';

/** `unit` is quick and runs in parallel; `integration` needs a real VM or archive, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx,mjs}'],
          exclude: ['**/node_modules/**', 'out/**', 'dist/**', '**/*.integration.test.ts'],
          testTimeout: 20_000,
          // A bound for what never comes true, not a measure of speed: a loaded machine takes its time.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          exclude: ['**/node_modules/**', 'out/**', 'dist/**'],
          fileParallelism: false,
          // A VM boots in tens of seconds without hardware acceleration, a guest image takes as long.
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
