import { EXIT, usageError } from '#errors.ts';
import { COMMANDS, type CommandName, helpText } from './commands.ts';
import { complain } from './complain.ts';
import { outliveTerminal } from './outlive-terminal.ts';
import { choosePresentation } from './present-run.ts';
import { requireDescriptors } from './spare-descriptors.ts';
import { VERSION } from './version.ts';

// A warning of a library would be printed across the screen.
process.noDeprecation = true;

outliveTerminal();

// What nobody waits for may fail as well. The exit code of a run that ended must not stand for it.
process.on('uncaughtException', (error) => process.exit(complain(error)));

process.exitCode = await main(process.argv.slice(2));

/** Runs one command line and returns its exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  try {
    if (name === '__complete') return await completion(rest);
    requireDescriptors();
    if (args.length === 0 && hasScreen()) return await startPage();
    if (name === '--version' || name === '-V') return print(VERSION);
    if (name === 'help' || name === '--help' || name === '-h') return await help(rest[0]);
    if (!isCommand(name)) return await unknownCommand(name);
    const command = await COMMANDS[name].load();
    if (rest.includes('--help') || rest.includes('-h')) return print(command.help);
    return await command.run(rest);
  } catch (error) {
    return complain(error);
  }
}

/** Without a terminal that draws, nothing but the overview can be shown. */
function hasScreen(): boolean {
  return choosePresentation({ plain: false }) === 'screen';
}

async function startPage(): Promise<number> {
  const { openStartPage } = await import('./start-page/page.ts');
  return await openStartPage();
}

/** What the scripts of `runbook completion` ask; it is quick and always succeeds. */
async function completion(args: readonly string[]): Promise<number> {
  const { answerCompletion } = await import('./commands/completion/answer.ts');
  await answerCompletion(args);
  return EXIT.ok;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

async function help(name: string | undefined): Promise<number> {
  if (name === undefined) return print(helpText());
  return isCommand(name) ? print((await COMMANDS[name].load()).help) : await unknownCommand(name);
}

async function unknownCommand(name: string): Promise<number> {
  const { insteadOf } = await import('./unknown-command.ts');
  return complain(usageError(`there is no command "${name}"`, insteadOf(name)));
}
