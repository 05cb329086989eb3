import { EXIT, RunbookError, usageError } from '#errors.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { CommandLine } from '../command-spec.ts';
import { readConfiguration, renderProblems } from '../config/configuration.ts';
import { PROJECT_FILE } from '../config/files.ts';
import { commandsOf, forget, isTrusted, trust } from '../config/trust.ts';
import type { Config } from '../config/value.ts';
import type { trust as spec } from '../specs/setup.ts';

/** `runbook trust`: asks whether the commands of the project's config file may run. */
export async function trustCommands({ options }: CommandLine<typeof spec>): Promise<number> {
  const config = projectConfig();
  const { file } = config.file.source;
  if (options.forget) {
    forget(config.file);
    return say(`The commands of ${file} are no longer trusted.`);
  }
  const commands = commandsOf(config);
  if (commands.length === 0) return say(`${file} runs no commands.`);
  say(`${file} runs these commands as you, to fetch secrets:\n`);
  for (const { key, command } of commands) say(`  ${key}\n    ${harmlessLine(command)}`);
  if (isTrusted(config)) return say('\nThey are trusted.');
  await confirm();
  trust(config);
  return say('They are trusted until one changes.');
}

function projectConfig(): Config {
  const found = readConfiguration().files.find(({ file }) => file?.kind === 'project');
  if (found?.file === undefined)
    throw usageError(`no ${PROJECT_FILE} in this folder or its parents`);
  if (found.config !== undefined) return found.config;
  throw usageError(`${found.path} is not valid\n\n${renderProblems(found.file, found.problems)}`);
}

async function confirm(): Promise<void> {
  const isAnswerable = process.stdin.isTTY && process.stdout.isTTY;
  const question = '\nAllow them to run? Type yes: ';
  const reply = isAnswerable ? await withPrompts((prompts) => prompts.ask(question)) : undefined;
  if (reply?.kind === 'line' && reply.text.trim() === 'yes') return;
  throw new RunbookError('the commands are not trusted', {
    code: 'not-trusted',
    exitCode: EXIT.notConfirmed,
    ...(isAnswerable ? {} : { hint: 'confirm in a terminal: runbook trust' }),
  });
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}
