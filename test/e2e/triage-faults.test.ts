import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BLIND_THRESHOLDS } from '#lab/app/game-day.ts';
import { LAB_ENGINES, type LabEngine } from '#lab/engines.ts';
import type { FaultLayer, MadeFault } from '#lab/fault.ts';
import { EVERY_FAULT } from '#lab/faults/all.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { type Lab, type Logins, operatorLogins } from '#lab/setup/lab.ts';
import { CATEGORIES, type Category } from '#match/category.ts';
import { because } from '../support/because.ts';
import { noteProven } from '../support/proven.ts';
import { classify } from './as-the-command.ts';
import { newOperator } from './operator.ts';
import { type Answers, type Solved, solve } from './solve-fault.ts';

/** How the finding begins at which triage stops; a port that is open and silent is one of TCP too. */
const BEGINS: Readonly<Record<FaultLayer, RegExp>> = {
  config: /^Config: /,
  dns: /^DNS: /,
  tcp: /^(?:TCP|Greeting): /,
  tls: /^TLS: /,
  login: /^Login: /,
  database: /^Database: /,
  capacity: /^Capacity: /,
  pool: /^Pool: /,
  work: /^Work: /,
};

/** Inputs that triage has in common with the runbooks it leads to. */
const SHARED = Object.keys(BLIND_THRESHOLDS);

/** The system's messages differ from the newest version's in a few places; a fault of each layer shows it. */
const OF_SYSTEM = [
  ...['auth-wrong-password', 'auth-no-hba-entry', 'tls-required-by-server', 'tls-direct-refused'],
  'not-ready-starting',
  ...['read-only-standby', 'full-of-idle', 'role-limit', 'locks-idle-blocker', 'slow-query'],
];

/** What is on the way to a server is the same for MySQL as for MariaDB, but for its greeting. */
const ON_THE_WAY = /^(?:config|dns|timeout|unreachable|refused)-/;

function isTried(engine: LabEngine, name: string): boolean {
  if (engine === 'mysql') return !ON_THE_WAY.test(name);
  return engine !== 'postgres-system' || OF_SYSTEM.includes(name);
}

for (const engine of LAB_ENGINES) {
  const missing = await missingEngine(engine);
  const kinds = EVERY_FAULT.filter(
    ({ engines, name }) => engines.includes(engine) && isTried(engine, name),
  );
  const reasons = await Promise.all(kinds.map(async (kind) => missing ?? (await kind.missing?.())));
  describe.skipIf(missing !== undefined)(`triage on ${engine}${because(missing)}`, () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab(engine);
    });
    afterAll(() => lab?.close());

    for (const [index, kind] of kinds.entries())
      test.skipIf(reasons[index] !== undefined)(
        `finds ${kind.name}: ${kind.title}${because(reasons[index])}`,
        async () => {
          const fault = await kind.make(lab);
          try {
            expect(runbooksFor(fault.complaint), fault.complaint).toContain(fault.runbook);
            await expectFound(fault, operatorLogins(lab));
            const { runbook } = fault;
            noteProven({ fault: kind.name, on: engine, runbook: 'triage', end: runbook });
          } finally {
            await fault.undo();
            await fault.undo();
          }
          const shop = await lab.open();
          expect(await shop.ask('SELECT 1 AS one')).toMatchObject([{ one: 1 }]);
          await shop.end();
        },
      );
  });
}

/** Some texts say the same of two faults; the runbook of the other one is named as well. */
function runbooksFor(complaint: string): readonly (string | undefined)[] {
  const { category, runbook, alternatives } = classify(complaint);
  const others = [category, ...alternatives].map((name) => CATEGORIES[name as Category]?.runbook);
  return [runbook, ...others];
}

async function expectFound(fault: MadeFault, logins: Logins): Promise<void> {
  const { path, findings, outcome, code, printed } = await triage(fault, logins);
  expect({ path: path.at(-1), finding: findings.at(-1) }).toEqual({
    path: `later_${fault.runbook.replaceAll('-', '_')}`,
    finding: expect.stringMatching(BEGINS[fault.layer]),
  });
  expect({ outcome, code }).toEqual({ outcome: 'escalated', code: 6 });
  expect(printed).toContain(`Continue with: runbook run ${fault.runbook}`);
  for (const secret of passwordsOf(fault)) expect(printed).not.toContain(secret);
}

/** Runs triage with the inputs of a blind drill, and leaves the runbook it names for later. */
function triage(fault: MadeFault, logins: Logins): Promise<Solved> {
  const operator = newOperator({ DATABASE_URL: fault.appUrl(), ...logins });
  for (const name of OFFERED)
    if (name !== KNOWN_BY_SYMPTOMS) operator.writeRunbook(name, endOfTheWay(name));
  const thresholds = Object.entries(BLIND_THRESHOLDS).flatMap(([name, text]) => [
    '--input',
    `${name}=${text}`,
  ]);
  const args = ['triage', '--error', fault.complaint, ...thresholds];
  return solve(operator, args, NOT_NOW, fault.surroundings);
}

const OFFERED = [
  ...['config', 'dns', 'refused', 'timeout', 'wrong-service', 'ssl', 'auth', 'server-not-ready'],
  ...['read-only', 'too-many-connections', 'pgbouncer', 'pool-exhausted', 'connection-leak'],
  ...['stale-connections', 'lock-contention', 'slow-queries', 'migrations', 'disk-full'],
  'statement-errors',
];

/** It is the shipped one: triage knows its errors by its symptoms. */
const KNOWN_BY_SYMPTOMS = 'statement-errors';

const NOT_NOW: Answers = Object.fromEntries(
  ['doubtful_config', ...OFFERED].map((name) => [
    `offer_${name.replaceAll('-', '_')}`,
    { answer: 'not now' },
  ]),
);

/** None of them is opened here, and to load the shipped ones takes longer than the walk itself. */
function endOfTheWay(name: string): string {
  const inputs = ['database_url', 'admin_url', 'expects', 'error', ...SHARED];
  return `name: ${name}
title: ${name}
summary: It is not opened.
inputs:
${inputs.map((input) => `  ${input}: { secret: ${input.endsWith('url')}, required: false }`).join('\n')}
steps:
  - { id: over, finish: { outcome: unresolved, summary: It is not opened. } }
`;
}

function passwordsOf({ inputs }: MadeFault): readonly string[] {
  return ['database_url', 'admin_url'].flatMap((name) => {
    const [, password] = /:\/\/[^:@/]*:(.*)@[^@]*$/.exec(inputs[name] ?? '') ?? [];
    return password === undefined ? [] : [password];
  });
}
