import type { Fault } from '../lab/fault.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { findRunbook } from './find-runbook.ts';
import { runFile } from './run.ts';

const help = `Usage: runbook drill [FAULT] [--plain] [--keep]

Starts a real server of its own on this machine, breaks it for real, and opens the runbook that is
meant for it. When the run is over, an independent check says whether the fault is gone and what
was lost on the way. Everything is stopped and removed at the end.

Faults: pool-exhausted

      --plain   lines and prompts instead of the screen
      --keep    leave the fault standing after the run, until Ctrl-C`;

/** `runbook drill`. */
export const drillCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    plain: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  });
  const { startFault } = await import('../lab/start-fault.ts');
  say('Starting a server and breaking it …');
  const fault = await startFault(positionals[0] ?? 'pool-exhausted');
  try {
    say(fault.describe);
    const { file } = findRunbook(fault.runbook, []);
    const exitCode = await runFile(file, { given: fault.inputs, plain: values.plain, auto: false });
    await judge(fault);
    if (values.keep) await waitForInterrupt(fault);
    return exitCode;
  } finally {
    await fault.stop();
  }
}

async function judge(fault: Fault): Promise<void> {
  const { gone, collateral } = await fault.check();
  say(
    gone
      ? 'Checked from outside: the fault is gone.'
      : 'Checked from outside: the fault is still there.',
  );
  if (collateral.length === 0) say('Nothing healthy was lost.');
  for (const loss of collateral) say(`Lost on the way: ${loss}`);
}

async function waitForInterrupt(fault: Fault): Promise<void> {
  say(
    `The server stays up for a look around (${Object.keys(fault.inputs).join(', ')}). Ctrl-C ends it.`,
  );
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
