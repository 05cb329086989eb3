import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

// What the tests read of the checkout, and no more.
const COPIED = ['src', 'test', 'runbooks', 'docs', 'bin/mutants']
  .map((folder) => `!${folder}/**`)
  .concat('!package.json');

/** Measures files with Stryker's own test runner, which starts Vitest anew for each mutant. Takes about a hundred times as long. */
export async function measureWithStryker({ name, tests, files, kept }) {
  process.env.RUNBOOK_MUTANTS_TESTS = JSON.stringify(tests);
  await new Stryker({
    mutate: files,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'bin/mutants/vitest.config.js', related: false },
    coverageAnalysis: 'perTest',
    // A constant of a file is changed for all its tests at once, which takes a minute a constant.
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 30_000,
    timeoutFactor: 1.5,
    ignorePatterns: ['**', ...COPIED],
    tempDirName: join(kept.folder, 'sandboxes', name),
    incremental: true,
    incrementalFile: kept.reportOf(name),
    // Not in the copy: Node strips the types, and this TypeScript has no API to read it with.
    tsconfigFile: 'none.json',
    disableTypeChecks: false,
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    logLevel: 'warn',
  }).runMutationTest();
  await kept.noteMeasured(name, files);
}
