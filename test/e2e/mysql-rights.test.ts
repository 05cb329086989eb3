import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedUrl } from '#lab/setup/changed-url.ts';
import { missingEngine, startLab } from '#lab/setup/engine.ts';
import { isMysql, type MysqlLab } from '#lab/setup/lab.ts';
import { because } from '../support/because.ts';
import { ConfigOperator } from '../support/config-operator.ts';
import { faultKind } from '../support/fault-kind.ts';
import { newOperator } from './operator.ts';
import { solve } from './solve-fault.ts';

const missing = await missingEngine('mysql');
const CONFIRM = { confirm: true } as const;
const GLOBAL = 'GRANT PROCESS, CONNECTION_ADMIN ON *.* TO';
const LOCKS = 'GRANT SELECT ON performance_schema.* TO';

describe.skipIf(missing !== undefined)(`on mysql${because(missing)}`, () => {
  let lab: MysqlLab;
  const urlOf = (user: string) =>
    changedUrl(lab.urls.oncall, { user, password: 'x', database: '' });

  beforeAll(async () => {
    const started = await startLab('mysql');
    if (!isMysql(started)) throw new Error('another engine was started');
    lab = started;
    await lab.admin(
      ...["CREATE USER plain IDENTIFIED BY 'x'", `${GLOBAL} plain`, `${LOCKS} plain`],
      ...['CREATE ROLE operators', `${GLOBAL} operators`, `${LOCKS} operators`],
      "CREATE USER rolled IDENTIFIED BY 'x' DEFAULT ROLE operators",
      ...["CREATE USER blind IDENTIFIED BY 'x'", `${GLOBAL} blind`],
      "CREATE USER bare IDENTIFIED BY 'x'",
    );
  });
  afterAll(() => lab?.close());

  test.each([
    ['without a right on any schema of the application', 'plain'],
    ['with its rights through a role', 'rolled'],
    ['without performance_schema', 'blind'],
  ])('idle sessions that fill the server are ended by a login %s', async (_, user) => {
    const fault = await faultKind('full-of-idle').make(lab);
    try {
      const operator = newOperator({
        DATABASE_URL: fault.appUrl(),
        ADMIN_DATABASE_URL: urlOf(user),
      });
      const args = ['run', 'pool-exhausted', '--input', 'idle_for=1s', '--input', 'min_free=2'];
      const solved = await solve(operator, args, { terminate_idle: Array(4).fill(CONFIRM) });
      expect(solved.outcome, solved.printed).toBe('resolved');
      expect(await fault.check()).toMatchObject({ gone: true, collateral: [] });
    } finally {
      await fault.undo();
    }
  });

  test('a login that may not see who holds a lock is named, with what it lacks', async () => {
    const fault = await faultKind('locks-idle-blocker').make(lab);
    try {
      const operator = newOperator({
        DATABASE_URL: fault.appUrl(),
        ADMIN_DATABASE_URL: urlOf('blind'),
      });
      const args = ['run', 'lock-contention', '--input', 'waiting_for=0s'];
      const solved = await solve(operator, args, { seeing_login: { answer: '' } });
      expect(solved.outcome, solved.printed).toBe('escalated');
      expect(solved.findings.join('\n')).toContain('blind is not allowed to read the lock tables');
      expect(solved.summary).toContain('performance_schema');
    } finally {
      await fault.undo();
    }
  });

  test.each([
    ['plain', []],
    ['rolled', []],
    ['blind', ['SELECT on performance_schema']],
    ['bare', ['PROCESS', 'CONNECTION_ADMIN', 'SELECT on performance_schema']],
  ])('doctor says which rights of its runbook %s lacks', async (user, lacks) => {
    const kim = new ConfigOperator();
    const env = { DATABASE_URL: lab.urls.shop, ADMIN_DATABASE_URL: urlOf(user) };
    const { stdout, code } = await kim.run(['doctor', 'lock-contention', '--json'], env);
    const { checks } = JSON.parse(stdout) as { checks: { status: string; text: string }[] };
    const told = checks.flatMap(({ status, text }) =>
      status === 'warning' ? [/lacks (.*), so that/.exec(text)?.[1] ?? []].flat() : [],
    );
    expect({ told, code }, stdout).toEqual({ told: lacks, code: 0 });
  });
});
