import { EXIT, usageError } from '#errors.ts';
import { didYouMean } from '#text/suggest.ts';
import { onlyArgument, readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { COMPLETION_SCRIPTS } from './scripts.ts';

const help = `Usage: runbook completion bash|zsh|fish

Prints a script that completes commands, options, the names of runbooks, their inputs and steps, runs
and environments when Tab is pressed. For good, put its line where your shell starts:

  bash   eval "$(runbook completion bash)"       in ~/.bashrc
  zsh    source <(runbook completion zsh)        in ~/.zshrc, after compinit
  fish   runbook completion fish | source        in ~/.config/fish/config.fish`;

/** `runbook completion`. */
export const completionCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const shell = onlyArgument(readArguments(args, {}).positionals, 'shell');
  if (!isShell(shell))
    throw usageError(
      `there is no completion for "${shell}"`,
      didYouMean(shell, Object.keys(COMPLETION_SCRIPTS)),
    );
  process.stdout.write(COMPLETION_SCRIPTS[shell]);
  return EXIT.ok;
}

function isShell(name: string): name is keyof typeof COMPLETION_SCRIPTS {
  return Object.hasOwn(COMPLETION_SCRIPTS, name);
}
