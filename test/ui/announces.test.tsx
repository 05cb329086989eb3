import { afterEach, expect, test, vi } from 'vitest';
import { showScreen } from '#ui/terminal/screen.ts';
import { type EventLog, emptyLog, momentAfter } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import { type ScriptedRun, scriptedRun } from '../fixtures/scripted-run.ts';
import { openTerminal, type TestTerminal } from '../fixtures/terminal.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const BELL = '\u0007';

type Shown = {
  readonly run: ScriptedRun;
  readonly terminal: TestTerminal;
  readonly over: Promise<unknown>;
  pass(ms: number): void;
};

const open: Shown[] = [];

afterEach(async () => {
  for (const { run, over } of open.splice(0)) {
    run.fail(new Error('the test is over'));
    await over.catch(() => undefined);
  }
});

function show(log: EventLog): Shown {
  const run = scriptedRun(log);
  const terminal = openTerminal();
  let now = momentAfter(log, 0);
  const { stdin, stdout } = terminal;
  const over = showScreen({ run, stdin, stdout, clock: () => now });
  over.catch(() => undefined);
  const shown: Shown = {
    run,
    terminal,
    over,
    pass(ms) {
      now += ms;
    },
  };
  open.push(shown);
  return shown;
}

/** Bells that are not the end of a title. */
function bells(terminal: TestTerminal): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: titles begin and end with them
  const rest = terminal.written().replaceAll(/\u001b\]2;[^\u0007]*\u0007/g, '');
  return rest.split(BELL).length - 1;
}

function titles(terminal: TestTerminal): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: titles begin and end with them
  return [...terminal.written().matchAll(/\u001b\]2;([^\u0007]*)\u0007/g)].map(
    ([, title]) => title ?? '',
  );
}

test('the title of the terminal says what is wanted, and is the old one again afterwards', async () => {
  const { run, terminal, over } = show(questions.runningShell);
  run.goOn(questions.afterShell);
  run.goOn(questions.afterShell.add({ type: 'run.paused', reason: 'the operator left' }));
  await over;
  expect(titles(terminal)[0]).toBe('▶ running · pool-exhausted · LIVE');
  expect(titles(terminal)).toContain('waiting · pool-exhausted · LIVE');
  expect(terminal.written().startsWith('\u001b[22;2t')).toBe(true);
  const [after = ''] = terminal.written().split('\u001b]2;').slice(-1);
  expect(after.split('\u001b[23;2t')).toHaveLength(2);
});

test('of an environment the title says which', async () => {
  const [started, ...rest] = story.atGate.events;
  if (started?.event.type !== 'run.started') throw new Error('a run begins with run.started');
  const inProd = emptyLog().add({ ...started.event, environment: 'prod\u001b]2;x\u0007' });
  const { terminal } = show(inProd.add(...rest.map(({ event }) => event)));
  await vi.waitFor(() =>
    expect(titles(terminal)).toEqual(['CONFIRM? · pool-exhausted · LIVE prod␛]2;x␇']),
  );
});

test('a bell rings when somebody is needed who has pressed no key for a while', async () => {
  const { run, terminal, pass } = show(questions.runningShell);
  expect(bells(terminal)).toBe(0);
  pass(10_000);
  run.goOn(questions.afterShell);
  await vi.waitFor(() => expect(bells(terminal)).toBe(1));
});

test('no bell rings for somebody who is at the keys', async () => {
  const { run, terminal, pass } = show(questions.runningShell);
  pass(10_000);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Connection pool'));
  await terminal.type('?');
  await vi.waitFor(() => expect(terminal.screen()).toContain('── Always'));
  pass(500);
  run.goOn(questions.afterShell);
  // The frame is drawn after a bell would have been sent.
  await vi.waitFor(() => expect(titles(terminal)).toContain('waiting · pool-exhausted · LIVE'));
  await terminal.type('?');
  await vi.waitFor(() => expect(terminal.screen()).toContain('── Next'));
  expect(bells(terminal)).toBe(0);
});

test('the gate of an earlier process is never on the screen of a resumed run', async () => {
  const left = story.atGate.add({ type: 'run.paused', reason: 'the operator left' });
  const { run, terminal } = show(left);
  const preview = story.atGate.events.findLast(({ event }) => event.type === 'step.started')?.event;
  expect(preview).toMatchObject({ part: 'preview' });
  run.goOn(
    left.add(
      { type: 'run.resumed', operator: 'ben', host: 'ops2', pid: 1, program: 'runbook' },
      ...(preview === undefined ? [] : [preview]),
    ),
  );
  await vi.waitFor(() => expect(terminal.screen()).toContain('▶ End sessions'));
  for (const old of ['11 sessions to terminate', 'Type shop', 'DESTRUCTIVE']) {
    expect(terminal.written()).not.toContain(old);
  }
});

test.each([
  ['failure', troubles.atFailure, 'FAILED'],
  ['unknown outcome', troubles.atUnknown, 'OUTCOME UNKNOWN'],
  ['question', questions.atQuestion, 'ASKS'],
])('a %s is said in the title', async (_, log, word) => {
  const { terminal } = show(log);
  await vi.waitFor(() => expect(titles(terminal)[0]).toMatch(new RegExp(`^${word} · `)));
});
