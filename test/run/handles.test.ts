import { createServer, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { followRun } from '#run/follow/attach.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import { RemoteRun } from '#team/remote/run.ts';
import { ServerApi } from '#team/remote/server-api.ts';
import { RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';
import { recordedSession } from '../fixtures/recorded-session.ts';
import { listen } from '../support/fake-endpoints.ts';
import { testHandle } from '../support/handle-contract.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { send } from '../support/send.ts';
import { createRun } from '../support/stores.ts';

const noted = (text: string): RunEvent => ({ type: 'operator.noted', operator: 'ana', text });
const PAUSED: RunEvent = { type: 'run.paused', reason: 'left' };

testHandle('in its own process', async () => {
  const run = recordedSession(`
name: inline
title: A question
summary: A run that waits.
steps:
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
  run.begin();
  return {
    run: run.session,
    note: (text) => send(run.session, { type: 'note', text }),
    end: () => send(run.session, { type: 'leave' }),
    reported: run.reported,
  };
});

testHandle('by another process', async () => {
  const record = await createRun(new MemoryStore());
  const journal = await record.journal.open({ clock: () => new Date() });
  journal.append(RUN_STARTED);
  const reported: unknown[] = [];
  const run = await followRun(record, (error) => reported.push(error));
  onTestFinished(() => run.leave());
  return {
    run,
    note: (text) => journal.append(noted(text)),
    end: () => journal.append(PAUSED),
    reported,
  };
});

testHandle('on a server', async () => {
  const lines: Buffer[] = [];
  const append = (event: RunEvent): void => {
    const last = lines.at(-1);
    const record = { seq: lines.length + 1, at: '2026-11-21T03:12:00.000Z', event };
    lines.push(encodeLine(record, last === undefined ? NO_LINE : hashLine(last)));
  };
  append(RUN_STARTED);
  const connected = Promise.withResolvers<ServerResponse>();
  const port = await listen(
    createServer(({ url = '' }, reply) => {
      if (!url.endsWith('/stream')) return void reply.writeHead(403).end();
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write('event: open\ndata: \n\n');
      connected.resolve(reply);
    }),
  );
  const api = new ServerApi({ name: 'team', url: new URL(`http://127.0.0.1:${port}`), token: 't' });
  const reported: unknown[] = [];
  const begun = Buffer.concat(lines);
  const run = new RemoteRun(api, 'k3f9', begun, (error) => reported.push(error));
  onTestFinished(() => run.leave());
  const stream = await connected.promise;
  const sent = (event: RunEvent): void => {
    append(event);
    stream.write(
      `id: ${lines.length}\nevent: line\ndata: ${lines.at(-1)?.toString().trimEnd()}\n\n`,
    );
  };
  return {
    run,
    note: (text) => sent(noted(text)),
    end: () => {
      sent(PAUSED);
      stream.write('event: end\ndata: \n\n');
    },
    reported,
  };
});
