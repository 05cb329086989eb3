import { type Engine, statementFor } from '#runbook/model/engines.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';
import type { Row } from '#runbook/model/value.ts';

/** A right on a server, as its documentation names it, and what runbooks need it for. */
export type Right = { readonly name: string; readonly purpose: string };

/** Runs one read on a target. Resolves with its rows, or undefined if it failed. */
export type AskTarget = (sql: string) => Promise<readonly Row[] | undefined>;

type Known = Right & {
  /** The statements that need it. */
  readonly needed: RegExp;
  /** Returns whether the login has the right; undefined if the server does not say. */
  isHeld(ask: AskTarget): Promise<boolean | undefined>;
};

const SEES = 'see the sessions of others';
const ENDS = 'end the sessions of others';

/** Returns whether the role is a member; a superuser is one of all. */
const isMember =
  (role: string): Known['isHeld'] =>
  async (ask) => {
    const rows = await ask(`SELECT pg_has_role(current_user, '${role}', 'MEMBER') AS held`);
    return rows === undefined ? undefined : rows[0]?.held === true;
  };

/** Returns whether a grant on everything names one of the privileges, whether directly or by a role. */
const isGranted =
  (...names: readonly string[]): Known['isHeld'] =>
  async (ask) => {
    const grants = await readGrants(ask);
    if (grants === undefined) return undefined;
    const privileges = grants.flatMap((text) => {
      const [, listed = ''] = /^GRANT (.*) ON \*\.\* TO /i.exec(text) ?? [];
      return listed.split(',').map((one) => one.trim().toUpperCase());
    });
    return [...names, 'ALL PRIVILEGES'].some((name) => privileges.includes(name));
  };

/** Returns whether a table can be read. */
const canRead =
  (table: string): Known['isHeld'] =>
  async (ask) =>
    (await ask(`SELECT 1 AS one FROM ${table} LIMIT 0`)) !== undefined;

const KNOWN: Partial<Readonly<Record<Engine, readonly Known[]>>> = {
  postgres: [
    {
      ...{ name: 'pg_monitor', purpose: SEES, needed: /\bpg_stat_activity\b/i },
      isHeld: isMember('pg_read_all_stats'),
    },
    {
      ...{ name: 'pg_signal_backend', purpose: ENDS },
      needed: /\bpg_(?:terminate|cancel)_backend\b/i,
      isHeld: isMember('pg_signal_backend'),
    },
  ],
  mysql: [
    {
      ...{ name: 'PROCESS', purpose: SEES },
      needed: /\binformation_schema\.(?:processlist|innodb_trx)\b/i,
      isHeld: isGranted('PROCESS'),
    },
    {
      ...{ name: 'CONNECTION_ADMIN', purpose: ENDS, needed: /\bKILL\b/i },
      isHeld: isGranted('CONNECTION_ADMIN', 'SUPER'),
    },
    {
      ...{ name: 'SELECT on performance_schema', purpose: 'see who holds a lock' },
      needed: /\bperformance_schema\.(?!global_status\b)/i,
      isHeld: canRead('performance_schema.data_lock_waits'),
    },
  ],
  mariadb: [
    {
      ...{ name: 'PROCESS', purpose: SEES },
      needed: /\binformation_schema\.(?:processlist|innodb_trx)\b/i,
      isHeld: isGranted('PROCESS'),
    },
    {
      ...{ name: 'CONNECTION ADMIN', purpose: ENDS, needed: /\bKILL\b/i },
      isHeld: isGranted('CONNECTION ADMIN', 'SUPER'),
    },
  ],
};

/** Returns the rights that the statements need and the login of the target does not have. */
export async function missingRights(
  engine: string,
  statements: readonly string[],
  ask: AskTarget,
): Promise<readonly Right[]> {
  const missing: Right[] = [];
  for (const { needed, isHeld, name, purpose } of KNOWN[engine as Engine] ?? []) {
    if (!statements.some((text) => needed.test(text))) continue;
    if ((await isHeld(ask)) === false) missing.push({ name, purpose });
  }
  return missing;
}

/** Returns the statements that a runbook has for a target, on the engine. */
export function statementsOn(runbook: Runbook, target: string, engine: string): readonly string[] {
  return runbook.steps.flatMap(bodiesOf).flatMap((body) => {
    if (body.kind !== 'sql' || body.target !== target) return [];
    const text = statementFor(body.texts, engine as Engine);
    return text === undefined ? [] : [text.text];
  });
}

/** Reads the grants of the account and of its roles that are active. */
async function readGrants(ask: AskTarget): Promise<readonly string[] | undefined> {
  const [row] = (await ask('SELECT CURRENT_ROLE() AS roles')) ?? [];
  const roles = typeof row?.roles === 'string' ? row.roles : '';
  // MariaDB lists the grants of its one active role by itself.
  const using = roles.includes('@') ? ` USING ${roles}` : '';
  const rows = await ask(`SHOW GRANTS FOR CURRENT_USER()${using}`);
  return rows?.map((one) => String(Object.values(one)[0]));
}
