import { MYSQL_SERVERS, POSTGRES_SERVERS, SERVERS } from '../../engines.ts';
import type { ByHand, FaultKind, FaultLayer } from '../../fault.ts';
import { changedUrl, loginOf } from '../../setup/changed-url.ts';
import { isMysql, type Lab } from '../../setup/lab.ts';
import { makeLoginFault } from './fault.ts';

/** Faults of the login that the application is configured with. */
export const URL_FAULTS = [
  wrongLogin({
    name: 'auth-wrong-password',
    title: 'The application logs in with an old password',
    engines: [...SERVERS, 'pgbouncer'],
    describe: 'The password of shop was rotated; the application still has the old one.',
    change: { password: 'last-month' },
    fix: 'Give the application the password from the secret store',
  }),
  wrongLogin({
    name: 'auth-missing-role',
    title: 'The application logs in as a role that does not exist',
    describe: 'The URL names the user shop_web, which does not exist on the server.',
    change: { user: 'shop_web' },
    fix: 'Correct the user in the URL',
    byHand: (lab) => [
      {
        name: 'create-account',
        title: 'Create the account of the application where it is missing',
        do: async () => {
          await lab.admin(...narrowAccount(lab));
        },
      },
    ],
    undo: (lab) => lab.admin(...withoutNarrowAccount(lab)),
  }),
  wrongLogin({
    name: 'auth-missing-database',
    title: 'The application connects to a database that does not exist',
    layer: 'database',
    describe: 'The URL names the database shop_live, which the server does not have.',
    change: { database: 'shop_live' },
    fix: 'Correct the database in the URL',
  }),
];

function wrongLogin(kind: {
  readonly name: string;
  readonly title: string;
  readonly engines?: FaultKind['engines'];
  readonly layer?: FaultLayer;
  readonly describe: string;
  readonly change: Parameters<typeof changedUrl>[1];
  readonly fix: string;
  /** Other manual actions than to correct the URL, and what takes them back. */
  readonly byHand?: (lab: Lab) => readonly ByHand[];
  readonly undo?: (lab: Lab) => Promise<unknown>;
}): FaultKind {
  const { name, title, engines = SERVERS, layer = 'login', describe, change, fix } = kind;
  const { byHand = () => [], undo } = kind;
  return {
    ...{ name, title, engines },
    make: (lab) =>
      makeLoginFault(lab, {
        ...{ layer, describe },
        url: changedUrl(lab.urls.shop, change),
        newUrl: { title: fix, url: lab.urls.shop },
        byHand: byHand(lab),
        ...(undo !== undefined && { undo: () => undo(lab) }),
      }),
  };
}

/** The account is created in a hurry: it logs in, and may do less than the application needs. */
function narrowAccount(lab: Lab): readonly string[] {
  const { password } = loginOf(lab.urls.shop);
  return isMysql(lab)
    ? [
        `CREATE USER shop_web@'%' IDENTIFIED BY '${password}'`,
        "GRANT SELECT ON shop.* TO shop_web@'%'",
      ]
    : [`CREATE ROLE shop_web LOGIN PASSWORD '${password}'`];
}

function withoutNarrowAccount(lab: Lab): readonly string[] {
  return isMysql(lab)
    ? ["DROP USER IF EXISTS shop_web@'%'"]
    : [
        `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_web') THEN
          DROP OWNED BY shop_web; DROP ROLE shop_web; END IF; END $$`,
      ];
}

/** The superuser's statements that break an account, and those that fix it. */
type Statements = { readonly broken: readonly string[]; readonly well: readonly string[] };

function brokenAccount(lab: Lab, describe: string, { broken, well }: Statements) {
  return makeLoginFault(lab, {
    describe,
    make: () => lab.admin(...broken),
    undo: () => lab.admin(...well),
  });
}

/** The role is not allowed to log in. */
const nologin: FaultKind = {
  name: 'auth-nologin',
  title: 'The role is not allowed to log in',
  engines: POSTGRES_SERVERS,
  make: (lab) =>
    brokenAccount(lab, 'The role shop is NOLOGIN.', {
      broken: ['ALTER ROLE shop NOLOGIN'],
      well: ['ALTER ROLE shop LOGIN'],
    }),
};

const CHANGED_A_YEAR_AGO = {
  mariadb: `UPDATE mysql.global_priv
    SET Priv = JSON_SET(Priv, '$.password_last_changed', UNIX_TIMESTAMP() - 31536000) WHERE User = 'shop'`,
  mysql: `UPDATE mysql.user SET password_last_changed = NOW() - INTERVAL 1 YEAR WHERE User = 'shop'`,
} as const;

/** The password is correct but has expired. */
const expiredPassword: FaultKind = {
  name: 'auth-expired-password',
  title: 'The password has expired',
  engines: SERVERS,
  make: (lab) =>
    isMysql(lab)
      ? brokenAccount(lab, 'The password of shop was to last a month, and is a year old.', {
          broken: [
            "ALTER USER shop@'%' PASSWORD EXPIRE INTERVAL 30 DAY",
            CHANGED_A_YEAR_AGO[lab.engine],
            'FLUSH PRIVILEGES',
          ],
          well: ["ALTER USER shop@'%' PASSWORD EXPIRE DEFAULT"],
        })
      : brokenAccount(lab, 'The password of shop was valid until the first of January 2026.', {
          broken: ["ALTER ROLE shop VALID UNTIL '2026-01-01 00:00Z'"],
          well: ["ALTER ROLE shop VALID UNTIL 'infinity'"],
        }),
};

/** The password has expired, and behind that no session is allowed. */
const secondCause: FaultKind = {
  name: 'auth-second-cause',
  title: 'The password has expired, and the role may open no session',
  engines: POSTGRES_SERVERS,
  make: (lab) =>
    brokenAccount(lab, 'The password of shop has expired, and its connection limit is 0.', {
      broken: ["ALTER ROLE shop VALID UNTIL '2026-01-01 00:00Z' CONNECTION LIMIT 0"],
      well: ["ALTER ROLE shop VALID UNTIL 'infinity' CONNECTION LIMIT -1"],
    }),
};

/** The account is locked. */
const locked: FaultKind = {
  name: 'auth-locked',
  title: 'The account is locked',
  engines: MYSQL_SERVERS,
  make: (lab) =>
    brokenAccount(lab, 'The account of shop is locked.', {
      broken: ["ALTER USER shop@'%' ACCOUNT LOCK"],
      well: ["ALTER USER shop@'%' ACCOUNT UNLOCK"],
    }),
};

/** The role may log in, but not to this database. */
const noConnectPrivilege: FaultKind = {
  name: 'auth-no-connect-privilege',
  title: 'The role lacks the CONNECT privilege on the database',
  engines: SERVERS,
  make: async (lab) => ({
    ...(await brokenAccount(
      lab,
      'shop has lost its right to the database shop.',
      connectRight(lab),
    )),
    layer: 'database',
  }),
};

function connectRight(lab: Lab): Statements {
  return isMysql(lab)
    ? {
        broken: ["REVOKE ALL PRIVILEGES ON shop.* FROM shop@'%'"],
        well: ["GRANT ALL PRIVILEGES ON shop.* TO shop@'%'"],
      }
    : {
        broken: [
          'GRANT CONNECT ON DATABASE shop TO oncall',
          'REVOKE CONNECT ON DATABASE shop FROM PUBLIC',
        ],
        well: [
          'GRANT CONNECT ON DATABASE shop TO PUBLIC',
          'REVOKE CONNECT ON DATABASE shop FROM shop, oncall',
        ],
      };
}

/** Faults of the account that the application logs in to. */
export const ACCOUNT_FAULTS = [nologin, locked, expiredPassword, secondCause, noConnectPrivilege];
