import { defineConfig } from 'vitest/config';

// How fast the machine is decides no test: what is waited for comes, or the test fails after a long time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/patience.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    teardownTimeout: 60_000,
  },
});
