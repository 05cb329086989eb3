import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Ask, SQL_ENGINES, type Started } from '../../support/sql-engines.ts';

/** A way to the server that can be disturbed. */
type Cable = {
  readonly url: string;
  /** Lets nothing through any more, without a word. */
  readonly cut: () => void;
  /** Resets a connection when it is used the next time, as a firewall does that has forgotten it. */
  readonly forget: () => void;
};

async function startCable({ server, url }: Started): Promise<Cable> {
  const ends: Socket[] = [];
  let isCut = false;
  let forgotten: Socket | undefined;
  const cable = createServer((client) => {
    ends.push(client.on('error', () => {}));
    if (isCut) return;
    client.on('data', () => {
      if (forgotten === client) client.resetAndDestroy();
    });
    const upstream = connect(server.port, server.host).on('error', () => {});
    ends.push(upstream);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((done) => {
    cable.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => {
    for (const end of ends) end.destroy();
    cable.close();
  });
  const { port } = cable.address() as { port: number };
  return {
    url: url.replace(`:${server.port}/`, `:${port}/`),
    cut: () => {
      isCut = true;
      for (const end of ends) end.unpipe();
    },
    forget: () => {
      forgotten = ends[0]?.unpipe().resume();
    },
  };
}

describe.each(SQL_ENGINES)('on $title', (engine) => {
  const on = test.skipIf(!engine.isHere);
  let started: Started;
  let url: string;

  beforeAll(async () => {
    if (!engine.isHere) return;
    started = await engine.start();
    url = started.url;
  });
  afterAll(() => started?.server.stop());

  /** Waits until a session of ours sleeps, and returns its number. */
  function sleepingSession(ask: Ask): Promise<number> {
    return vi.waitFor(async () => {
      const rows = await ask(engine.sleeping);
      expect(rows).toHaveLength(1);
      return Number(rows[0]?.id);
    });
  }

  /** Seconds in the text of a statement, or bound to it. */
  const BOUND = [[], [600]];
  const asleep = (values: readonly number[]) => engine.sleep(values.length > 0 ? '$1' : 600);

  on.each([true, false].flatMap((readOnly) => BOUND.map((values) => ({ readOnly, values }))))(
    'the operator ends a running statement (read: $readOnly, values: $values)',
    async ({ readOnly, values }) => {
      const session = engine.open(url);
      const ask = await engine.other(url);
      const controller = new AbortController();
      const { signal } = controller;
      const outcome = session.run(asleep(values), { readOnly, values, timeoutMs: 700_000, signal });
      await sleepingSession(ask);
      controller.abort();
      expect(await outcome).toMatchObject({
        status: 'failed',
        error: {
          kind: 'cancelled',
          code: engine.cancelled.code,
          message: 'the statement was ended by the operator',
        },
      });
      expect(await ask(engine.sleeping)).toEqual([]);
      expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(session.connections).toHaveLength(1);
    },
  );

  on('a cancelled change says what the server cannot undo', async () => {
    const session = engine.open(url);
    const ask = await engine.other(url);
    const outcome = session.run(engine.sleep(600), { readOnly: false });
    await ask(engine.cancel(await sleepingSession(ask)));
    expect(await outcome).toMatchObject({
      status: 'failed',
      error: { kind: 'cancelled', hint: expect.stringMatching(engine.cancelled.hint) },
    });
  });

  on('a statement that was ended before it began never reaches the server', async () => {
    const session = engine.open(url);
    const create = 'CREATE TABLE never (n int)';
    const aborted = { readOnly: false, signal: AbortSignal.abort() };
    const unsent = { status: 'failed', error: { kind: 'cancelled', begun: false } };
    expect(await session.run(create, aborted)).toMatchObject(unsent);
    expect(session.connections).toEqual([]);
    await session.rows('SELECT 1');
    expect(await session.run(create, aborted)).toMatchObject(unsent);
    const found = `SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'never'`;
    expect(await session.rows(found)).toEqual([{ n: 0 }]);
  });

  on.each(BOUND.map((values) => ({ values })))(
    'a read whose connection is lost has failed; the next one gets a new connection (values: $values)',
    async ({ values }) => {
      const session = engine.open(url);
      const ask = await engine.other(url);
      const outcome = session.run(asleep(values), { values });
      const id = await sleepingSession(ask);
      await ask(engine.end(id));
      expect(await outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'reset', phase: 'query', ...engine.lost },
      });
      expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(session.connections.map((facts) => facts.session === id)).toEqual([true, false]);
    },
  );

  on.each(BOUND.map((values) => ({ values })))(
    'a change whose connection is lost is unknown, not failed (values: $values)',
    async ({ values }) => {
      const session = engine.open(url);
      const ask = await engine.other(url);
      const outcome = session.run(asleep(values), { readOnly: false, values });
      await ask(engine.end(await sleepingSession(ask)));
      expect(await outcome).toMatchObject({
        status: 'unknown',
        error: { kind: 'reset', ...engine.lost, hint: expect.stringMatching(/check before/) },
      });
    },
  );

  on(
    'a connection that was lost while nothing ran is replaced, and the change runs once',
    async () => {
      const session = engine.open(url);
      const ask = await engine.other(url);
      await session.run('CREATE TABLE once_only (n int)', { readOnly: false });
      await ask(engine.end(Number(session.connections[0]?.session)));
      const outcome = await session.run('INSERT INTO once_only VALUES (1)', { readOnly: false });
      expect(outcome).toMatchObject({ status: 'succeeded', result: { row_count: 1 } });
      expect(await session.rows('SELECT n FROM once_only')).toEqual([{ n: 1 }]);
      expect(session.connections).toHaveLength(2);
    },
  );

  on.each([
    { readOnly: true, status: 'failed' },
    { readOnly: false, status: 'unknown' },
  ])(
    'a server that falls silent is given up (read: $readOnly: $status)',
    async ({ readOnly, status }) => {
      const cable = await startCable(started);
      const session = engine.open(cable.url);
      const ask = await engine.other(url);
      const outcome = session.run(engine.sleep(20), { readOnly, timeoutMs: 500 });
      await sleepingSession(ask);
      cable.cut();
      expect(await outcome).toMatchObject({
        status,
        error: {
          kind: 'timeout',
          message: 'the statement did not end within 500 ms',
          ...engine.unheard,
        },
      });
    },
  );

  on(
    'a connection that breaks as a change is about to be sent is replaced, and the change runs once',
    async () => {
      const cable = await startCable(started);
      const session = engine.open(`${cable.url}${engine.withoutTls}`);
      await session.run('CREATE TABLE sent_once (n int)', { readOnly: false });
      cable.forget();
      const outcome = await session.run('INSERT INTO sent_once VALUES (1)', { readOnly: false });
      expect(outcome).toMatchObject({ status: 'succeeded' });
      expect(await session.rows('SELECT n FROM sent_once')).toEqual([{ n: 1 }]);
      expect(session.connections).toHaveLength(2);
    },
  );

  on('closing ends what still runs', async () => {
    const session = engine.open(url);
    const ask = await engine.other(url);
    const outcome = session.run(engine.sleep(600), { readOnly: false });
    const id = await sleepingSession(ask);
    await session.close();
    expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
    await vi.waitFor(async () => {
      const sessions = await ask(engine.sessions);
      expect(sessions.map((row) => Number(row.id))).not.toContain(id);
    });
  });

  on(
    'the server going down in a change is unknown, and being down afterwards is a refusal',
    async () => {
      const own = await engine.start();
      onTestFinished(() => own.server.stop());
      const session = engine.open(own.url);
      const ask = await engine.other(own.url);
      const outcome = session.run(engine.sleep(600), { readOnly: false });
      await sleepingSession(ask);
      await own.server.stop('immediate');
      expect(await outcome).toMatchObject({ status: 'unknown', error: { kind: 'reset' } });
      expect(await session.run('SELECT 1')).toMatchObject({
        status: 'failed',
        error: { kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' },
      });
    },
  );
});
