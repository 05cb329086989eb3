import type { ShownAction } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import { moving } from '#events/view/fold-run.ts';
import { uncheckedPrerequisites } from '#events/view/prerequisites.ts';
import type { RunView } from '#events/view/run-view.ts';
import { STATE_SIGN } from '#events/wording/phrases.ts';
import { harmlessLine } from '#text/harmless.ts';
import { askOperator, type Conversation } from './ask-operator.ts';
import { openLines } from './asked.ts';
import { actionShown, plainLines } from './event.ts';
import { type PlainLine, painted, styled } from './line.ts';
import { detailLines, fullOutputLines } from './look.ts';
import type { Prompts } from './prompts.ts';

/** The time without an answer after which the operator may be looking elsewhere. */
const AWAY_AFTER_MS = 3_000;

/** The options of printing a run as lines. */
export type PlainOptions = {
  readonly run: RunHandle;
  /** Begins the run; what its record asks is printed and asked only once the run has begun. */
  readonly begin?: () => void;
  /** Called with every line, without its line end. */
  readonly write: (line: string) => void;
  /** Prompts for answers; without them the run is only printed. Closed at the end. */
  readonly interactive?: Prompts;
  /** Aborted when another display takes over the run; a script that has the terminal keeps it. */
  readonly until?: AbortSignal;
  /** The width of tables. @default 100 */
  readonly columns?: number;
  /** True allows colors. @default false */
  readonly coloured?: boolean;
  /** Returns milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
};

/**
 * Prints a run as lines, for each event one or more, until it has ended or paused, or `until` is
 * aborted.
 */
export async function printPlain(options: PlainOptions): Promise<void> {
  const {
    run,
    begin,
    write,
    interactive,
    until,
    columns = 100,
    coloured = false,
    clock = Date.now,
  } = options;
  const print = (lines: readonly PlainLine[]): void => {
    for (const line of lines) write(painted(line, coloured));
  };
  const given = run.view();
  print(openingLines(begin === undefined ? given : moving(given), columns));
  let shown: ShownAction | undefined;
  const unsubscribe = run.subscribe(({ event, view, notice }) => {
    if (notice?.text !== undefined) write(harmlessLine(notice.text));
    if (event === undefined) return;
    print(plainLines(event, { view, columns, shown }));
    shown = actionShown(event) ?? shown;
  });
  try {
    let returned = Promise.resolve();
    const lend = interactive?.lend?.bind(interactive);
    if (lend !== undefined)
      run.lendTerminal?.(async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        returned = promise;
        const lent = lend();
        return {
          release() {
            lent.release();
            resolve();
          },
        };
      });
    const stopped = aborted(until).then(() => returned);
    const show: Conversation['show'] = async (what) =>
      print(what === 'details' ? detailLines(run.view(), columns) : await fullOutputLines(run));
    let answeredAt = clock();
    const ringWhenAway = (): void => {
      if (clock() - answeredAt >= AWAY_AFTER_MS) interactive?.ring();
    };
    const ask = async (view: RunView, prompts: Prompts): Promise<Intent | undefined> => {
      ringWhenAway();
      const intent = await askOperator({ view, prompts, write, show });
      answeredAt = clock();
      return intent;
    };
    const after = begin === undefined ? 0 : given.seq;
    const conversation =
      interactive === undefined ? [] : [converse(run, interactive, { write, ask, until, after })];
    begin?.();
    await Promise.race([run.ended, stopped, ...conversation]);
    if (until?.aborted === true) return;
    await run.ended;
    if (run.view().status === 'finished') ringWhenAway();
  } finally {
    unsubscribe();
    interactive?.close();
  }
}

/** Returns the run's introduction and current state, for a viewer that joins later. */
export function openingLines(view: RunView, columns: number): readonly PlainLine[] {
  const { runbook } = view;
  const mode = view.mode === 'live' ? 'LIVE' : 'DRY RUN';
  const practice = view.practice === undefined ? '' : ' · practice';
  const where = view.environment === undefined ? '' : ` · environment ${view.environment}`;
  const needs = view.path.length > 1 ? [] : uncheckedPrerequisites(view);
  const head = [
    styled(`${runbook.title} (${runbook.name}, ${runbook.severity})`, 'bold'),
    styled(runbook.summary),
    styled(
      `${mode}${practice}${where} · run ${view.runId} · ${view.ofTeam ? 'started by' : 'operator'} ${view.operator}`,
    ),
    ...Object.entries(view.targets).map(([name, text]) => styled(`${name}: ${text}`)),
    ...needs.flatMap((text, index) =>
      index === 0
        ? [styled('before you start:', 'bold'), styled(`- ${text}`)]
        : [styled(`- ${text}`)],
    ),
  ];
  const path = view.steps
    .filter(({ state }) => state !== 'waiting' && state !== 'not-taken')
    .map(({ state, title }) => styled(`${STATE_SIGN[state]} ${title}`));
  return [
    ...head.map(({ text, style }) => styled(harmlessLine(text), style)),
    ...path.map(({ text }) => styled(harmlessLine(text))),
    ...openLines(view, columns),
  ];
}

/** Asks a person the questions of the run, until the person leaves. */
async function converse(
  run: RunHandle,
  prompts: Prompts,
  {
    write,
    ask,
    until,
    after,
  }: {
    readonly write: (line: string) => void;
    readonly until: AbortSignal | undefined;
    /** The number of the last event that may not ask. */
    readonly after: number;
    readonly ask: (view: RunView, prompts: Prompts) => Promise<Intent | undefined>;
  },
): Promise<void> {
  let isInterrupted = false;
  prompts.onInterrupt(() => {
    // Others may rely on a run of a team: it goes on.
    const type = run.view().ofTeam ? 'leave' : isInterrupted ? 'cancel' : 'stop';
    void submitted(run, run.view(), { type });
    isInterrupted = true;
  });
  let intent: Intent | undefined;
  while (intent?.type !== 'leave') {
    const view = await waitingView(run, after);
    isInterrupted = false;
    intent = await ask(view, prompts);
    // A question that was open when the lines ended is answered elsewhere.
    if (until?.aborted === true) return;
    if (intent === undefined) continue;
    const before = run.view().adhoc?.length ?? 0;
    const verdict = await submitted(run, view, intent);
    if (!verdict.accepted && verdict.code === 'invalid')
      write(harmlessLine(`Nothing was changed: ${verdict.reason}.`));
    if (!verdict.accepted && verdict.code === 'stale')
      write('Nothing was run: it answers a question that is no longer open.');
    if (intent.type === 'adhoc') await entered(run, before);
  }
}

/** Submits an intent of the run's operator as an answer to the question of a view. */
function submitted(run: RunHandle, { operator, awaited }: RunView, intent: Intent) {
  return run.submit({ intent, by: operator, answers: awaited?.seq });
}

/** Resolves when a signal is aborted; never without one. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves once the run waits for a person after an event; never if it no longer does. */
function waitingView(run: RunHandle, after: number): Promise<RunView> {
  const isAsked = ({ status, seq }: RunView) => status === 'waiting' && seq > after;
  return new Promise((resolve) => {
    if (isAsked(run.view())) {
      resolve(run.view());
      return;
    }
    const unsubscribe = run.subscribe(({ view }) => {
      if (!isAsked(view)) return;
      unsubscribe();
      resolve(view);
    });
  });
}

/** Resolves once an ad-hoc command was classified, so that the next question follows it. */
function entered(run: RunHandle, before: number): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = run.subscribe(({ view }) => {
      if ((view.adhoc?.length ?? 0) === before) return;
      unsubscribe();
      resolve();
    });
  });
}
