import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator } from './operator.ts';

const RUNBOOK = `name: quiet
title: A quiet runbook
summary: It waits.
steps:
  - { id: look, title: Look, effect: read, shell: 'echo hi' }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

/** A mistake in the program, when it is asked for by a signal. */
const FAULTS = `process.on('SIGUSR2', () => { throw new Error('a mistake'); });
`;

test.each(['SIGUSR2', 'SIGQUIT'] as const)(
  'a program that ends by %s leaves the terminal as it was',
  async (signal) => {
    const kim = newOperator();
    kim.writeRunbook('quiet', RUNBOOK);
    kim.writeWork('faults.mjs', FAULTS);
    const env = { NODE_OPTIONS: `--import=${join(kim.home, 'work', 'faults.mjs')}` };
    const terminal = kim.open(['run', 'quiet', '--step'], { env });
    await terminal.waitFor('── Next ──');
    terminal.kill(signal);
    await terminal.exited;
    expect(terminal.isAlternate).toBe(false);
    expect(terminal.isCursorVisible).toBe(true);
    const { received } = terminal;
    expect(received.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(
      received.lastIndexOf('\u001b[?2004h'),
    );
    expect(received.lastIndexOf('\u001b[23;2t')).toBeGreaterThan(
      received.lastIndexOf('\u001b[22;2t'),
    );
  },
);
