import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';
import { hasNoEffect, isAnswer, postgresError } from '#steps/postgres/errors.ts';

type Case = readonly [
  kind: ErrorKind,
  phase: ErrorPhase,
  code: string | undefined,
  message: string,
];

/** What each client and server says for faults that were made for real. */
const CONNECTING: readonly Case[] = [
  ['refused', 'tcp', 'ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5499'],
  ['refused', 'tcp', 'ENOENT', 'connect ENOENT /var/run/postgresql/.s.PGSQL.5432'],
  ['unreachable', 'tcp', 'EHOSTUNREACH', 'connect EHOSTUNREACH 127.0.0.1:5493'],
  ['unreachable', 'tcp', 'ENETUNREACH', 'connect ENETUNREACH 127.0.0.1:5488'],
  ['timeout', 'tcp', undefined, 'timeout expired'],
  ['timeout', 'tcp', undefined, 'Connection terminated due to connection timeout'],
  ['timeout', 'tcp', 'ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:5432'],
  ['reset', 'tcp', 'ECONNRESET', 'read ECONNRESET'],
  ['reset', 'tcp', undefined, 'Connection terminated unexpectedly'],
  [
    'tls',
    'tls',
    'ECONNRESET',
    'Client network socket disconnected before secure TLS connection was established',
  ],
  ['dns', 'dns', 'ENOTFOUND', 'getaddrinfo ENOTFOUND db.nonexistent.invalid'],
  ['dns', 'dns', 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN servfail.example.com'],
  ['auth', 'auth', '28P01', 'password authentication failed for user "app"'],
  ['auth', 'auth', undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'],
  ['auth', 'auth', '28000', 'pg_hba.conf rejects connection for host "127.0.0.1", user "rejected"'],
  ['auth', 'auth', '28000', 'no pg_hba.conf entry for host "127.0.0.1", SSL encryption'],
  ['auth', 'auth', '28000', 'role "nologin" is not permitted to log in'],
  ['auth', 'auth', '28000', 'Ident authentication failed for user "identuser"'],
  ['tls', 'auth', '28000', 'connection requires a valid client certificate'],
  ['no_database', 'auth', '3D000', 'database "no_such_db" does not exist'],
  ['no_permission', 'auth', '42501', 'permission denied for database "privdb"'],
  ['no_database', 'auth', '55000', 'database "closeddb" is not currently accepting connections'],
  ['tls', 'tls', undefined, 'The server does not support SSL connections'],
  ['tls', 'tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
  ['tls', 'tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['tls', 'tls', 'CERT_HAS_EXPIRED', 'certificate has expired'],
  ['tls', 'tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match certificate'],
  ['tls', 'tls', 'EPROTO', 'write EPROTO error:0A00042E:SSL routines:ssl3_read_bytes'],
  ['too_many_connections', 'auth', '53300', 'too many connections for role "limited"'],
  ['too_many_connections', 'auth', '53300', 'sorry, too many clients already'],
  ['starting_up', 'auth', '57P03', 'the database system is starting up'],
  ['starting_up', 'auth', '57P03', 'the database system is shutting down'],
  ['starting_up', 'auth', '57P03', 'the database system is in recovery mode'],
];

/** PgBouncer gives all of its errors, and all it passes on, the same code. */
const THROUGH_PGBOUNCER: readonly Case[] = [
  ['auth', 'auth', '08P01', 'SASL authentication failed'],
  ['auth', 'auth', '08P01', 'password authentication failed for user "app"'],
  ['auth', 'auth', '08P01', 'role "nologin" is not permitted to log in'],
  ['no_database', 'auth', '08P01', 'no such database: nosuchdb'],
  ['no_database', 'auth', '08P01', 'database "does_not_exist" does not exist'],
  ['no_database', 'auth', '08P01', 'database "appdb" is disabled'],
  ['timeout', 'auth', '08P01', 'query_wait_timeout'],
  ['too_many_connections', 'auth', '08P01', 'no more connections allowed (max_client_conn)'],
  [
    'too_many_connections',
    'auth',
    '08P01',
    'remaining connection slots are reserved for non-replication superuser connections',
  ],
  [
    'unreachable',
    'auth',
    '08P01',
    'server login has been failing, try again later (server_login_retry)',
  ],
];

test.each([...CONNECTING, ...THROUGH_PGBOUNCER])(
  '%s (%s) is said as %s %s',
  (kind, phase, code, message) => {
    const error = Object.assign(new Error(message), code === undefined ? {} : { code });
    expect(postgresError(error, 'connecting')).toMatchObject({ kind, phase, message });
  },
);

const IN_USE: readonly (readonly [ErrorKind, string | undefined, string, boolean])[] = [
  ['read_only', '25006', 'cannot execute INSERT in a read-only transaction', true],
  ['lock', '55P03', 'canceling statement due to lock timeout', true],
  ['lock', '40P01', 'deadlock detected', true],
  ['timeout', '57014', 'canceling statement due to statement timeout', true],
  ['cancelled', '57014', 'canceling statement due to user request', true],
  ['no_permission', '42501', 'permission denied for table orders', true],
  ['not_found', '42P01', 'relation "orders" does not exist', true],
  ['syntax', '42601', 'syntax error at or near "SELEC"', true],
  ['unknown', '22012', 'division by zero', true],
  ['timeout', '08P01', 'query_wait_timeout', false],
  ['config', '08P01', 'transaction blocks not allowed in statement pooling mode', false],
  ['reset', '57P01', 'terminating connection due to administrator command', false],
  ['reset', '57P05', 'terminating connection due to idle-session timeout', false],
  ['reset', '25P03', 'terminating connection due to idle-in-transaction timeout', false],
  ['reset', '25P04', 'terminating connection due to transaction timeout', false],
  ['reset', '08P01', 'server conn crashed?', false],
  ['reset', undefined, 'Connection terminated unexpectedly', false],
  ['reset', undefined, 'Client has encountered a connection error and is not queryable', false],
  ['reset', 'ECONNRESET', 'read ECONNRESET', false],
  ['reset', 'EPIPE', 'write EPIPE', false],
];

test.each(IN_USE)(
  '%s in use is said as %s %s; the connection goes on: %s',
  (kind, code, message, answer) => {
    const error = Object.assign(new Error(message), code === undefined ? {} : { code });
    expect(postgresError(error, 'query')).toMatchObject({ kind, phase: 'query', message });
    expect(isAnswer(error)).toBe(answer);
  },
);

test('a pooler that never passed a statement on says so, unlike one that lost it', () => {
  const error = (message: string) => Object.assign(new Error(message), { code: '08P01' });
  expect(hasNoEffect(error('query_wait_timeout'))).toBe(true);
  expect(hasNoEffect(error('server conn crashed?'))).toBe(false);
});

describe('an error without a message of its own', () => {
  test('as of a host with two addresses, is told by its causes', () => {
    const causes = ['::1', '127.0.0.1'].map((host) =>
      Object.assign(new Error(`connect ECONNREFUSED ${host}:5432`), { code: 'ECONNREFUSED' }),
    );
    expect(postgresError(new AggregateError(causes, ''), 'connecting')).toMatchObject({
      kind: 'refused',
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
    });
  });

  test('and of no known shape is told as it is', () => {
    expect(postgresError('odd', 'connecting')).toEqual({
      kind: 'unknown',
      message: 'odd',
      phase: 'tcp',
    });
  });
});

test.each([
  [
    'remaining connection slots are reserved for non-replication superuser connections',
    /^Only a superuser/,
  ],
  [
    'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    /^Only a superuser/,
  ],
  [
    'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
    /pg_use_reserved_connections can still log in/,
  ],
  [
    'remaining connection slots are reserved for non-replication superuser, rds_reserved, and rds_superuser connections',
    /rds_superuser or rds_reserved/,
  ],
  ['sorry, too many clients already', /no role can log in/],
  ['too many connections for role "app"', /Only the role app /],
  ['too many connections for database "shop"', /Only the database shop /],
  ['no more connections allowed (max_client_conn)', /past the pooler/],
])('who can still log in is told from: %s', (message, hint) => {
  const error = Object.assign(new Error(message), { code: '53300' });
  expect(postgresError(error, 'connecting').hint).toMatch(hint);
});
