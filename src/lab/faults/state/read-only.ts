import { POSTGRES_SERVERS, SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import { isMysql, type Lab } from '../../setup/lab.ts';
import { openBystanders } from '../sessions.ts';
import { madeState, postgresOf } from './fault.ts';
import { signalFile } from './not-ready.ts';

const UPDATE = 'UPDATE product SET stock = stock WHERE id = 1';

/** The server the application is connected to has become a standby without a primary. */
const STANDBY: FaultKind = {
  name: 'read-only-standby',
  title: 'The application is connected to a demoted primary',
  engines: POSTGRES_SERVERS,
  async make(any) {
    const lab = postgresOf(any);
    const { server } = lab;
    await server.stop();
    await signalFile(server, 'standby.signal');
    await server.restart();
    const bystanders = await openBystanders(lab);
    return madeState(lab, {
      ...{ runbook: 'read-only', statement: UPDATE, bystanders },
      describe: 'The server was demoted to a standby, and no primary is left.',
      async undo() {
        const [row] = await lab.admin('SELECT pg_is_in_recovery() AS recovers');
        if (row?.recovers === true) await lab.admin('SELECT pg_promote(true, 30)');
      },
    });
  },
};

type Setting = {
  readonly describe: string;
  readonly on: string;
  /** Runs in order, on one session. */
  readonly off: readonly string[];
};

async function makeSetting(lab: Lab, { describe, on, off }: Setting): Promise<MadeFault> {
  const bystanders = await openBystanders(lab);
  await lab.admin(on);
  return madeState(lab, {
    ...{ runbook: 'read-only', statement: UPDATE, bystanders, describe },
    undo: () => lab.admin(...off),
  });
}

const OFF_FOR_THIS_SESSION = 'SET default_transaction_read_only = off';

const ON_POSTGRES: Setting = {
  describe: 'Transactions in the database shop are read-only by default.',
  on: 'ALTER DATABASE shop SET default_transaction_read_only = on',
  off: [OFF_FOR_THIS_SESSION, 'ALTER DATABASE shop RESET default_transaction_read_only'],
};

const ON_MYSQL: Setting = {
  describe: 'The server has read_only = ON and is not a replica.',
  on: 'SET GLOBAL read_only = ON',
  off: ['SET GLOBAL read_only = OFF'],
};

/** A setting of the database or of the server forbids writes. */
const SETTING: FaultKind = {
  name: 'read-only-setting',
  title: 'A setting makes the database read-only',
  engines: SERVERS,
  make: (lab) => makeSetting(lab, isMysql(lab) ? ON_MYSQL : ON_POSTGRES),
};

/** A setting of the application's role forbids writes. */
const ROLE: FaultKind = {
  name: 'read-only-role',
  title: 'A setting makes the application’s role read-only',
  engines: POSTGRES_SERVERS,
  make: (lab) =>
    makeSetting(lab, {
      describe: 'Transactions of the role shop are read-only by default.',
      on: 'ALTER ROLE shop SET default_transaction_read_only = on',
      off: ['ALTER ROLE shop RESET default_transaction_read_only'],
    }),
};

/** Faults of a database that refuses to write. */
export const READ_ONLY_FAULTS = [STANDBY, SETTING, ROLE];
