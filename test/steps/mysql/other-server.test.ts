import { type EventEmitter, once } from 'node:events';
import type { Server } from 'node:net';
import mysql from 'mysql2';
import { expect, onTestFinished, test } from 'vitest';
import { openSession } from '../../support/mysql-session.ts';

/** The server's end of a connection; mysql2 has no type for it. */
type Peer = EventEmitter & {
  sequenceId: number;
  serverHandshake(greeting: object): void;
  writeOk(): void;
  writeEof(): void;
  writeError(error: { code: number; message: string }): void;
  writeColumns(columns: readonly object[]): void;
  writeTextRow(cells: readonly (string | null)[]): void;
};

type Fake = { readonly url: string; readonly received: readonly string[] };

/** Speaks like MySQL 8, which only a server that is not MariaDB does, and answers what a session asks. */
async function startFakeMysql(): Promise<Fake> {
  const received: string[] = [];
  const sleeping = new Map<number, { end(): void }>();
  let sessions = 0;
  const server = mysql.createServer((connection) => {
    const peer = connection as unknown as Peer;
    sessions += 1;
    const session = sessions;
    peer.on('error', () => {});
    peer.on('stmt_prepare', (text: string) => {
      received.push(text);
      reply(peer, () => peer.writeOk());
    });
    const waiting: string[] = [];
    const read = (text: string) => {
      // A server answers one command after the other.
      if (sleeping.has(session)) {
        waiting.push(text);
        peer.sequenceId = 0;
        return;
      }
      received.push(text);
      const killed = /^KILL QUERY (\d+)$/.exec(text);
      const victim = sleeping.get(Number(killed?.[1]));
      if (victim !== undefined) {
        sleeping.delete(Number(killed?.[1]));
        victim.end();
      }
      if (text.includes('SLEEP')) sleeping.set(session, { end });
      else answerQuery(peer, text, session);
    };
    const end = () => {
      reply(peer, () => peer.writeError({ code: 1317, message: 'interrupted' }));
      for (const text of waiting.splice(0)) read(text);
    };
    peer.on('query', read);
    peer.serverHandshake({
      ...{ protocolVersion: 10, serverVersion: '8.4.3', connectionId: session },
      ...{ statusFlags: 2, characterSet: 45, capabilityFlags: 0xff_f7_ff },
      authCallback: (_: unknown, accept: (refusal: null) => void) =>
        reply(peer, () => accept(null), 2),
    });
  }) as unknown as { listen(port: number, host: string): void; close(): void; _server: Server };
  server.listen(0, '127.0.0.1');
  onTestFinished(() => server.close());
  await once(server._server, 'listening');
  const { port } = server._server.address() as { port: number };
  return { url: `mysql://app@127.0.0.1:${port}/shop`, received };
}

function answerQuery(peer: Peer, text: string, session: number): void {
  if (/^SELECT VERSION/.test(text)) answer(peer, ['8.4.3', null, 'app@10.0.0.5', String(session)]);
  else if (/^(?:SELECT|SHOW)/.test(text)) answer(peer);
  else reply(peer, () => peer.writeOk());
}

/** The packets of an answer are counted from the command on; mysql2 leaves that to its user. */
function reply(peer: Peer, write: () => void, first = 1): void {
  peer.sequenceId = first;
  write();
  peer.sequenceId = 0;
}

function answer(peer: Peer, cells?: readonly (string | null)[]): void {
  const column = { catalog: 'def', schema: '', table: '', orgTable: '', orgName: '', flags: 0 };
  const text = { characterSet: 45, columnLength: 100, columnType: 253, decimals: 0 };
  reply(peer, () => {
    peer.writeColumns((cells ?? ['']).map((_, i) => ({ ...column, ...text, name: `c${i}` })));
    if (cells !== undefined) peer.writeTextRow(cells);
    peer.writeEof();
  });
}

test('a server that is not MariaDB gets its own time limit', async () => {
  const { url, received } = await startFakeMysql();
  const session = openSession(url);
  expect(await session.run('SELECT 1', { timeoutMs: 2_500 })).toMatchObject({
    status: 'succeeded',
  });
  expect(session.connections).toMatchObject([
    { engine: 'mysql', version: '8.4.3', user: 'app', database: '', session: 1, reserved: false },
  ]);
  expect(received.slice(-8)).toEqual([
    'SET SESSION max_execution_time = 2500, lock_wait_timeout = 3, innodb_lock_wait_timeout = 3, wait_timeout = 28800, autocommit = 1',
    'SET SESSION TRANSACTION READ ONLY',
    'START TRANSACTION READ ONLY',
    'SELECT 1',
    'SHOW WARNINGS LIMIT 20',
    'COMMIT',
    received.at(-8),
    received.at(-7),
  ]);
});

test('it ends no change in time by itself, so that it is told to', async () => {
  const { url, received } = await startFakeMysql();
  const session = openSession(url);
  expect(await session.run('DO SLEEP(600)', { readOnly: false, timeoutMs: 300 })).toMatchObject({
    status: 'failed',
    error: {
      kind: 'timeout',
      code: '1317',
      message: 'the statement did not end within 300 ms',
      hint: expect.stringMatching(/has rolled back the statement in InnoDB/),
    },
  });
  expect(received).toContain('KILL QUERY 1');
  expect(received.slice(1).filter((text) => text === 'DO SLEEP(600)')).toHaveLength(1);
  expect(await session.run('SELECT 1')).toMatchObject({ status: 'succeeded' });
  expect(session.connections).toHaveLength(1);
});
