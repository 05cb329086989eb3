import type { GameDay } from '#lab/app/game-day.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import { harmless } from '#text/harmless.ts';
import { columnLines } from '#text/table.ts';
import { wrapTo } from '#text/width.ts';
import type { OpenedRunbook } from './opened-runbook.ts';

/** The content of a briefing. */
type Briefed = {
  readonly opened: OpenedRunbook;
  /** Hides the fault. */
  readonly blind: boolean;
  /** The number that repeats a random choice of the fault. */
  readonly seed: string | undefined;
  /** The application's error. */
  readonly complaint: string;
};

/** Returns the briefing of a drill: all of it, or with `blind` only the text of a page. */
export async function briefing(
  day: GameDay,
  { opened, blind, seed, complaint }: Briefed,
): Promise<string> {
  const { fault, application } = day;
  // It fits on 24 lines with the prompt, for the longest list of scripts.
  const lines = [
    blind ? 'The shop is failing. Find the cause and fix it.' : fault.describe,
    ...(seed === undefined ? [] : [`The fault was picked by seed ${seed}.`]),
    '',
    ...scriptLines(day),
    'Your logins, in the environment of the runbook:',
    ...loginLines(opened),
    `In another terminal, "runbook run ${opened.name}" uses them after:`,
    `  ${opened.shellLine}`,
    '',
    // Last, as the start of a long briefing scrolls off a small terminal.
    `  Health page  ${application.healthUrl}  ${await healthLine(day)}`,
    `  Its URL      ${application.urlFile} (always current)`,
    `  Its log      ${application.logFile}`,
    `               ${complaint}`,
  ];
  return harmless(lines.join('\n'));
}

async function healthLine({ application }: GameDay): Promise<string> {
  const { status } = await application.health();
  return status === 200 ? '(200, healthy)' : `(${status === 0 ? 'no answer' : status})`;
}

/** Returns a line for each login: its variable, user and place, without the password. */
function loginLines({ variables }: OpenedRunbook): readonly string[] {
  const logins = Object.entries(variables).flatMap(([name, url]) =>
    // The application's URL may be what is broken, and tell it.
    url === undefined ? [] : [[name, name === 'DATABASE_URL' ? 'the application' : placeOf(url)]],
  );
  return columnLines(logins).map((line) => `  ${line}`);
}

function placeOf(url: string): string {
  const { username, host, pathname } = new URL(url);
  return `${username}@${host}${pathname}`;
}

/** The maximum number of scripts with a line each; more would not fit on a small terminal. */
const FEW = 4;
const LIST_WIDTH = 76;

function scriptLines({ scripts, scriptFolder }: GameDay): readonly string[] {
  if (scripts.length === 0) return [];
  const isFew = scripts.length <= FEW;
  const names = scripts.map(({ name }) => name).join(', ');
  return [
    'For actions outside runbook, use another terminal and the scripts in',
    `${scriptFolder}${isFew ? '' : ' (explained in README)'}:`,
    ...(isFew
      ? columnLines(scripts.map(({ name, title }) => [name, title]))
      : wrapTo(names, LIST_WIDTH)
    ).map((line) => `  ${line}`),
    '',
  ];
}

/**
 * Waits until the operator has read the briefing; false if they leave. Does not wait without a
 * terminal.
 */
export async function pauseToRead(): Promise<boolean> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return true;
  const question = 'Enter opens the runbook, Ctrl-C stops the drill. ';
  return await withPrompts(async (prompts) => (await prompts.ask(question)).kind === 'line');
}
