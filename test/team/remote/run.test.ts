import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import { RemoteRun } from '#team/remote/run.ts';
import { ServerApi } from '#team/remote/server-api.ts';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import { listen } from '../../support/fake-endpoints.ts';

/** The lines of a journal whose run waits at a gate. */
function journal(): readonly string[] {
  let prev = NO_LINE;
  return story.atGate.events.map((record) => {
    const line = encodeLine(record, prev);
    prev = hashLine(line);
    return line.toString();
  });
}

/** Follows a run of a server that sends these lines, and begins with the first of them. */
async function followed(lines: readonly string[], first = 1) {
  const asked: string[] = [];
  const port = await listen(
    createServer(({ url = '', headers }, reply) => {
      if (!url.endsWith('/stream')) return reply.writeHead(403).end();
      const after = Number(headers['last-event-id']);
      asked.push(String(after));
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      // Every connection breaks after three lines.
      for (const [index, line] of lines.entries())
        if (index >= after && index < after + 3)
          reply.write(`id: ${index + 1}\nevent: line\ndata: ${line.trimEnd()}\n\n`);
      return reply.end();
    }),
  );
  const api = new ServerApi({ name: 'team', url: new URL(`http://127.0.0.1:${port}`), token: 't' });
  const run = new RemoteRun(
    api,
    'k3f9',
    Buffer.from(lines.slice(0, first).join('')),
    () => undefined,
  );
  onTestFinished(() => run.leave());
  return { run, asked };
}

test('a stream that breaks again and again is continued after the last line, each line once', async () => {
  const lines = journal();
  const { run, asked } = await followed(lines);
  const seen: number[] = [];
  const said: (string | undefined)[] = [];
  run.subscribe(({ event, notice }) => {
    if (event !== undefined) seen.push(event.seq);
    if (notice !== undefined) said.push(notice.text);
  });
  await vi.waitFor(() => expect(run.view().seq).toBe(lines.length));
  expect(seen).toEqual(lines.slice(1).map((_, index) => index + 2));
  expect(run.view().gate?.digest).toBeDefined();
  expect(asked.slice(0, 2)).toEqual(['1', '4']);
  expect(said).toContain('connection to team lost, trying again');
});

test('a line that was changed on its way ends the run here, and is not shown', async () => {
  const lines = journal().map((line, index) =>
    index === 3 ? line.replace('"event":{', '"event":{"x":1,') : line,
  );
  const { run } = await followed(lines);
  await expect(run.ended).rejects.toThrow(/journal.*was changed/);
  expect(run.view().seq).toBeLessThan(5);
});
