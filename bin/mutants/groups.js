/** What is mutated together, and the tests that judge it: those that run in the process of the test. */
export const GROUPS = [
  {
    name: 'machine',
    mutate: ['src/machine/*.ts'],
    tests: [
      'test/machine-*.test.ts',
      'test/{unconfirmed-change,change-needs-confirmation}.test.ts',
    ],
  },
  {
    name: 'safety',
    mutate: ['src/safety/*.ts'],
    except: ['src/safety/{redact,suspect,html}*.ts'],
    tests: [
      'test/safety-*.test.ts',
      'test/language-{digest,sql-binding}.test.ts',
      'test/machine/before-it-runs.test.ts',
      'test/machine/server-text.test.ts',
    ],
  },
  {
    name: 'redaction',
    mutate: ['src/safety/{redact,suspect,html}*.ts'],
    tests: [
      'test/redact-{forms,known,search}.test.ts',
      'test/safety/redaction/suspect-secrets.test.ts',
      'test/safety/redaction/redactor.test.ts',
      'test/safety/redaction/stream.test.ts',
      'test/run/values/masked-text.test.ts',
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
    name: 'rules',
    mutate: [
      'src/run/{confirmation,durable,machine-events,mask-event,recorded-difference}.ts',
      'src/run/{execution-key,journal-line,resumed-event,stopwatch,timers}.ts',
      'src/run/{execution,executions,mailbox,listeners,intents,possible-intents}.ts',
      'src/run/{recorded-facts,masked-text,secret-values,run-values,unmasked-event}.ts',
      'src/run/{given-again,child-inputs}.ts',
    ],
    tests: [
      'test/run/resume/difference.test.ts',
      'test/{given-again,child-inputs,unmasked-event}.test.ts',
      'test/session-{rules,confirmation,events}.test.ts',
      'test/run/journal/lines.test.ts',
      'test/run/session/timers.test.ts',
      'test/run/session/mailbox.test.ts',
      'test/run/values/masked-text.test.ts',
    ],
  },
  {
    name: 'run',
    mutate: ['src/run/{session*,journal*,replay*,resume-run,read-run,verify-run,sync-folder}.ts'],
    except: ['src/run/journal/line.ts'],
    tests: [
      'test/run/resume/difference.test.ts',
      'test/session-{rules,confirmation,events,mailbox,dry-run}.test.ts',
      'test/run/session/timers.test.ts',
      'test/journal-{lines,chain,lock,follow}.test.ts',
      'test/run/journal/durability.test.ts',
      'test/run/resume/contents.test.ts',
      'test/run/session/typed.test.ts',
      'test/run/session/steps.test.ts',
      'test/report/transcript/verify.test.ts',
    ],
  },
];
