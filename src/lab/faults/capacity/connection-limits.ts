import type { Client } from '../../client.ts';
import { MYSQL_SERVERS, POSTGRES_SERVERS } from '../../engines.ts';
import type { FaultKind, MadeFault } from '../../fault.ts';
import type { Lab } from '../../setup/lab.ts';
import { makeCapacityFault, openUntilRefused } from './fault.ts';

const LIMIT = 4;

/** A PostgreSQL role, a PostgreSQL database or a MySQL account at its connection limit. */
const OWN_LIMITS = [
  ownLimit({
    name: 'role-limit',
    title: 'The role of the application has reached its connection limit',
    engines: POSTGRES_SERVERS,
    who: 'The role',
    limit: (count) => `ALTER ROLE shop CONNECTION LIMIT ${count}`,
    none: -1,
  }),
  ownLimit({
    name: 'database-limit',
    title: 'The database has reached its connection limit',
    engines: POSTGRES_SERVERS,
    who: 'The database',
    limit: (count) => `ALTER DATABASE shop CONNECTION LIMIT ${count}`,
    none: -1,
  }),
  ownLimit({
    name: 'user-limit',
    title: 'The account of the application has reached its own limit',
    engines: MYSQL_SERVERS,
    who: 'The account',
    limit: (count) => `ALTER USER shop@'%' WITH MAX_USER_CONNECTIONS ${count}`,
    none: 0,
  }),
];

function ownLimit(kind: {
  readonly name: string;
  readonly title: string;
  readonly engines: FaultKind['engines'];
  readonly who: string;
  readonly limit: (count: number) => string;
  /** The count that stands for no limit. */
  readonly none: number;
}): FaultKind {
  const { name, title, engines, who, limit, none } = kind;
  return {
    ...{ name, title, engines },
    make: (lab) =>
      makeLimit(lab, {
        describe: `${who} shop may have ${LIMIT} connections and has them all; the server has free slots.`,
        set: limit(LIMIT),
        unset: limit(none),
      }),
  };
}

/** The connection limit of MariaDB and MySQL per user, reached by one of them. */
const EVERY_USER_LIMIT: FaultKind = {
  name: 'user-limit-global',
  title: 'The application has reached the limit that every user has',
  engines: MYSQL_SERVERS,
  async make(lab) {
    const [row] = await lab.admin('SELECT @@global.max_user_connections AS n');
    return makeLimit(lab, {
      describe: `Every user may have ${LIMIT} connections, and shop has them all; the server has free slots.`,
      set: `SET GLOBAL max_user_connections = ${LIMIT}`,
      unset: `SET GLOBAL max_user_connections = ${row?.n}`,
    });
  },
};

/** Faults of a connection limit of the application, on a server with free slots. */
export const LIMIT_FAULTS = [...OWN_LIMITS, EVERY_USER_LIMIT];

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
