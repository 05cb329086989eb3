import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MYSQL_SERVERS, POSTGRES_SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { loginOf } from '../../setup/changed-url.ts';
import {
  HOST_RULES,
  isPostgres,
  type Lab,
  type MysqlLab,
  type PostgresLab,
} from '../../setup/lab.ts';
import { makeLoginFault } from './fault.ts';

const FOR_THE_SHOP = 'host shop shop 127.0.0.1/32 scram-sha-256';
const WITHOUT_THE_SHOP = [
  HOST_RULES[0] ?? '',
  'host all postgres,oncall,warehouse 127.0.0.1/32 scram-sha-256',
];

/** A line of pg_hba.conf rejects the application. */
const hbaReject: FaultKind = {
  name: 'auth-hba-reject',
  title: 'A line of pg_hba.conf rejects the application',
  engines: POSTGRES_SERVERS,
  make: (lab) =>
    makeHostRuleFault(lab, 'A reject line for shop stands before the line that lets it in.', [
      'host all shop 127.0.0.1/32 reject',
      ...HOST_RULES,
    ]),
};

/** No line of pg_hba.conf matches the application. */
const noHbaEntry: FaultKind = {
  name: 'auth-no-hba-entry',
  title: 'No line of pg_hba.conf lets the application in',
  engines: POSTGRES_SERVERS,
  make: (lab) =>
    makeHostRuleFault(lab, 'The lines of pg_hba.conf name every role but shop.', WITHOUT_THE_SHOP),
};

async function makeHostRuleFault(lab: Lab, describe: string, rules: readonly string[]) {
  const server = postgresOf(lab);
  return makeLoginFault(lab, {
    describe,
    byHand: [
      {
        name: 'correct-host-rules',
        title: 'Write the line for the shop into pg_hba.conf, before all others',
        do: () => writeRules(server, [FOR_THE_SHOP, ...rules]),
      },
    ],
    make: () => server.setHostRules(rules),
    undo: () => server.setHostRules(HOST_RULES),
  });
}

/** Writes pg_hba.conf without a reload: the server applies it only on request. */
function writeRules({ server }: Pick<PostgresLab, 'server'>, rules: readonly string[]) {
  return writeFile(join(server.dataDir, 'pg_hba.conf'), `${rules.join('\n')}\n`);
}

function postgresOf(lab: Lab) {
  if (!isPostgres(lab)) throw new Error('there is no pg_hba.conf on this engine');
  return lab;
}

/** The account is valid for a host other than the application's. */
const hostNotAllowed: FaultKind = {
  name: 'auth-host-not-allowed',
  title: 'The account does not allow the application’s host',
  engines: MYSQL_SERVERS,
  make: (lab) =>
    makeLoginFault(lab, {
      describe: 'The account of shop allows the host 10.9.9.9 only.',
      byHand: [
        {
          name: 'create-account',
          title: "Create the account for the application's host",
          do: async () => {
            const { password } = loginOf(lab.urls.shop);
            await lab.admin(
              `CREATE USER shop@'127.0.0.1' IDENTIFIED BY '${password}'`,
              "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO shop@'127.0.0.1'",
            );
          },
        },
      ],
      make: () => mysqlOf(lab).admin("RENAME USER shop@'%' TO shop@'10.9.9.9'"),
      undo: () =>
        lab.admin(
          "DROP USER IF EXISTS shop@'127.0.0.1'",
          "RENAME USER shop@'10.9.9.9' TO shop@'%'",
        ),
    }),
};

const NOBODY = "''@'127.0.0.1'";

/** An anonymous account of the application's host is more specific than the application's own. */
const anonymousAccount: FaultKind = {
  name: 'auth-anonymous-account',
  title: 'An anonymous account takes the application’s logins',
  engines: MYSQL_SERVERS,
  make: (lab) => {
    // MariaDB puts a renamed account into the order of the others only when it reads them again.
    const moved = (from: string, to: string) => [
      ...['root', 'warehouse', 'oncall'].map(
        (user) => `RENAME USER ${user}@'${from}' TO ${user}@'${to}'`,
      ),
      'FLUSH PRIVILEGES',
    ];
    return makeLoginFault(lab, {
      describe: `There is an account ${NOBODY}, and shop has one for all hosts.`,
      byHand: [
        {
          name: 'drop-anonymous',
          title: 'Remove the anonymous account',
          do: async () => {
            await lab.admin(`DROP USER ${NOBODY}`);
          },
        },
      ],
      make: () => lab.admin(`CREATE USER ${NOBODY}`, ...moved('%', '127.0.0.1')),
      undo: () => lab.admin(`DROP USER IF EXISTS ${NOBODY}`, ...moved('127.0.0.1', '%')),
    });
  },
};

function mysqlOf(lab: Lab): MysqlLab {
  if (isPostgres(lab)) throw new Error('accounts have no host on this engine');
  return lab;
}

/** Faults of the rules by which a server lets a host in. */
export const HOST_RULE_FAULTS = [hbaReject, noHbaEntry, hostNotAllowed, anonymousAccount];
