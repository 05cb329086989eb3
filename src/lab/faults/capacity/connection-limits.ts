import type { Client } from '../../client.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import type { Lab } from '../../setup/lab.ts';
import { makeCapacityFault, openUntilRefused } from './fault.ts';

const LIMIT = 4;

/** A PostgreSQL role at its connection limit, on a server with free slots. */
export const ROLE_LIMIT: FaultKind = {
  name: 'role-limit',
  title: 'The role of the application has reached its connection limit',
  engines: ['postgres', 'postgres-system'],
  make: (lab) =>
    makeLimit(lab, {
      describe: `The role shop may have ${LIMIT} connections and has them all; the server has free slots.`,
      set: `ALTER ROLE shop CONNECTION LIMIT ${LIMIT}`,
      unset: 'ALTER ROLE shop CONNECTION LIMIT -1',
    }),
};

/** A PostgreSQL database at its connection limit, on a server with free slots. */
export const DATABASE_LIMIT: FaultKind = {
  name: 'database-limit',
  title: 'The database has reached its connection limit',
  engines: ['postgres', 'postgres-system'],
  make: (lab) =>
    makeLimit(lab, {
      describe: `The database shop may have ${LIMIT} connections and has them all; the server has free slots.`,
      set: `ALTER DATABASE shop CONNECTION LIMIT ${LIMIT}`,
      unset: 'ALTER DATABASE shop CONNECTION LIMIT -1',
    }),
};

/** A MariaDB account at its connection limit, on a server with free slots. */
export const USER_LIMIT: FaultKind = {
  name: 'user-limit',
  title: 'The account of the application has reached its own limit',
  engines: ['mariadb'],
  make: (lab) =>
    makeLimit(lab, {
      describe: `The account shop may have ${LIMIT} connections and has them all; the server has free slots.`,
      set: `ALTER USER shop@'%' WITH MAX_USER_CONNECTIONS ${LIMIT}`,
      unset: "ALTER USER shop@'%' WITH MAX_USER_CONNECTIONS 0",
    }),
};

/** MariaDB's connection limit per user, reached by one of them. */
export const EVERY_USER_LIMIT: FaultKind = {
  name: 'user-limit-global',
  title: 'The application has reached the limit that every user has',
  engines: ['mariadb'],
  async make(lab) {
    const [row] = await lab.admin('SELECT @@global.max_user_connections AS n');
    return makeLimit(lab, {
      describe: `Every user may have ${LIMIT} connections, and shop has them all; the server has free slots.`,
      set: `SET GLOBAL max_user_connections = ${LIMIT}`,
      unset: `SET GLOBAL max_user_connections = ${row?.n}`,
    });
  },
};

function makeLimit(
  lab: Lab,
  limit: { readonly describe: string; readonly set: string; readonly unset: string },
): Promise<MadeFault> {
  let held: readonly Client[] = [];
  return makeCapacityFault(lab, {
    describe: limit.describe,
    async make() {
      await lab.admin(limit.set);
      const { sessions, refusal } = await openUntilRefused(() => lab.open());
      held = sessions;
      return refusal;
    },
    lost: () =>
      held.filter((session) => session.isLost()).map(() => 'a session of shop-web was ended'),
    async undo() {
      await Promise.all(held.map((session) => session.end()));
      await lab.admin(limit.unset);
    },
  });
}
