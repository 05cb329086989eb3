import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isBehindAnother, openInputFence } from '#ui/terminal/input-fence.ts';
import { showScreen } from '#ui/terminal/screen.ts';
import { type EventLog, momentAfter } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import { type ScriptedRun, scriptedRun } from '../fixtures/scripted-run.ts';
import { openTerminal, type TestTerminal, toTheEnd } from '../fixtures/terminal.ts';

const CONFIRM = { type: 'confirm', digest: 'sha256:77aa' };
const open: (readonly [ScriptedRun, Promise<unknown>])[] = [];

afterEach(async () => {
  for (const [run, over] of open.splice(0)) {
    run.fail(new Error('the test is over'));
    await over.catch(() => undefined);
  }
});

/** Shows a step that runs, over a line on which the terminal's answers are still on their way. */
async function slowLine(): Promise<{
  readonly run: ScriptedRun;
  readonly terminal: TestTerminal;
  readonly arrive: () => void;
  readonly wait: (ms: number) => void;
}> {
  let now = momentAfter(questions.atKeyGate, 0);
  const run = scriptedRun(questions.runningShell);
  const terminal = openTerminal();
  const { stdin, stdout } = terminal;
  const over = showScreen({ run, stdin, stdout, clock: () => now });
  over.catch(() => undefined);
  open.push([run, over]);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Connection pool'));
  const wait = (ms: number) => {
    now += ms;
  };
  return { run, terminal, arrive: terminal.holdAnswers(), wait };
}

/** The gate instead of the script that ran. */
const GATE: EventLog = story.terminating.add(
  ...questions.atKeyGate.events.slice(-2).map(({ event }) => event),
);

/** A gate at which a key was typed before it was on the terminal. */
async function typedTooSoon() {
  const { run, terminal, arrive, wait } = await slowLine();
  run.goOn(GATE);
  await vi.waitFor(() => expect(terminal.screen()).toContain('y run it'));
  await terminal.type('y');
  await vi.waitFor(() => expect(terminal.screen()).toContain('this has only just appeared'));
  arrive();
  return { run, terminal, wait };
}

describe('what was typed before a gate was on the terminal', () => {
  test('confirms nothing, however late it arrives, and is said not to be taken', async () => {
    const { run, terminal, wait } = await typedTooSoon();
    wait(1_000);
    await terminal.type('y');
    await vi.waitFor(() => expect(run.sent).toEqual([CONFIRM]));
  });

  test('is said for a moment, and not until the next key', async () => {
    const { run, terminal, wait } = await typedTooSoon();
    wait(5_000);
    await vi.waitFor(() => expect(terminal.screen()).not.toContain('only just appeared'), 5_000);
    expect(run.sent).toEqual([]);
  });

  test('is told from what comes after in the same piece of input', async () => {
    const { run, terminal } = await slowLine();
    run.goOn(GATE);
    await vi.waitFor(() => expect(terminal.screen()).toContain('y run it'));
    await terminal.type('shop\r\u001b[0ny');
    await vi.waitFor(() => expect(run.sent).toEqual([CONFIRM]));
  });

  test('is no part of a phrase', async () => {
    const { run, terminal, arrive } = await slowLine();
    run.goOn(story.atGate);
    await vi.waitFor(() => expect(terminal.screen()).toContain('Type shop to run it'));
    await terminal.type('sho');
    await terminal.paste('p');
    await vi.waitFor(() => expect(terminal.screen()).toContain('only just appeared'));
    arrive();
    await toTheEnd(terminal);
    await terminal.type('p\r');
    await vi.waitFor(() => expect(terminal.screen()).toContain('“p” is not the phrase'));
    expect(run.sent).toEqual([]);
  });
});

test('an answer of the terminal that arrives in two pieces is no key either', async () => {
  const { run, terminal } = await slowLine();
  run.goOn(story.atGate);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Type shop to run it'));
  await terminal.type('\u001b[0');
  await terminal.type('n');
  await toTheEnd(terminal);
  await terminal.type('shop\r');
  await vi.waitFor(() => expect(run.sent).toMatchObject([{ type: 'confirm', phrase: 'shop' }]));
});

test('a gate that opens behind a page is not answered by what was typed before it was seen', async () => {
  const { run, terminal, arrive, wait } = await slowLine();
  arrive();
  await terminal.type('?');
  await vi.waitFor(() => expect(terminal.screen()).toContain('── Always ──'));
  const before = terminal.written().length;
  run.goOn(GATE);
  await vi.waitFor(() => expect(terminal.written().slice(before)).toContain('CONFIRM?'));
  await terminal.drawn();
  await terminal.type('q');
  await terminal.type('y');
  await vi.waitFor(() => expect(terminal.screen()).toContain('y run it'));
  expect(run.sent).toEqual([]);
  wait(1_000);
  await terminal.type('y');
  await vi.waitFor(() => expect(run.sent).toEqual([CONFIRM]));
});

test('a y that is held down confirms no gate', async () => {
  const { run, terminal, arrive, wait } = await slowLine();
  arrive();
  await terminal.type('y');
  run.goOn(GATE);
  await vi.waitFor(() => expect(terminal.screen()).toContain('y run it'));
  for (const ms of [500, 33, 33, 33]) {
    wait(ms);
    await terminal.type('y');
  }
  await vi.waitFor(() => expect(terminal.screen()).toContain('Not confirmed: y came within 0.7 s'));
  expect(run.sent).toEqual([]);
  wait(800);
  await terminal.type('y');
  await vi.waitFor(() => expect(run.sent).toEqual([CONFIRM]));
});

describe('a question is on the terminal', () => {
  function fenceOf(options: { readonly isBehindAnother?: boolean } = {}) {
    let ms = 0;
    const stdin = new PassThrough({ encoding: 'utf8' });
    const stdout = new PassThrough({ encoding: 'utf8' });
    const fence = openInputFence({
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: stdout as unknown as NodeJS.WriteStream,
      elapsed: () => ms,
      ...options,
    });
    const draw = (question: string | undefined) => {
      fence.draw(question);
      fence.stdout.write('\u001b[?2026l');
      return stdout.read();
    };
    return { fence, stdin, draw, wait: (more: number) => (ms += more) };
  }

  test('the terminal is given back only after its last answer, which the shell would show', async () => {
    const { fence, stdin, draw } = fenceOf();
    const over = vi.fn();
    draw('7');
    const given = fence.reported().then(over);
    await Promise.resolve();
    expect(over).not.toHaveBeenCalled();
    stdin.write('\u001b[0n');
    expect(fence.stdin.read()).toBeNull();
    await given;
    await fence.reported();
  });

  test('once the terminal has answered behind its picture, and the answer is no key', () => {
    const { fence, stdin, draw } = fenceOf();
    expect(draw('7')).toBe('\u001b[5n\u001b[?2026l');
    expect(draw('7')).toBe('\u001b[?2026l');
    expect(fence.covers('7')).toBe(false);
    stdin.write('a\u001b[0nb');
    expect(fence.stdin.read()).toBe('a');
    expect(fence.covers('7')).toBe(false);
    expect(fence.stdin.read()).toBe('b');
    expect(fence.covers('7')).toBe(true);
    draw('9');
    expect(fence.covers('9')).toBe(false);
  });

  test('also where a terminal never answers, after a second', () => {
    const { fence, draw, wait } = fenceOf();
    draw('7');
    wait(999);
    expect(fence.covers('7')).toBe(false);
    wait(1);
    expect(fence.covers('7')).toBe(true);
  });

  test('also after an answer that went to another program', () => {
    const { fence, stdin, draw, wait } = fenceOf();
    draw('7');
    wait(6_000);
    draw('9');
    stdin.write('\u001b[0n');
    fence.stdin.read();
    expect(fence.covers('9')).toBe(true);
  });

  test('and a terminal that has answered behind the first picture is slow, not mute', () => {
    const { fence, stdin, draw, wait } = fenceOf();
    expect(draw(undefined)).toBe('\u001b[5n\u001b[?2026l');
    expect(draw(undefined)).toBe('\u001b[?2026l');
    stdin.write('\u001b');
    expect(fence.stdin.read()).toBe('\u001b');
    stdin.write('[0n');
    expect(fence.stdin.read()).toBeNull();
    draw('7');
    wait(1_500);
    expect(fence.covers('7')).toBe(false);
  });

  test('and was there long enough to be read, where tmux answers for the terminal', () => {
    const { fence, stdin, draw, wait } = fenceOf({
      isBehindAnother: isBehindAnother({ TMUX: '/tmp/x,1,0' }),
    });
    draw('7');
    stdin.write('\u001b[0n');
    fence.stdin.read();
    expect(fence.covers('7')).toBe(false);
    wait(400);
    expect(fence.covers('7')).toBe(true);
    expect(isBehindAnother({ TERM: 'xterm-256color' })).toBe(false);
  });
});
