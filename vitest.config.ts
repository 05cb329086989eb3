import { delimiter, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { fastTests } from './bin/fast-tests.js';
import { mysqlFolder } from './bin/fetched-folders.js';
import { LongestFirst } from './bin/longest-first.js';

const fast = await fastTests();

// MySQL is not installed for the tests but unpacked: bin/fetch-mysql.sh.
process.env.PATH = `${process.env.PATH}${delimiter}${join(mysqlFolder, 'bin')}`;

// How fast the machine is decides no test: what is waited for comes, or the test fails after a long time.
export default defineConfig({
  test: {
    setupFiles: ['test/support/patience.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // These leave their process as it was: files follow each other in one, with what is loaded.
      { extends: true, test: { name: 'fast', include: fast, isolate: false } },
      {
        extends: true,
        test: { name: 'slow', include: ['test/**/*.test.{ts,tsx}'], exclude: fast },
      },
    ],
  },
});
