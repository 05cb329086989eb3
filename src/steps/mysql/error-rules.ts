import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';

/**
 * A rule that classifies an error of a MySQL or MariaDB server by its number, sometimes also by its
 * text.
 */
export type MysqlErrorRule = {
  readonly numbers: readonly number[];
  readonly text?: RegExp;
  readonly kind: ErrorKind;
  /** The phase of the error while connecting; `auth` if undefined. */
  readonly phase?: ErrorPhase;
  /** Limits the rule to one of the two. */
  readonly during?: 'connecting' | 'query';
  readonly hint?: string;
};

/**
 * Rules for the error numbers of both servers. They match numbers, never mysql2's names: mysql2
 * knows only MySQL's, which differ on MariaDB or are missing.
 */
export const MYSQL_RULES: readonly MysqlErrorRule[] = [
  {
    numbers: [1045, 1698],
    during: 'connecting',
    kind: 'auth',
    hint:
      'The password is wrong, there is no such account, or only one for other hosts. Where an account, ' +
      'or the server, requires TLS, a login without it is refused in the same words: try ssl-mode=REQUIRED.',
  },
  {
    numbers: [1044],
    during: 'connecting',
    kind: 'no_permission',
    hint: 'The account lacks privileges on that database, or it does not exist: the server does not say which.',
  },
  {
    numbers: [1130],
    kind: 'auth',
    hint: 'No account matches the host this connection comes from.',
  },
  { numbers: [1129], kind: 'auth', hint: 'Find out what caused the broken connections first.' },
  {
    numbers: [1820, 1862],
    kind: 'auth',
    hint: 'The password has expired and must be changed first.',
  },
  { numbers: [3118, 4151], kind: 'auth', hint: 'ALTER USER … ACCOUNT UNLOCK lets it in again.' },
  {
    numbers: [1251, 1275, 1524, 2059, 2061, 3955],
    kind: 'auth',
  },
  {
    numbers: [3159],
    kind: 'tls',
    hint: 'The server refuses logins without TLS: try ssl-mode=REQUIRED.',
  },
  { numbers: [1049, 1046], kind: 'no_database' },
  {
    numbers: [1040],
    kind: 'too_many_connections',
    hint:
      'One more connection is let in for an account with CONNECTION_ADMIN (MariaDB: CONNECTION ADMIN) or ' +
      'SUPER. Some more get in through MariaDB’s extra_port or MySQL’s admin port (33062), where the ' +
      "server has one: set such a login as the target's reserve.",
  },
  {
    numbers: [1203, 1226],
    kind: 'too_many_connections',
    hint: 'Only this account is at its limit; other accounts can still log in.',
  },
  { numbers: [1053, 3032], during: 'connecting', kind: 'starting_up' },
  // MySQL's messages for a session ended by a person, a timeout or a shutdown.
  {
    numbers: [1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 3032, 4031],
    kind: 'reset',
  },
  { numbers: [1969, 3024], kind: 'timeout' },
  { numbers: [1317], text: /max_(?:statement|execution)_time/, kind: 'timeout' },
  { numbers: [1317], kind: 'cancelled' },
  { numbers: [1205, 1213, 1223, 1614, 3572, 3058], kind: 'lock' },
  { numbers: [1792, 1836], kind: 'read_only' },
  { numbers: [1290], text: /read-only/, kind: 'read_only' },
  { numbers: [1290], kind: 'no_permission' },
  {
    numbers: [1044, 1045, 1095, 1142, 1143, 1227, 1370, 1410, 1419],
    kind: 'no_permission',
  },
  {
    numbers: [1008, 1051, 1054, 1094, 1109, 1146, 1176, 1193, 1305, 1356, 1360, 1630, 1932],
    kind: 'not_found',
  },
  {
    numbers: [1295],
    kind: 'syntax',
    hint: 'This statement cannot bind values.',
  },
  {
    numbers: [1064],
    text: /near '\?/,
    kind: 'syntax',
    hint: 'Values can be bound only where an expression is allowed: not as names, and not in most SHOW statements.',
  },
  { numbers: [1064, 1065, 1149, 1210], kind: 'syntax' },
];

/** A class of SQLSTATE that means the statement is wrong. */
export const WRONG_STATEMENT = /^(?:42|21)/;
