/** What is mutated together, and the tests that judge it: those that run in the process of the test. */
export const GROUPS = [
  {
    name: 'machine',
    mutate: ['src/machine/*.ts'],
    tests: ['test/machine-*.test.ts', 'test/unconfirmed-change.test.ts'],
  },
  {
    name: 'safety',
    mutate: ['src/safety/*.ts'],
    tests: [
      'test/language-{digest,shell-quoting,sql-binding}.test.ts',
      'test/redact*.test.ts',
      'test/masked-text.test.ts',
      'test/suspect-secrets.test.ts',
      'test/safety-*.test.ts',
    ],
  },
  {
    name: 'effects',
    mutate: ['src/safety/effects/**/*.ts'],
    except: [
      'src/safety/effects/shell/tables/**',
      'src/safety/effects/*/*functions*.ts',
      'src/safety/effects/*/statements.ts',
    ],
    tests: ['test/effects-*.test.ts'],
  },
  {
    name: 'run',
    mutate: [
      'src/run/{session*,executions,execution,execution-key,timers,stopwatch,mailbox*}.ts',
      'src/run/{journal*,replay*,resume*,read-run,verify-run,sync-folder}.ts',
      'src/run/{confirmation,machine-events,recorded-facts,intents,possible-intents}.ts',
      'src/run/{mask*,secret-values,run-values}.ts',
    ],
    tests: [
      'test/session*.test.ts',
      'test/journal-*.test.ts',
      'test/masked-text.test.ts',
      'test/replay*.test.ts',
      'test/resume*.test.ts',
      'test/transcript-verify.test.ts',
      'test/run-*.test.ts',
      'test/refused-inputs.test.ts',
      'test/rehearsal-{cases,constructs,recorded}.test.ts',
      'test/adhoc-gate.test.ts',
    ],
  },
];
