import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Tests import their `test`, `describe` and hooks from here, which collects them; this folder has Vitest's own. */
const collecting = {
  name: 'collecting',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === 'vitest' && importer?.startsWith(folder) !== true
      ? `${folder}collected-tests.ts`
      : undefined,
};

export default {
  plugins: [collecting],
  test: {
    include: ['bin/mutants/in-process/every-mutant.test.ts'],
    pool: 'forks',
    // Instrumented code is nested more deeply.
    execArgv: ['--stack-size=4000'],
    testTimeout: 2 ** 31 - 1,
    teardownTimeout: 1000,
    // What a mutant leaves behind may fail later, when no test waits for it.
    dangerouslyIgnoreUnhandledErrors: true,
    reporters: [['default', { summary: false }]],
  },
};
