import { expect, test } from 'vitest';
import { createGrouping } from '#match/group-lines.ts';
import { createSplitter } from '#match/split-records.ts';

function grouped(text: string): readonly string[] {
  const grouping = createGrouping();
  const records = text.split('\n').flatMap((line) => grouping.push(line) ?? []);
  return [...records, ...[grouping.end() ?? []].flat()];
}

test('a stack trace and its causes are one record', () => {
  const trace = [
    'java.sql.SQLException: outer',
    '\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)',
    'Caused by: java.net.ConnectException: Connection refused',
    '\t... 12 more',
  ].join('\n');
  expect(grouped(`before\n${trace}\nafter`)).toEqual(['before', trace, 'after']);
});

test('what libpq says of each address is one record', () => {
  const lines = [
    'psql: error: connection to server at "db" (::1), port 5432 failed: Connection refused',
    'Is the server running on that host and accepting TCP/IP connections?',
    'connection to server at "db" (127.0.0.1), port 5432 failed: FATAL:  sorry, too many clients already',
  ];
  expect(grouped([...lines, 'after'].join('\n'))).toEqual([lines.join('\n'), 'after']);
  const own = 'connection to server at "db" (127.0.0.1), port 5432 failed: timeout expired';
  expect(grouped(`${own}\n${own}`)).toEqual([own, own]);
});

test('a traceback goes on to its error, and to the errors it caused', () => {
  const traceback = [
    'Traceback (most recent call last):',
    '  File "/app/a.py", line 1, in a',
    'psycopg2.OperationalError: connection refused',
    '',
    'The above exception was the direct cause of the following exception:',
    '',
    'Traceback (most recent call last):',
    '  File "/app/b.py", line 2, in b',
    'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection refused',
  ].join('\n');
  expect(grouped(`before\n${traceback}\nINFO after`)).toEqual(['before', traceback, 'INFO after']);
});

test('details of a server belong to the error before them', () => {
  const error =
    '2026-11-20 08:14:02 UTC [9] FATAL:  password authentication failed for user "x"\n2026-11-20 08:14:02 UTC [9] DETAIL:  Role "x" does not exist.';
  expect(grouped(`${error}\n2026-11-20 08:14:03 UTC [9] LOG:  checkpoint`)[0]).toBe(error);
});

test('what a collector puts before every line does not hide that lines go on', () => {
  const prefix = 'Nov 20 08:14:02 web-1 app[9]: ';
  const trace = `${prefix}Error: connect ECONNREFUSED 10.0.0.5:5432\n${prefix}    at TCPConnectWrap (net.js:1)`;
  expect(grouped(`${trace}\n${prefix}next`)).toEqual([trace, `${prefix}next`]);
});

test('of an endless trace the beginning and the causes are kept, in bounded memory', () => {
  const grouping = createGrouping();
  grouping.push('Error: outer');
  for (let line = 0; line < 100_000; line += 1) grouping.push(`\tat frame${line}(file.js:1)`);
  grouping.push('Caused by: the cause');
  const record = grouping.end() ?? '';
  expect(record.length).toBeLessThan(70_000);
  expect(record.startsWith('Error: outer\n')).toBe(true);
  expect(record.endsWith('Caused by: the cause')).toBe(true);
});

test('records are cut at their ends wherever the stream is cut', () => {
  const text = 'one\r\n\ntwo\nthree';
  for (let size = 1; size < text.length; size += 1) {
    const splitter = createSplitter('\n');
    const records: string[] = [];
    for (let at = 0; at < text.length; at += size)
      records.push(...splitter.push(text.slice(at, at + size)));
    expect([...records, ...splitter.end()]).toEqual(['one', '', 'two', 'three']);
  }
});

test('a line without an end is kept in bounded memory', () => {
  const splitter = createSplitter('\n');
  for (let piece = 0; piece < 100; piece += 1) splitter.push('x'.repeat(10_000));
  const [record = ''] = splitter.end();
  expect(record.length).toBe(65_536);
});

test('records that end with NUL may have many lines', () => {
  const splitter = createSplitter('\0');
  expect(splitter.push('a\nb\0c\n')).toEqual(['a\nb']);
  expect(splitter.end()).toEqual(['c']);
});

test('where records start with a time, an error without one belongs to the record before it', () => {
  const record =
    '2026-11-20 08:14:02 ERROR orders: request failed (hikari)\nError: timeout\n    at pool.js:1:2';
  const log = `2026-11-20 08:14:01 INFO up\n${record}\n2026-11-20 08:14:03 INFO next`;
  expect(grouped(log)).toEqual([
    '2026-11-20 08:14:01 INFO up',
    record,
    '2026-11-20 08:14:03 INFO next',
  ]);
  const composed = log.replace(/^/gm, 'app-1  | ');
  expect(grouped(composed)[1]).toBe(record.replace(/^/gm, 'app-1  | '));
  const other = 'app-1  | 2026-11-20 08:14:01 INFO up\ndb-1  | LOG: ready';
  expect(grouped(other)).toEqual(other.split('\n'));
});

test('in a log without times every line at the margin is a record', () => {
  expect(grouped('one\ntwo\n2026-11-20 08:14:01 INFO up\nthree')).toEqual([
    'one',
    'two',
    '2026-11-20 08:14:01 INFO up',
    'three',
  ]);
});
