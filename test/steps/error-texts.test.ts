import { expect, test } from 'vitest';
import type { StepError } from '#runbook/model/step-error.ts';
import { mysqlError } from '#steps/mysql/errors.ts';
import { postgresError } from '#steps/postgres/errors.ts';
import { networkError } from '#steps/wire/network-error.ts';
import { DATABASE_ERROR_TEXTS, type DatabaseErrorText } from '../fixtures/database-error-texts.ts';

/** Returns the error as the driver throws it: what a MySQL server says has its words twice. */
function thrown({ message, code, server }: DatabaseErrorText): Error {
  const said = server === undefined ? {} : { ...server, sqlMessage: message };
  return Object.assign(new Error(message), { code, ...said });
}

function classified(text: DatabaseErrorText): StepError {
  const { driver, during } = text;
  return driver === 'postgres'
    ? postgresError(thrown(text), during)
    : mysqlError(thrown(text), during);
}

/** Of the operating system, the resolver or TLS: what a probe meets too. */
function isSockets({ code = '', server, phase }: DatabaseErrorText): boolean {
  return /^E[A-Z_]+$/.test(code) && server === undefined && phase !== 'query';
}

test('every text of the table is read', () => {
  expect(DATABASE_ERROR_TEXTS.length).toBeGreaterThan(130);
});

test.each(DATABASE_ERROR_TEXTS)('$source, $fault: $kind', (text) => {
  const { kind, phase, message } = classified(text);
  // The full stop belongs to the sentence around the message.
  expect({ kind, phase, message }).toEqual({
    kind: text.kind,
    phase: text.phase,
    message: /^mysql2/.test(text.source) ? text.message.replace(/\.$/, '') : text.message,
  });
});

test.each(DATABASE_ERROR_TEXTS.filter(isSockets))(
  'a probe calls it the same: $source, $fault',
  (text) => {
    const { message, code, kind, phase } = text;
    const error = Object.assign(new Error(message), { code });
    expect(networkError(error, phase)).toMatchObject({ kind, phase, message });
  },
);

test.each(['postgres', 'mysql'] as const)(
  'a host with two addresses that both refuse, %s',
  (driver) => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
    const error = Object.assign(
      new AggregateError([refused('::1:1'), refused('127.0.0.1:1')], ''),
      {
        code: 'ECONNREFUSED',
      },
    );
    const known =
      driver === 'postgres' ? postgresError(error, 'connecting') : mysqlError(error, 'connecting');
    expect(known).toMatchObject({
      kind: 'refused',
      phase: 'tcp',
      message: 'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
    });
  },
);
