import { closeSync, openSync } from 'node:fs';
import { EXIT, environmentError, usageError } from '#errors.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { isAsciiLocale } from '#text/glyphs.ts';
import { closest } from '#text/suggest.ts';
import { COMMANDS, type Command, findCommand } from './commands.ts';
import { complain } from './complain.ts';
import { outliveTerminal } from './outlive-terminal.ts';
import { choosePresentation } from './present-run.ts';
import { drawInAscii } from './say.ts';
import { VERSION_AND_BUILD } from './version.ts';

/**
 * The number of descriptors a run opens on the screen at its start: its folder, a connection, the
 * pipes of a script.
 */
const NEEDED = 32;

// A deprecation warning of a library would be printed over the screen.
process.noDeprecation = true;

outliveTerminal();

if (isAsciiLocale(process.env)) drawInAscii();

// Errors outside the awaited call also end the process, and replace the exit code of a finished
// run.
process.on('uncaughtException', (error) => process.exit(complain(error)));

const VERSION_FLAGS: ReadonlySet<string> = new Set(['--version', '-V', '-v']);

process.exitCode = await main(process.argv.slice(2));

/** Runs one command line and returns its exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  try {
    if (name === '__complete') return await completion(rest);
    requireDescriptors();
    if (args.length === 0 && hasScreen()) return await startPage();
    if (VERSION_FLAGS.has(name)) return print(VERSION_AND_BUILD);
    if (name === 'help' || name === '--help' || name === '-h') return await help(rest);
    const found = findCommand(args);
    if (found === undefined) return await unknownCommand(name);
    if (asksForHelp(found.rest)) return await commandHelp(found.name, found.command);
    return await found.command.run(found.rest);
  } catch (error) {
    return complain(error);
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((it) => it === '--help' || it === '-h');
}

/** Without a terminal that can draw, only the overview is shown. */
function hasScreen(): boolean {
  return choosePresentation({ plain: false }) === 'screen';
}

async function startPage(): Promise<number> {
  const { openStartPage } = await import('./start-page/page.ts');
  return await openStartPage();
}

/** Answers the completion scripts of `runbook completion`. Fast; always succeeds. */
async function completion(args: readonly string[]): Promise<number> {
  const { answerCompletion } = await import('./commands/completion/complete.ts');
  await answerCompletion(args);
  return EXIT.ok;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

async function help(args: readonly string[]): Promise<number> {
  const [name] = args;
  if (name !== undefined && VERSION_FLAGS.has(name)) return print(VERSION_AND_BUILD);
  if (name === undefined) return print((await import('./command-help.ts')).overview(COMMANDS));
  const found = findCommand(args);
  return found === undefined
    ? await unknownCommand(name)
    : await commandHelp(found.name, found.command);
}

async function commandHelp(name: string, command: Command): Promise<number> {
  return print((await import('./command-help.ts')).commandHelp(name, command));
}

async function unknownCommand(name: string): Promise<number> {
  return complain(usageError(`unknown command: ${name}`, await insteadOf(name)));
}

/** A word that is not a command may be a misspelled command, a runbook or an error. */
async function insteadOf(word: string): Promise<string> {
  if (/\s/.test(word)) return `to look up an error: runbook match ${quoteShell(word)}`;
  const near = closest(word, Object.keys(COMMANDS));
  if (near !== undefined) return `did you mean "${near}"?`;
  const { findRunbooks } = await import('./library/find-runbook.ts');
  const names = findRunbooks([]).map(({ name }) => name);
  const runbook = closest(word, names);
  return runbook === undefined
    ? 'commands: runbook --help. Runbooks: runbook list'
    : `did you mean "runbook run ${runbook}"?`;
}

/**
 * Throws an environment error if the limit of open files is too low for a run, which would
 * otherwise fail later and anywhere, even in a library.
 */
function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED) opened.push(openSync('/dev/null', 'r'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') return;
    throw environmentError(
      `the limit on open files is too low: ${opened.length} are available, and a run requires ${NEEDED}`,
      'raise the limit: ulimit -n 1024',
      error,
    );
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
