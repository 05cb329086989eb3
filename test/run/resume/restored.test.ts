import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import type { ResumeOptions } from '#run/options.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { adhocRun, WAITING } from '../../fixtures/adhoc-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { awaits, leaveRun } from '../../fixtures/real-run.ts';
import { resumableRun } from '../../fixtures/resumable-run.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Again = Pick<Partial<ResumeOptions>, 'given' | 'children' | 'answers'>;

/** A run of a runbook that begins with `pause`; it is left at once, or where `act` has brought it. */
async function leftRun(
  steps: string,
  options: Again & { readonly others?: Readonly<Record<string, string>> } = {},
  act: (run: OpenRun) => Promise<void> = async () => undefined,
) {
  const { others = {}, ...again } = options;
  const text = `
name: inline
title: Restored
summary: What a resume restores.
${steps}`;
  const runbook = parsed(text, 'inline', others);
  const store = runStore(join(temporaryFolder(), 'state'));
  const common = { store, surroundings, given: {}, attended: true, ...again };
  const source = { file: 'inline', text };
  const run = await begun(await startRun(runbook, { ...common, source, auto: true }));
  await awaits(run, 'report');
  await act(run);
  await leaveRun(run);
  const journal = store.openRun(run.id).journal;
  return {
    id: run.id,
    text,
    records: readJournal(journal).records,
    last: (): RunEvent | undefined => readJournal(journal).records.at(-1)?.event,
    resume: async (more: Again = {}) => {
      const recorded = await readRun(await store.open(run.id));
      return await begun(await resumeRun(runbook, recorded, { answers: {}, ...common, ...more }));
    },
  };
}

const report = (run: OpenRun) => send(run.session, { type: 'report', done: true, evidence: '' });
const done = '{ id: done, finish: { outcome: resolved, summary: Done } }';
const inner = (head: string) => `
name: inner
title: Inner
summary: Runs inside.
${head}
steps:
  - { id: hold, manual: Wait inside. }
  - ${done}
`;

/** What a note with these words says in the journal. */
async function noted(run: OpenRun, text: string, last: () => RunEvent | undefined) {
  send(run.session, { type: 'note', text });
  const event = last();
  await leaveRun(run);
  return event?.type === 'operator.noted' ? event.text : undefined;
}

describe('a resumed run masks', () => {
  test('the secrets of a runbook that has not begun yet, and gives them to it', async () => {
    const head = 'inputs: { key: { secret: true, env: NOT_SET_ANYWHERE }, word: { default: x } }';
    const children = new Map([['inner', { key: 'the-inner-word' }]]);
    const left = await leftRun(
      `steps:
  - { id: pause, manual: Go on? }
  - { id: call, runbook: inner }
  - ${done}`,
      { children, others: { inner: inner(head) } },
    );
    const run = await left.resume();
    report(run);
    expect(run.session.view().current).toBe('call/hold');
    expect(await noted(run, 'the-inner-word', left.last)).toBe('‹secret:inner.key›');
    expect(await noted(await left.resume(), 'the-inner-word', left.last)).toBe(
      '‹secret:inner.key›',
    );
    const before = await resumableRun(left.text, left.records.slice(0, 3), {
      inner: inner(head),
    });
    const again = await begun(await before.resume({ children }));
    expect(await noted(again, 'the-inner-word', () => before.events().at(-1))).toBe(
      '‹secret:inner.key›',
    );
  });

  test('a secret that a runbook inside was given', async () => {
    const left = await leftRun(
      `inputs: { token: { secret: true } }
steps:
  - { id: pause, manual: Go on? }
  - { id: call, runbook: inner, with: { pin: '\${{ inputs.token }}/1' } }
  - ${done}`,
      {
        given: { token: 'a-long-token' },
        others: { inner: inner('inputs: { pin: { secret: true } }') },
      },
      async (run) => report(run),
    );
    expect(await noted(await left.resume(), 'It is a-long-token/1.', left.last)).toBe(
      'It is ‹secret:call.pin›.',
    );
  });

  test('a password in the parameters of a probe', async () => {
    const left = await leftRun(`inputs: { word: { default: the-probe-word } }
steps:
  - { id: parse, probe: { config: { url: 'postgres://ada:\${{ inputs.word }}1@host-a/x' } } }
  - { id: pause, manual: Go on? }
  - ${done}`);
    expect(await noted(await left.resume(), 'It is the-probe-word1.', left.last)).toBe(
      'It is ‹secret:parse.url›.',
    );
  });

  test('no answer that is no secret', async () => {
    const left = await leftRun(`steps:
  - { id: pause, manual: Go on? }
  - { id: which, ask: { question: Which one? } }
  - ${done}`);
    const run = await left.resume({ answers: { which: 'a-plain-word' } });
    expect(await noted(run, 'a-plain-word', left.last)).toBe('a-plain-word');
  });
});

test('a resumed run is still the run that was started, by whom and when', async () => {
  const left = await leftRun(`steps:
  - { id: pause, manual: Go on? }
  - { id: tell, manual: '\${{ run.id }} \${{ run.operator }} \${{ run.started_at }}' }
  - ${done}`);
  const run = await left.resume();
  report(run);
  const { operator } = surroundings;
  expect(run.session.view().awaited?.prompt).toBe(`${left.id} ${operator} ${left.records[0]?.at}`);
  await leaveRun(run);
});

test('a run whose record does not say whether it goes on by itself does not', async () => {
  const left = await leftRun(`steps:
  - { id: pause, manual: Go on? }
  - { id: look, effect: read, shell: 'true' }
  - ${done}`);
  const [started, ...rest] = left.records;
  if (started?.event.type !== 'run.started') throw new Error('it has no start');
  const { auto: _, ...event } = started.event;
  const silent = await resumableRun(left.text, [{ ...started, event }, ...rest]);
  const run = await begun(await silent.resume());
  report(run);
  await awaits(run, 'start');
  await leaveRun(run);
});

test('a phrase is as it was asked for, though somebody once typed what is a secret since', async () => {
  const drop = (id: string, phrase: string) =>
    `  - { id: ${id}, effect: destructive, shell: 'true', confirm: { phrase: ${phrase} } }`;
  const answers = { word: 'shopshop' };
  const left = await leftRun(
    `steps:
  - { id: pause, manual: Go on? }
${drop('first', 'orders')}
  - { id: word, ask: { question: Which one?, type: secret } }
${drop('second', 'shopshop')}
  - ${done}`,
    {},
    async (run) => {
      const confirms = (phrase: string) =>
        send(run.session, {
          ...{ type: 'confirm', digest: run.session.view().gate?.digest ?? '', phrase },
        });
      report(run);
      await awaits(run, 'gate');
      confirms('shopshop');
      confirms('orders');
      await awaits(run, 'answer');
      send(run.session, { type: 'answer', value: 'shopshop' });
      await awaits(run, 'gate');
      expect(run.session.view().gate).toMatchObject({ step: 'second', phrase: 'local' });
    },
  );
  const run = await left.resume({ answers });
  expect(run.session.view().gate).toMatchObject({ step: 'second', phrase: 'local' });
  await leaveRun(run);
});

describe('the servers of a resumed run', () => {
  test('are those of an address that was edited', async () => {
    const left = await leftRun(
      `inputs: { addr: { type: url, default: 'postgres://ada@127.0.0.1:1/one' } }
targets: { db: { database: '\${{ inputs.addr }}' } }
steps:
  - { id: pause, manual: Go on? }
  - { id: look, on: db, effect: read, sql: SELECT 1 }
  - ${done}`,
      {},
      async (run) => {
        report(run);
        await awaits(run, 'failure');
        send(run.session, { type: 'edit', inputs: { addr: 'postgres://ada@127.0.0.1:2/two' } });
        await awaits(run, 'failure');
      },
    );
    const run = await left.resume();
    expect(run.session.view().places.db).toMatchObject({ port: 2, database: 'two' });
    await leaveRun(run);
  });

  test('are others inside than outside, also by the same name', async () => {
    const left = await leftRun(
      `targets: { db: { database: 'postgres://ada@host-a:1/shop' } }
steps:
  - { id: pause, manual: Go on? }
  - { id: call, runbook: inner }
  - ${done}`,
      {
        others: {
          inner: inner("targets: { db: { database: 'postgres://ada@host-b:1/shop' } }"),
        },
      },
      async (run) => report(run),
    );
    const run = await left.resume();
    expect(run.session.view()).toMatchObject({ current: 'call/hold', status: 'waiting' });
    await leaveRun(run);
  });
});

test('a command that waited at its gate when the process ended is over', async () => {
  const run = await adhocRun();
  await run.enter('app', 'rm "$HOME/nothing-here"');
  expect(run.view.gate).toMatchObject({ phrase: 'app' });
  const resumable = await resumableRun(WAITING, run.records());
  const cut = run.records().length;
  const resumed = await resumable.resume();
  expect(resumable.events().slice(cut)).toMatchObject([
    {
      ...{ type: 'step.settled', step: '!1', status: 'failed' },
      error: { kind: 'cancelled', message: 'the program ended before it was started' },
    },
  ]);
  await leaveRun(await begun(resumed));
});
