import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { summaryLines } from '#report/summary.ts';
import { type FollowedRun, followRun } from '#run/follow/follower.ts';
import type { FileRunStore } from '#run/store/file/folders.ts';
import { summarizeRun } from '#run/store/file/summary.ts';
import { harmlessLine } from '#text/harmless.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { onTerminalGone } from '../outlive-terminal.ts';
import { choosePresentation, PIPE_COLUMNS } from '../present-run.ts';
import { storeHere, surroundingsHere } from '../surroundings.ts';

const help = `Usage: runbook attach [RUN] [--plain]

Follows a run that is going on in another terminal of this machine: the newest such run, or the one
whose id begins so. Nothing can be asked of it here, and it does not notice but for its record, which
says who followed it. Ends when the run finishes or is left. q leaves (Ctrl-C where lines are printed).

      --plain   lines instead of the screen`;

/** `runbook attach`. */
export const attachCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    plain: { type: 'boolean', default: false },
  });
  const store = storeHere();
  const record = await store.open(positionals[0] ?? newestRunning(store));
  refuseResting(store, record.id);
  const followed = await followRun(record);
  const { operator, host, pid } = surroundingsHere();
  const notice = { type: 'run.watched', operator, host, pid } as const;
  await record.notices.leave({ ...notice, status: 'attached' });
  try {
    return await watch(followed, choosePresentation(values) === 'screen');
  } finally {
    followed.leave();
    await record.notices.leave({ ...notice, status: 'detached' });
  }
}

async function watch(run: FollowedRun, onScreen: boolean): Promise<ExitCode> {
  const gone = new AbortController();
  const leave = (): void => {
    run.leave();
    gone.abort();
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  const stopListening = onScreen ? onTerminalGone(leave) : () => undefined;
  try {
    await (onScreen ? showScreen(run, gone.signal) : printLines(run));
  } finally {
    stopListening();
    // That a terminal goes away is often told more than once, and the last time when all is over.
    if (!gone.signal.aborted) for (const signal of SIGNALS) process.off(signal, leave);
  }
  const view = run.view();
  const isResting = view.status === 'finished' || view.status === 'paused';
  const last = isResting
    ? summaryLines(view)
    : [`You left ${view.runId}; ${harmlessLine(view.operator)} goes on with it.`];
  process.stdout.write(`${last.join('\n')}\n`);
  return EXIT.ok;
}

const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;

async function showScreen(run: FollowedRun, gone: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const { showScreen: show } = await import('#ui/terminal/screen.tsx');
  await show({ run, stdin, stdout, coloured: stdout.hasColors(), watching: true, gone });
}

async function printLines(run: FollowedRun): Promise<void> {
  const { stdout } = process;
  const { printPlain } = await import('#report/plain/lines.ts');
  const write = (line: string): unknown => stdout.write(`${line}\n`);
  write(`read-only: ${harmlessLine(run.view().operator)} runs it; Ctrl-C leaves it to them`);
  await printPlain({
    run,
    write,
    columns: stdout.columns ?? PIPE_COLUMNS,
    coloured: stdout.isTTY === true && stdout.hasColors(),
  });
}

function newestRunning(store: FileRunStore): string {
  const running = store.listRuns().find(({ status }) => status === 'running');
  if (running === undefined)
    throw usageError('no run is going on here', 'runbook runs shows those there are');
  return running.id;
}

function refuseResting(store: FileRunStore, id: string): void {
  const { status, problem } = summarizeRun(store.openRun(id));
  if (status === 'running') return;
  throw usageError(
    status === 'unreadable'
      ? `the run ${id} cannot be read: ${problem}`
      : `the run ${id} is ${status}, so there is nothing to follow`,
    status === 'finished'
      ? `see it with runbook transcript ${id}`
      : `see it with runbook runs show ${id}`,
  );
}
