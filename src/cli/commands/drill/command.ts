import { EXIT } from '#errors.ts';
import type { GameDay } from '#lab/app/game-day.ts';
import { readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { briefing, pauseToRead } from './briefing.ts';
import { debriefing } from './debriefing.ts';
import { engineName } from './engine-names.ts';
import { openedRunbook } from './opened-runbook.ts';
import { runWhereItIsFelt } from './run-where-felt.ts';

const help = `Usage: runbook drill [FAULT] [--engine ENGINE] [--blind] [--plain] [--keep]
       runbook drill --list

A game day on this machine: starts real servers of its own with a shop on them, breaks them for real,
and opens the runbook that is meant for it. The shop has a health page that fails and recovers with it.
What would be done outside of runbook (start the database, correct a URL …) is done by scripts in the
drill's folder. At the end an independent check says whether the fault is gone, what was lost on the
way, and how long each phase took. Everything is stopped and removed.

Without FAULT it is pool-exhausted. runbook drill --list names them all.

      --engine ENGINE   postgres, postgres-system, mariadb or pgbouncer; else the first that is here
      --blind           do not say what is wrong: only what the shop complains of, and open triage
      --list            list the faults, on which engines, and what is missing here
      --plain           lines and prompts instead of the screen
      --keep            leave everything standing after the run, until Ctrl-C`;

/** `runbook drill`. */
export const drillCommand: Command = { help, run };

const DEFAULT_FAULT = 'pool-exhausted';

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    engine: { type: 'string' },
    blind: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  });
  if (values.list) {
    const { faultTable } = await import('./fault-table.ts');
    say(await faultTable());
    return EXIT.ok;
  }
  const { startFault } = await import('#lab/start-fault.ts');
  const { startGameDay } = await import('#lab/app/game-day.ts');
  say('Starting a server and breaking it …');
  const fault = await startFault(positionals[0] ?? DEFAULT_FAULT, values.engine);
  const day = await startGameDay(fault, { blind: values.blind });
  try {
    return await practise(day, values);
  } finally {
    await day.stop();
  }
}

async function practise(
  day: GameDay,
  {
    blind,
    plain,
    keep,
  }: { readonly blind: boolean; readonly plain: boolean; readonly keep: boolean },
): Promise<number> {
  const opened = await openedRunbook(day, { blind });
  say(await briefing(day, opened, { blind }));
  if ((blind || day.scripts.length > 0) && !(await pauseToRead())) return EXIT.paused;
  const since = new Date().toISOString();
  const gone = goneTerminal();
  const code = await runWhereItIsFelt(opened, { plain, surroundings: day.fault.surroundings });
  const { isGone, text } = await debriefing(day, since);
  say(text);
  if (blind)
    say(`It was ${day.fault.name} on ${engineName(day.fault.engine)}.\n${day.fault.describe}`);
  if (keep) await waitForInterrupt(gone);
  return code === EXIT.ok && !isGone ? EXIT.unresolved : code;
}

/** Resolves once the drill is asked to end from outside, also while the run goes on. */
function goneTerminal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** What stays up for a look around stays until Ctrl-C, or until nobody can look any more. */
async function waitForInterrupt(gone: Promise<void>): Promise<void> {
  say('Everything stays up for a look around. Ctrl-C ends it.');
  const interrupted = new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  await Promise.race([interrupted, gone]);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
