import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { summaryLines } from '#report/summary.ts';
import { type Follower, followRun } from '#run/follow/follower.ts';
import type { RunRecord, RunStore } from '#run/store/port.ts';
import { listRows, readRow } from '#run/store/row.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { CommandLine } from '../command-spec.ts';
import { endDespiteSignals, onTerminalGone } from '../outlive-terminal.ts';
import { choosePresentation } from '../present-run.ts';
import { say } from '../say.ts';
import type { attach as spec } from '../specs/incident.ts';
import { storeHere, surroundingsHere } from '../surroundings.ts';
import { lineColumns } from '../terminal-size.ts';

/** `runbook attach`: shows a run in progress until it ends or the watcher leaves. */
export async function attach({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (options.on !== undefined)
    return await (await import('../remote/follow.ts')).attachOn(options.on, argument, options);
  const store = storeHere();
  const record = await store.open(argument ?? (await newestRunning(store)));
  await refuseResting(record);
  const { operator, host, pid, reportError } = surroundingsHere();
  const followed = await followRun(record, reportError);
  const notice = { type: 'run.watched', operator, host, pid } as const;
  await record.notices.leave({ ...notice, status: 'attached' });
  try {
    return await watch(followed, choosePresentation(options) === 'screen');
  } finally {
    followed.leave();
    await record.notices.leave({ ...notice, status: 'detached' });
  }
}

async function watch(run: Follower, onScreen: boolean): Promise<ExitCode> {
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
    if (gone.signal.aborted) endDespiteSignals();
    else for (const signal of SIGNALS) process.off(signal, leave);
  }
  const view = run.view();
  const isResting = view.status === 'finished' || view.status === 'paused';
  const last = isResting
    ? summaryLines(view)
    : [`You stopped watching ${view.runId}. ${harmlessLine(view.operator)} continues the run.`];
  say(last.join('\n'));
  return EXIT.ok;
}

const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;

async function showScreen(run: Follower, gone: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const { showScreen: show } = await import('#ui/terminal/screen.ts');
  await show({ run, stdin, stdout, coloured: stdout.hasColors(), watching: true, gone });
}

async function printLines(run: Follower): Promise<void> {
  const { stdout } = process;
  const { printPlain } = await import('#report/plain/lines.ts');
  const write = (line: string): unknown => stdout.write(`${line}\n`);
  write(`read-only: ${harmlessLine(run.view().operator)} owns this run; Ctrl-C stops watching`);
  await printPlain({
    run,
    write,
    columns: lineColumns(),
    coloured: stdout.isTTY === true && stdout.hasColors(),
  });
}

async function newestRunning(store: RunStore): Promise<string> {
  const running = (await listRows(store)).find(({ status }) => status === 'running');
  if (running === undefined)
    throw usageError('no run is in progress', 'list the runs: runbook runs');
  return running.id;
}

async function refuseResting(record: RunRecord): Promise<void> {
  const { id, status, problem } = await readRow(record);
  if (status === 'running') return;
  throw usageError(
    status === 'unreadable'
      ? `the run ${id} cannot be read: ${problem}`
      : `the run ${id} is ${status}, so it cannot be watched`,
    status === 'finished' ? `see: runbook transcript ${id}` : `see: runbook runs show ${id}`,
  );
}
