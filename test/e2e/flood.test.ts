import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isAlive, processesIn } from '../support/lab-processes.ts';
import { newOperator, type Operator } from './operator.ts';
import type { OpenTerminal } from './terminal.ts';

const LIMIT_BYTES = 64 * 1024 * 1024;

/** Prints numbered lines as fast as they are read, until it is ended; a pipe makes it two processes. */
const PRINT = `awk -v text="$(printf 'request %0.s' {1..120})" 'BEGIN { for (i = 1; ; i++) print i, text }' | cat`;

/** A run whose only step floods the screen. */
async function flooded(): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator();
  kim.writeRunbook(
    'flood',
    `name: flood
title: A flood
summary: A step prints without end.
steps:
  - id: print
    title: Print
    effect: read
    read_because: it only prints
    shell: ${JSON.stringify(PRINT)}
  - { id: done, finish: { outcome: resolved, summary: Printed. } }
`,
  );
  const terminal = kim.open(['run', 'flood', '--auto']);
  // The command's own text says "request" once; only what it prints repeats it.
  await terminal.waitFor('request request');
  return [kim, terminal];
}

function fileOf(kim: Operator): string {
  return join(kim.runFolder(), 'outputs', 'print.1.action.1.stdout');
}

async function moreIsPrinted(kim: Operator): Promise<void> {
  const { size } = statSync(fileOf(kim));
  await vi.waitFor(() => expect(statSync(fileOf(kim)).size).toBeGreaterThan(size), 10_000);
}

test('help opens and a note goes into the record while a step prints without end', async () => {
  const [kim, terminal] = await flooded();
  terminal.type('?');
  await terminal.waitFor('── Always ──');
  await moreIsPrinted(kim);
  expect(terminal.text()).toContain('── Always ──');
  terminal.press('escape');
  await terminal.waitFor((screen) => !screen.includes('── Always ──'));
  terminal.type('n');
  await terminal.waitFor('Note');
  terminal.type('it prints far too much');
  terminal.press('enter');
  await vi.waitFor(() =>
    expect(kim.events('operator.noted')).toMatchObject([
      { step: 'print', text: 'it prints far too much' },
    ]),
  );
  await moreIsPrinted(kim);
  expect(kim.events('step.finished')).toEqual([]);
});

test('Ctrl-C ends all that prints, and of what it printed a bounded part is kept', async () => {
  const [kim, terminal] = await flooded();
  const pids = (await processesIn(kim.home)).filter((pid) => pid !== terminal.pid);
  expect(pids.length).toBeGreaterThanOrEqual(2);
  await vi.waitFor(() => expect(statSync(fileOf(kim)).size).toBe(LIMIT_BYTES), {
    timeout: 45_000,
    interval: 50,
  });
  terminal.press('ctrl-c');
  await terminal.waitFor('end it now');
  terminal.press('ctrl-c');
  await terminal.waitFor('What next?');
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5_000);

  const [finished] = kim.events('step.finished');
  expect(finished).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
  const [output] = finished?.outputs ?? [];
  const kept = readFileSync(fileOf(kim));
  expect(kept).toHaveLength(LIMIT_BYTES);
  expect(output).toMatchObject({
    bytes: LIMIT_BYTES,
    sha256: createHash('sha256').update(kept).digest('hex'),
  });
  expect(output?.droppedBytes).toBeGreaterThan(0);
  expect(output?.head).toMatch(/^1 request request /);
  expect(output?.head).toHaveLength(4_096);
  expect(output?.tail).toHaveLength(8_192);
  const lastKept = /\n(\d+) [^\n]*\n[^\n]*$/.exec(kept.toString('latin1', LIMIT_BYTES - 4_000));
  const lastPrinted = /\n(\d+) [^\n]*\n[^\n]*$/.exec(output?.tail ?? '');
  expect(Number(lastPrinted?.[1])).toBeGreaterThan(Number(lastKept?.[1]));
});
