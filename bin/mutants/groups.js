/** What is mutated together, and the tests that judge it: those that run in the process of the test. */
export const GROUPS = [
  {
    name: 'machine',
    mutate: ['src/machine/**/*.ts'],
    tests: ['test/machine/*.test.ts'],
  },
  {
    name: 'safety',
    mutate: ['src/safety/actions/*.ts'],
    tests: [
      'test/safety/actions/{digest,rendering,sql-binding}.test.ts',
      'test/machine/before-it-runs.test.ts',
      'test/machine/server-text.test.ts',
    ],
  },
  {
    name: 'redaction',
    mutate: ['src/safety/redaction/*.ts'],
    tests: [
      'test/safety/redaction/{marks,views,search,known,redactor,suspect-secrets,forms,stream}.test.ts',
      'test/run/outputs/masked-text.test.ts',
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
    tests: [
      'test/safety/effects/{applied,engines,parser-needs,placeholders,postgres-problems,steps,typed-lines,ungated,vouched-looks,volatile-columns,words}.test.ts',
      'test/safety/effects/corpus.test.ts',
      'test/runbook/diagnostics.test.ts',
      'test/run/session/gate-unproven.test.ts',
      'test/machine/adhoc.test.ts',
    ],
  },
  {
    name: 'rules',
    mutate: [
      'src/run/session/{confirmation,machine-events,recorder,stopwatch,timers}.ts',
      'src/run/session/{executions,execution,turns}.ts',
      'src/events/log/listeners.ts',
      'src/run/session/{intents,possible-intents,recorded-facts}.ts',
      'src/run/resume/{interruption,recorded-difference,given-again,unmasked-event}.ts',
      'src/run/journal/line.ts',
      'src/run/outputs/masked-text.ts',
      'src/run/values/{mask-event,child-inputs,current,secrets}.ts',
    ],
    tests: [
      'test/run/resume/{difference,given-again,unmasked-event}.test.ts',
      'test/run/values/{child-inputs,current}.test.ts',
      'test/run/session/{rules,confirmation,events,recorded-facts,intents,queue}.test.ts',
      'test/run/session/{executions,timers,mailbox}.test.ts',
      'test/run/journal/synced.test.ts',
      'test/run/journal/lines.test.ts',
      'test/run/outputs/masked-text.test.ts',
    ],
  },
  {
    name: 'journal',
    mutate: [
      'src/run/journal/cursor.ts',
      'src/run/journal/file/*.ts',
      'src/run/store/{read-run,verify-run}.ts',
    ],
    tests: [
      'test/run/journal/{contract,disk,files,synced,chain,lock,follow,durability}.test.ts',
      'test/run/store/{read-run,verify-run}.test.ts',
    ],
  },
  {
    name: 'session',
    mutate: ['src/run/session/{run-session,parts}.ts'],
    tests: [
      'test/run/session/{leaving,beside,mailbox,submit,timers,queue}.test.ts',
      'test/run/session/adhoc-gate.test.ts',
      'test/run/journal/durability.test.ts',
    ],
  },
  {
    name: 'gate-refresh',
    mutate: ['src/run/session/{gate-refresh,reading-times}.ts'],
    tests: ['test/run/session/{reading-times,gate-refresh,leaving,clock-steps}.test.ts'],
  },
  {
    name: 'changes',
    mutate: ['src/run/changes/**/*.ts'],
    tests: ['test/run/changes/{contract,identity,left-signs,one-gate,other-runs}.test.ts'],
  },
  {
    name: 'team',
    mutate: [
      'src/team/{alerts,create-run,grants,list-runs,runs,settled,store}.ts',
      'src/team/policy/*.ts',
      'src/team/record/{journal,unanswered,writer}.ts',
      'src/team/watch/{end-worker,lease,reaper}.ts',
      'src/team/work/{allowed,claim,held-run,may-start}.ts',
    ],
    // Otherwise most tests would start a PostgreSQL of their own for every mutant.
    onPostgres: true,
    tests: [
      'test/team/work/{held-run,may-start,allowed,claim}.test.ts',
      'test/team/record/{journal,writer}.test.ts',
      'test/team/watch/{lease,reaper,end-worker}.test.ts',
      'test/team/policy/permission.test.ts',
      'test/team/{store,runs,grants,settled,ports}.test.ts',
    ],
  },
  {
    name: 'resume',
    mutate: ['src/run/resume.ts', 'src/run/resume/replay.ts'],
    tests: [
      'test/run/resume/{decisions,restored,replay}.test.ts',
      'test/run/session/{gate-phrase,adhoc-gate,dry-run,typed}.test.ts',
    ],
  },
];
