import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { showScreen } from '#ui/terminal/screen.ts';
import { type EventLog, momentAfter } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import { type ScriptedRun, scriptedRun } from '../fixtures/scripted-run.ts';
import { openTerminal, type TestTerminal, toTheEnd } from '../fixtures/terminal.ts';

const ENTER = '\r';
const ESCAPE = '\u001b';
const CTRL_C = '\u0003';

type Shown = {
  readonly run: ScriptedRun;
  readonly terminal: TestTerminal;
  readonly over: Promise<unknown>;
};

const open: Shown[] = [];

afterEach(async () => {
  for (const { run, over } of open.splice(0)) {
    run.fail(new Error('the test is over'));
    await over.catch(() => undefined);
  }
});

async function show(
  log: EventLog,
  options: {
    readonly columns?: number;
    readonly rows?: number;
    readonly files?: Readonly<Record<string, string>>;
    readonly clock?: () => number;
    readonly onIntent?: (intent: Intent, run: ScriptedRun) => void;
  } = {},
): Promise<Shown> {
  const run = scriptedRun(log, options);
  const terminal = openTerminal(options.columns, options.rows);
  const { stdin, stdout } = terminal;
  const clock = options.clock ?? (() => momentAfter(log, 0));
  const over = showScreen({ run, stdin, stdout, clock });
  over.catch(() => undefined);
  const shown = { run, terminal, over };
  open.push(shown);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Connection pool'));
  return shown;
}

test('Enter by Enter and phrase to the end, and the terminal is as it was', async () => {
  const stages = [
    story.atSecondStart,
    story.atChangeStart,
    story.atGate,
    story.afterVerify,
    story.resolved,
  ];
  const { run, terminal, over } = await show(story.atFirstStart, {
    onIntent(intent, scripted) {
      const next = stages.shift();
      if (next !== undefined && (intent.type === 'continue' || intent.type === 'confirm')) {
        scripted.goOn(next);
      }
    },
  });
  expect(terminal.isAlternate()).toBe(true);
  for (const title of ['Next', 'asks before', 'DESTRUCTIVE']) {
    await vi.waitFor(() => expect(terminal.screen()).toContain(title));
    if (title !== 'DESTRUCTIVE') await terminal.type(ENTER);
    if (title === 'Next') {
      await vi.waitFor(() => expect(terminal.screen()).toContain('17 of 17'));
      await terminal.type(ENTER);
    }
  }
  await toTheEnd(terminal);
  await terminal.type('shop');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Type shop to run it: shop▏'));
  await terminal.type(ENTER);
  await vi.waitFor(() => expect(terminal.screen()).toContain('verified by 2 checks'));
  await terminal.type(ENTER);
  await vi.waitFor(() => expect(terminal.screen()).toContain('RESOLVED'));
  await terminal.type('q');
  await over;
  expect(run.sent).toEqual([
    { type: 'continue' },
    { type: 'continue' },
    { type: 'continue' },
    { type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' },
    { type: 'continue' },
  ]);
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.isRaw()).toBe(false);
  expect(terminal.written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(
    terminal.written().lastIndexOf('\u001b[?25l'),
  );
  expect(terminal.written().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(
    terminal.written().lastIndexOf('\u001b[?2004h'),
  );
  expect(terminal.screen()).toBe('');
});

test('a finished run stays on the screen until it was read, a left one does not', async () => {
  const clock = () => momentAfter(story.resolved, 2_000);
  const finished = await show(story.resolved, { clock });
  await vi.waitFor(() => expect(finished.terminal.screen()).toContain('RESOLVED'));
  let isOver = false;
  void finished.over.then(() => {
    isOver = true;
  });
  const left = await show(story.atSecondStart, {
    onIntent: (_, run) => {
      run.goOn(story.atSecondStart.add({ type: 'run.paused', reason: 'the operator left' }));
    },
  });
  await left.terminal.type('q');
  await vi.waitFor(() => expect(left.terminal.screen()).toContain('Pause the run?'));
  await left.terminal.type('y');
  await left.over;
  expect(left.run.sent).toEqual([{ type: 'leave' }]);
  expect(isOver).toBe(false);
  await finished.terminal.type(ENTER);
  await finished.over;
});

test('a resize is drawn right, down and up again', async () => {
  const { terminal } = await show(story.atGate, { columns: 100, rows: 30 });
  terminal.resize(80, 24);
  await vi.waitFor(() => expect(terminal.screen()).toMatch(/╚═{76}╝\n+─{80}\n .*\^C stop$/));
  expect(terminal.screen().split('\n')).toHaveLength(24);
  terminal.resize(60, 15);
  await vi.waitFor(() => expect(terminal.screen()).toMatch(/╚═{56}╝\n/));
  expect(terminal.screen()).toContain('Type shop to run it:');
  terminal.resize(200, 50);
  await vi.waitFor(() => expect(terminal.screen().split('\n')).toHaveLength(50));
  expect(terminal.screen()).toContain('last_query');
  const lines = terminal.screen().split('\n');
  expect(lines).toHaveLength(50);
  expect(lines[2]).toMatch(/│ ╔═ DESTRUCTIVE ═+ ana on db/);
  expect(lines.filter((line) => line.includes('DESTRUCTIVE'))).toHaveLength(1);
});

test('a gate ends the screen where it has no room, and leaves the terminal as it was', async () => {
  const { terminal, over, run } = await show(story.atGate);
  terminal.resize(50, 14);
  expect(await over).toBe('too-small');
  expect(terminal.isAlternate()).toBe(false);
  expect(run.sent).toEqual([]);
});

test('a note can be written while a step runs, and its letters go nowhere else', async () => {
  const { run, terminal } = await show(story.terminating);
  await terminal.type('n');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Note'));
  await terminal.type('quick aside');
  await vi.waitFor(() => expect(terminal.screen()).toContain('> quick aside▏'));
  run.goOn(story.afterVerify);
  await vi.waitFor(() => expect(terminal.screen()).toContain('verified by 2 checks'));
  expect(terminal.screen()).toContain('> quick aside▏');
  await terminal.type(ENTER);
  await vi.waitFor(() => expect(run.sent).toEqual([{ type: 'note', text: 'quick aside' }]));
});

test('a pasted text is typed, its line breaks answer nothing', async () => {
  const { run, terminal } = await show(story.atGate);
  await toTheEnd(terminal);
  await terminal.paste('shop\r\n\u001b[31m');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Type shop to run it: shop'));
  expect(run.sent).toEqual([]);
  const start = await show(story.atSecondStart);
  await start.terminal.paste('\r\ny\rq');
  await vi.waitFor(() => expect(start.terminal.screen()).toContain('Several keys at once'));
  expect(start.run.sent).toEqual([]);
  const note = await show(story.atSecondStart);
  await note.terminal.type('n\u001b[200~quays\r\u001b[201~');
  await vi.waitFor(() => expect(note.terminal.screen()).toContain('> quays▏'));
  expect(note.run.sent).toEqual([]);
});

test('letters and Enter that arrive in one piece are typed where text is, and do nothing elsewhere', async () => {
  const gate = await show(story.atGate);
  await toTheEnd(gate.terminal);
  await gate.terminal.type('shop\r');
  await vi.waitFor(() => expect(gate.run.sent).toHaveLength(1));
  expect(gate.run.sent).toEqual([{ type: 'confirm', digest: 'sha256:9b1e', phrase: 'shop' }]);
  const start = await show(story.atSecondStart);
  for (const piece of ['\ra', 'a\r', 'quays', 'shop\r']) {
    await start.terminal.type(piece);
    await vi.waitFor(() => expect(start.terminal.screen()).toContain('Several keys at once'));
  }
  expect(start.run.sent).toEqual([]);
});

test('lines that arrive in one piece are pasted, also where the terminal does not mark them', async () => {
  const { run, terminal } = await show(story.atGate);
  await toTheEnd(terminal);
  await terminal.type('shop\rshop\r');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Type shop to run it: shop shop▏'));
  expect(run.sent).toEqual([]);
});

test('Escape and y typed as fast as Alt-y confirm nothing', async () => {
  const { run, terminal } = await show(questions.atKeyGate);
  await terminal.type(`${ESCAPE}y`);
  await terminal.type('n');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Note'));
  expect(run.sent).toEqual([]);
});

test('a second Enter before anything has happened is not sent', async () => {
  const { run, terminal } = await show(story.atSecondStart);
  await terminal.type(ENTER);
  await terminal.type(ENTER);
  await terminal.type('n');
  await vi.waitFor(() => expect(terminal.screen()).toContain('Note'));
  expect(run.sent).toEqual([{ type: 'continue' }]);
});

test('Ctrl-C stops, then ends what runs; at rest it asks', async () => {
  const { run, terminal } = await show(questions.runningShell);
  await terminal.type(CTRL_C);
  await vi.waitFor(() => expect(run.sent).toEqual([{ type: 'stop' }]));
  run.goOn(
    questions.runningShell.add({
      type: 'operator.acted',
      step: 'app_log',
      operator: 'ana',
      intent: { type: 'stop' },
    }),
  );
  await vi.waitFor(() => expect(terminal.screen()).toContain('Stopping when this is done'));
  await terminal.type(CTRL_C);
  await vi.waitFor(() => expect(run.sent).toEqual([{ type: 'stop' }, { type: 'cancel' }]));
  const rest = await show(story.atSecondStart);
  await rest.terminal.type(CTRL_C);
  await vi.waitFor(() => expect(rest.terminal.screen()).toContain('Stop here?'));
  expect(rest.run.sent).toEqual([]);
});

test('the full output is read from its file, made harmless, and searched', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index} \u001b[2J`);
  const { terminal } = await show(questions.afterShell, {
    files: { 'output/app_log-1-action-1.stdout': lines.join('\n') },
  });
  await terminal.type('o');
  await vi.waitFor(() => expect(terminal.screen()).toContain('line 3 ␛[2J'));
  await terminal.type('/');
  await terminal.type('line 250\r');
  await vi.waitFor(() => expect(terminal.screen()).toContain('line 250'));
  await terminal.type(ESCAPE);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Next'));
});

test('an output that cannot be read says so', async () => {
  const { terminal } = await show(questions.afterShell);
  await terminal.type('o');
  await vi.waitFor(() => expect(terminal.screen()).toContain('cannot be read: no such file'));
});

test('live output is drawn at most ten times a second', async () => {
  const { run, terminal } = await show(questions.runningShell);
  const before = framesIn(terminal);
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < 450) {
    count += 1;
    run.say({ step: 'app_log', lines: [`line ${count}`], bytes: count });
    await setImmediate();
  }
  await vi.waitFor(() => expect(terminal.screen()).toContain(`line ${count}`));
  const mostFrames = (performance.now() - start) / 100 + 2;
  expect(framesIn(terminal) - before).toBeLessThanOrEqual(mostFrames);
});

/** Ink marks the start of every frame it writes. */
function framesIn(terminal: TestTerminal): number {
  return terminal.written().split('\u001b[?2026h').length - 1;
}

test('a tick changes the time and writes little else', async () => {
  let now = momentAfter(story.atGate, 0);
  const { terminal } = await show(story.atGate, { clock: () => now });
  await vi.waitFor(() => expect(terminal.screen()).toContain('read 0 s ago'));
  const before = terminal.written().length;
  now += 5_000;
  await vi.waitFor(() => expect(terminal.screen()).toContain('read 5 s ago'), { timeout: 3_000 });
  expect(terminal.screen()).toContain('00:33');
  expect(terminal.written().length - before).toBeLessThan(500);
});

test('a run that cannot go on ends the screen with its error, the terminal restored', async () => {
  const { run, terminal, over } = await show(story.atSecondStart);
  run.fail(new Error('disk full'));
  await expect(over).rejects.toThrow('disk full');
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.isRaw()).toBe(false);
});

test('an error while drawing comes out after the terminal is restored', async () => {
  const { run, terminal, over } = await show(story.atSecondStart);
  const { event } = story.atSecondStart.events.at(-1) ?? {};
  if (event?.type !== 'operator.awaited') throw new Error('the log does not end with a question');
  // A view that no fold makes stands for a mistake in a pane.
  const broken = { ...event, can: undefined } as unknown as typeof event;
  run.goOn(story.atSecondStart.add(1, broken));
  await expect(over).rejects.toThrow(TypeError);
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.isRaw()).toBe(false);
});
