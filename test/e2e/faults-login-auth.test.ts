import type { MadeFault } from '#lab/fault.ts';
import { byHand, testWays, type Way } from './login-faults.ts';
import type { Answers } from './solve-fault.ts';

const LOOKED = ['login', 'url', 'admin'];
const CORRECTED = ['correct_url', 'new_url', 'login_again', 'resolved'];

/** The URL is asked for after it has been corrected, so it is looked up only then. */
function correctUrl(made: MadeFault): Answers {
  return {
    correct_url: { first: byHand(made, 'correct-url'), done: 'the secret store has the right one' },
    new_url: {
      get answer() {
        return made.appUrl();
      },
    },
  };
}

const missingRole = (look: string): Way => ({
  fault: 'auth-missing-role',
  answers: (made) => ({
    missing_role: { answer: 'The URL names the wrong user' },
    ...correctUrl(made),
  }),
  path: [...LOOKED, look, 'missing_role', ...CORRECTED],
  findings: [
    /There is no (?:role|account for the user) shop_web here/,
    /The URL was wrong: with the corrected one/,
  ],
});

/** The account is created in a hurry, so that it logs in and may do less than the application needs. */
const created = (made: MadeFault): Answers => ({
  missing_role: { answer: 'The role must be created' },
  create_role: { first: byHand(made, 'create-account'), done: 'created with its password' },
});

const missingDatabase = (look: string): Way => ({
  fault: 'auth-missing-database',
  answers: (made) => ({
    missing_database: { answer: 'The URL names the wrong database' },
    ...correctUrl(made),
  }),
  path: [...LOOKED, look, 'missing_database', ...CORRECTED],
  findings: [/no database shop_live here\. (?:Existing|Visible) databases: .*\bshop, warehouse/],
});

const wrongPassword = (...looks: readonly string[]): Way => ({
  fault: 'auth-wrong-password',
  answers: (made) => ({ compare: { done: 'the store has a newer one' }, ...correctUrl(made) }),
  path: [...LOOKED, ...looks, 'compare', ...CORRECTED],
  findings: [/password of 10 characters/, /What remains to check is the password/],
});

const confirmed = (
  fault: string,
  looks: readonly string[],
  remedy: string,
  say: RegExp,
  ...after: readonly string[]
): Way => ({
  fault,
  answers: () => ({ [remedy]: { confirm: true } }),
  path: [...LOOKED, ...looks, remedy, ...after, 'resolved'],
  findings: [say],
});

const hostRule = (fault: string, say: RegExp): Way => ({
  fault,
  answers: (made) => ({
    add_rule: { first: byHand(made, 'correct-host-rules'), done: 'the line is the first one' },
    reload_rules: { confirm: true },
  }),
  path: [...LOOKED, 'role', 'host_rules', 'add_rule', 'host_rules', 'reload_rules', 'resolved'],
  findings: [say, /its line 1 allows the login with scram-sha-256/],
});

const POSTGRES: readonly Way[] = [
  confirmed('auth-nologin', ['role'], 'allow_login', /The role shop is NOLOGIN/),
  confirmed('auth-expired-password', ['role'], 'extend_validity', /expired on 2026-01-01/),
  confirmed(
    'auth-no-connect-privilege',
    ['role'],
    'grant_connect',
    /has no CONNECT privilege on shop/,
    'rights',
  ),
  {
    fault: 'auth-second-cause',
    answers: () => ({ extend_validity: { confirm: true } }),
    path: [...LOOKED, 'role', 'extend_validity', 'login', 'other_incident'],
    findings: [/but the login still fails: too many connections for role "shop"\.$/],
    outcome: 'escalated',
    summary: /too many connections for role "shop".* too-many-connections/,
  },
  hostRule('auth-hba-reject', /Line 1 is the first match, and it says reject/),
  hostRule('auth-no-hba-entry', /None of the 2 lines matches shop on shop from 127\.0\.0\.1/),
];

await testWays('postgres', [
  ...POSTGRES,
  wrongPassword('role', 'password_kind'),
  missingRole('role'),
  {
    fault: 'auth-missing-role',
    answers: (made) => ({ ...created(made), grant_tables: { confirm: true } }),
    path: [
      ...[...LOOKED, 'role', 'missing_role', 'create_role', 'login'],
      ...['rights', 'grant_tables', 'rights', 'resolved'],
    ],
    findings: [
      /can read no table or view of shop \(0 of 1\)/,
      /can read 1 of 1 tables and views of shop, and change 1 of 1 tables/,
    ],
  },
  {
    fault: 'auth-missing-role',
    answers: (made) => ({ ...created(made), grant_tables: { decline: 'not mine to grant' } }),
    path: ['...', 'rights', 'grant_tables', 'lacks_rights'],
    findings: [/can read no table or view of shop \(0 of 1\)/],
    outcome: 'unresolved',
  },
  missingDatabase('role'),
  {
    fault: 'auth-nologin',
    inputs: { admin_url: undefined },
    answers: () => ({
      admin_login: { answer: '' },
      without_admin: { answer: 'No, or unknown' },
    }),
    path: ['login', 'url', 'admin', 'admin_login', 'without_admin', 'hand_over'],
    findings: [/The login of shop is rejected: role "shop" is not permitted to log in/],
    outcome: 'escalated',
    summary: /Hand over .*PostgreSQL: CREATEROLE/,
  },
]);

await testWays(
  'postgres-system',
  POSTGRES.filter(({ fault }) => !['auth-nologin', 'auth-no-hba-entry'].includes(fault)),
);

const MYSQL: readonly Way[] = [
  confirmed('auth-locked', ['accounts'], 'unlock', /The account shop@% is locked/),
  confirmed(
    'auth-expired-password',
    ['accounts'],
    'lift_expiry',
    /exceeded the account's password lifetime/,
  ),
  confirmed(
    'auth-no-connect-privilege',
    ['accounts'],
    'grant_database',
    /has no privileges on shop/,
  ),
  {
    fault: 'auth-host-not-allowed',
    answers: (made) => ({
      add_account: { first: byHand(made, 'create-account'), done: 'for 127.0.0.1' },
      enough: { answer: 'the application does not need them' },
      serves: { answer: 'Yes, it works' },
    }),
    path: [
      ...[...LOOKED, 'accounts', 'add_account', 'login'],
      ...['account_rights', 'enough', 'serves', 'resolved'],
    ],
    findings: [
      /fewer privileges on shop than another account .*\bCREATE, /,
      /has an account for 10\.9\.9\.9, and a login from here comes from 127\.0\.0\.1/,
    ],
  },
  {
    fault: 'auth-anonymous-account',
    answers: (made) => ({
      drop_anonymous: { first: byHand(made, 'drop-anonymous'), done: 'nothing used it' },
    }),
    path: [...LOOKED, 'accounts', 'drop_anonymous', 'login', 'resolved'],
    findings: [/an anonymous account, ''@127\.0\.0\.1\. It is more specific than shop@%/],
  },
  wrongPassword('accounts', 'password_age'),
  missingRole('accounts'),
  {
    fault: 'auth-missing-role',
    answers: (made) => ({
      ...created(made),
      enough: { answer: 'grant what reads and writes rows' },
      grant_account: { confirm: true },
    }),
    path: [
      ...[...LOOKED, 'accounts', 'missing_role', 'create_role', 'login'],
      ...['account_rights', 'enough', 'grant_account', 'account_rights', 'resolved'],
    ],
    findings: [/lacks on shop: DELETE, INSERT, UPDATE/, /has SELECT, INSERT, UPDATE and DELETE/],
  },
  missingDatabase('accounts'),
];

await testWays('mariadb', MYSQL);
await testWays('mysql', MYSQL);

await testWays('pgbouncer', [
  {
    fault: 'auth-wrong-password',
    answers: (made) => ({ compare: { done: 'the store has a newer one' }, ...correctUrl(made) }),
    path: [...LOOKED, 'role', 'password_kind', 'compare', ...CORRECTED],
    findings: [/SASL authentication failed/],
  },
]);
