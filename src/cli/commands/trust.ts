import { EXIT, RunbookError, usageError } from '#errors.ts';
import { openPrompts } from '#report/plain/prompts.ts';
import { harmlessLine } from '#text/harmless.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { readConfiguration, renderProblems } from '../config/configuration.ts';
import { PROJECT_FILE } from '../config/files.ts';
import { commandsOf, forget, isTrusted, trust } from '../config/trust.ts';
import type { Config } from '../config/value.ts';

const help = `Usage: runbook trust [--forget]

Shows the commands that the config file of this project (runbook.config.yaml) would run to get
secrets, and asks whether they may. Until you have said yes they do not run, and after a change of
any of them they do not run again before you have been asked. The user's own config file needs no
trust.

      --forget   they may not run any more`;

/** `runbook trust`. */
export const trustCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, { forget: { type: 'boolean', default: false } });
  const config = projectConfig();
  const { file } = config.file.source;
  if (values.forget) {
    forget(config.file);
    return say(`The commands of ${file} may not run.`);
  }
  const commands = commandsOf(config);
  if (commands.length === 0) return say(`${file} runs no commands; there is nothing to trust.`);
  say(`${file} runs these commands as you, to get secrets:\n`);
  for (const { key, command } of commands) say(`  ${key}\n    ${harmlessLine(command)}`);
  if (isTrusted(config)) return say('\nThey are trusted.');
  await confirm();
  trust(config);
  return say('They are trusted until one of them changes.');
}

function projectConfig(): Config {
  const found = readConfiguration().files.find(({ file }) => file?.kind === 'project');
  if (found?.file === undefined)
    throw usageError(`there is no ${PROJECT_FILE} here, nor in the folders above`);
  if (found.config !== undefined) return found.config;
  throw usageError(`${found.path} is not valid\n\n${renderProblems(found.file, found.problems)}`);
}

async function confirm(): Promise<void> {
  const isAnswerable = process.stdin.isTTY && process.stdout.isTTY;
  const prompts = isAnswerable ? openPrompts(process.stdin, process.stdout) : undefined;
  const reply = await prompts?.ask('\nMay they run? Type yes: ');
  prompts?.close();
  if (reply?.kind === 'line' && reply.text.trim() === 'yes') return;
  throw new RunbookError('the commands are not trusted', {
    code: 'not-trusted',
    exitCode: EXIT.notConfirmed,
    ...(isAnswerable ? {} : { hint: 'a person has to say so in a terminal' }),
  });
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}
