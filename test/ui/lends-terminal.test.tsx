import { expect, test, vi } from 'vitest';
import { showScreen } from '#ui/terminal/screen.ts';
import { momentAfter } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import { scriptedRun } from '../fixtures/scripted-run.ts';
import { openTerminal } from '../fixtures/terminal.ts';

test('the terminal is lent to a script as the shell had it, and comes back as the screen', async () => {
  const terminal = openTerminal();
  let lend: (() => Promise<{ release(): void }>) | undefined;
  const run = Object.assign(scriptedRun(story.atFirstStart), {
    lendTerminal(lending: () => Promise<{ release(): void }>) {
      lend = lending;
    },
  });
  const { stdin, stdout } = terminal;
  const clock = () => momentAfter(story.atFirstStart, 0);
  const over = showScreen({ run, stdin, stdout, clock });
  over.catch(() => undefined);
  await vi.waitFor(() => expect(terminal.screen()).toContain('Connection pool'));
  // The first frame is drawn before the screen that lends the terminal is loaded.
  await vi.waitFor(() => expect(lend).toBeDefined());
  const lease = await lend?.();
  await vi.waitFor(() => expect(terminal.isAlternate()).toBe(false));
  expect(terminal.isRaw()).toBe(false);
  lease?.release();
  await vi.waitFor(() => expect(terminal.isAlternate()).toBe(true));
  await vi.waitFor(() => expect(terminal.screen()).toContain('Connection pool'));
  expect(terminal.isRaw()).toBe(true);
  run.fail(new Error('the test is over'));
  await over.catch(() => undefined);
});
