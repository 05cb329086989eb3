import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode } from '#errors.ts';
import type { Reason } from '#events/log/event.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import type { PlainOptions } from '#report/plain/lines.ts';
import type { Follower } from '#run/follow/follower.ts';
import type { OpenRun } from '#run/session/open.ts';
import type { SessionEnd } from '#run/session/parts.ts';
import type { RunSource } from '#run/store/port.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { fitsGate } from '#ui/draw/layout.ts';
import type { RunDocument } from '#ui/keys/screen-state.ts';
import type { ScreenOptions } from '#ui/terminal/screen.ts';
import { endDespiteSignals, onTerminalGone } from './outlive-terminal.ts';
import { say } from './say.ts';
import { lineColumns } from './terminal-size.ts';

/** The display of a run: the screen, lines with prompts, or lines without an operator. */
export type Presentation = 'screen' | 'prompts' | 'lines';

/** Chooses the display of a run. */
export function choosePresentation(options: { readonly plain: boolean }): Presentation {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return 'lines';
  const { TERM, CI, INK_SCREEN_READER } = process.env;
  // Screen readers cannot follow a screen that is redrawn; they can read lines.
  const isPlain = options.plain || TERM === 'dumb' || CI === 'true' || INK_SCREEN_READER === 'true';
  return isPlain || !fitsGate(stdout) ? 'prompts' : 'screen';
}

/** Starts loading the display early, so that it is ready with the run. */
export function prepareToPresent(presentation: Presentation): void {
  keepMemorySmall();
  // A loading error is reported when the screen is needed.
  if (presentation === 'screen') loadScreen().catch(() => undefined);
}

const loadScreen = () => import('#ui/terminal/screen.ts');

/**
 * Shows a run until it has ended, closes it, and returns the exit code. `readLastRun` describes the
 * last run of the runbook, for the opening page.
 */
export async function presentRun(
  open: OpenRun,
  presentation: Presentation,
  readLastRun?: () => Promise<string | undefined>,
): Promise<ExitCode> {
  const { session } = open;
  const over = session.ended.catch(() => undefined);
  // The last page of a run waits for a key, which a terminal that is gone cannot send.
  const gone = new AbortController();
  const leave = (why: Reason, options?: { readonly gone: boolean }) => {
    session.leave(why, options);
    void over.then(() => gone.abort());
  };
  const hangUp = () => leave({ kind: 'terminal-closed' }, { gone: true });
  const terminate = () => leave({ kind: 'asked-to-stop' });
  const interrupt = () => (session.end === undefined ? session.interrupt() : gone.abort());
  // These listeners stay: if only the screen listened, it would end the process on a signal.
  process.on('SIGHUP', hangUp);
  process.on('SIGTERM', terminate);
  process.on('SIGINT', interrupt);
  const stopListening = presentation === 'lines' ? () => undefined : onTerminalGone(hangUp);
  // As soon as the run has ended: its last page may stay open for long, and needs no connection.
  const closed = over.then(() => open.close());
  closed.catch(() => undefined);
  try {
    await showRun(shownRun(open), presentation, {
      gone: gone.signal,
      ...(readLastRun === undefined ? {} : { readLastRun }),
    });
    await session.ended;
  } finally {
    // Without a display, the run does not continue.
    session.leave({ kind: 'not-displayed' });
    await closed;
    stopListening();
    if (gone.signal.aborted) endDespiteSignals();
    else process.off('SIGHUP', hangUp);
    process.off('SIGTERM', terminate);
    process.off('SIGINT', interrupt);
  }
  const { summaryLines } = await import('#report/summary.ts');
  if (presentation !== 'lines' || session.end?.status === 'paused')
    say(summaryLines(session.view()).join('\n'));
  return exitCodeOf(session.end);
}

/** A run to show, and what its display needs besides. */
export type ShownRun = {
  readonly run: RunHandle;
  /** Begins a run that was only created, or is to be resumed. */
  readonly begin?: () => void;
  readonly isOver: () => boolean;
  /** Returns a text about the finished run, as Markdown. */
  readonly readDocument: (document: RunDocument) => Promise<string>;
};

function shownRun({ session: run, begin, id }: OpenRun): ShownRun {
  return {
    ...{ run, begin, isOver: () => run.end !== undefined },
    readDocument: async (document) => {
      const { storeHere } = await import('./surroundings.ts');
      return await documentOf(storeHere(), id, document);
    },
  };
}

async function documentOf(runs: RunSource, id: string, document: RunDocument): Promise<string> {
  const { recordText } = await import('./commands/transcript/command.ts');
  return await recordText(await runs.open(id), document === 'transcript' ? 'md' : document);
}

const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;

/**
 * Shows a run that another process has. Its signal is aborted by a signal and by the loss of the
 * terminal: neither stops the run.
 */
export async function whileHere<T>(
  presentation: Presentation,
  show: (gone: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  for (const signal of SIGNALS) process.on(signal, leave);
  const stopListening = presentation === 'lines' ? () => undefined : onTerminalGone(leave);
  try {
    return await show(gone.signal);
  } finally {
    stopListening();
    if (gone.signal.aborted) endDespiteSignals();
    else for (const signal of SIGNALS) process.off(signal, leave);
  }
}

/** Shows a followed run of a store until it has ended or is left. */
export async function showFollowed(
  run: Follower,
  {
    runs,
    presentation,
    ...options
  }: Pick<ScreenOptions, 'watching' | 'clock'> & {
    readonly runs: RunSource;
    readonly presentation: Presentation;
    readonly gone: AbortSignal;
  },
): Promise<void> {
  const leave = (): void => run.leave();
  options.gone.addEventListener('abort', leave);
  if (options.gone.aborted) leave();
  const shown = {
    run,
    isOver: () => run.isOver,
    readDocument: (document: RunDocument) => documentOf(runs, run.id, document),
  };
  await showRun(shown, presentation, options);
  // A watcher closes the screen, and a terminal may be gone.
  leave();
}

/** Shows a run until it has ended, was left, or its display was closed. A watcher answers nothing. */
export async function showRun(
  { run, isOver, readDocument, ...created }: ShownRun,
  presentation: Presentation,
  options: Pick<ScreenOptions, 'gone' | 'readLastRun' | 'watching' | 'clock'>,
): Promise<void> {
  const { stdin, stdout } = process;
  const coloured = stdout.isTTY === true && stdout.hasColors();
  const { printPlain } = await import('#report/plain/lines.ts');
  const { openPrompts } = await import('#report/plain/prompts.ts');
  const isSilent = presentation === 'lines' || options.watching === true;
  const printLines = (more: Pick<PlainOptions, 'begin' | 'until'>): Promise<void> =>
    printPlain({
      ...{ run, ...more },
      write: (line) => stdout.write(`${line}\n`),
      columns: lineColumns(),
      coloured,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      ...(isSilent ? {} : { interactive: openPrompts(stdin, stdout) }),
    });
  if (presentation !== 'screen') return await printLines(created);
  const { showScreen } = await loadScreen();
  const screen = { run, stdin, stdout, coloured, readDocument, ...options };
  // Until it begins, a new run has one event, and an opening page that needs no more.
  const isNew = run.view().seq === 1;
  let shown = showScreen(isNew ? { ...screen, ...created } : screen);
  if (!isNew) created.begin?.();
  while ((await shown) === 'too-small') {
    await whileTooSmall(stdout, (until) => printLines({ until }));
    if (isOver()) return;
    shown = showScreen(screen);
  }
}

/** Shows a run as lines; aborts its signal once the terminal is large enough for a gate again. */
async function whileTooSmall(
  stdout: NodeJS.WriteStream,
  printLines: (until: AbortSignal) => Promise<void>,
): Promise<void> {
  const room = new AbortController();
  const look = (): void => {
    if (fitsGate(stdout)) room.abort();
  };
  stdout.on('resize', look);
  look();
  try {
    await printLines(room.signal);
  } finally {
    stdout.off('resize', look);
  }
}

function exitCodeOf(end: SessionEnd | undefined): ExitCode {
  if (end === undefined) return EXIT.bug;
  if (end.status === 'paused') return end.unanswered ? EXIT.notConfirmed : EXIT.paused;
  return OUTCOME_FACTS[end.outcome].exitCode;
}

/**
 * Keeps the memory of the process small during a run. V8 doubles the space for new objects whenever
 * as many bytes as fit into it have survived a collection, however long that took: after minutes of
 * output a run would hold 200 MiB of empty space, and each process it starts would cost more.
 */
export function keepMemorySmall(): void {
  // V8 accepts a factor of 1 only at runtime, not on a command line.
  setFlagsFromString('--semi-space-growth-factor=1');
}
