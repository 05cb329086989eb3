import { EXIT } from '../errors.ts';
import { runbookDocument } from '../report/runbook-document.ts';
import { onlyArgument, readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { findRunbook, readSource } from './find-runbook.ts';
import { loadRunbook } from './load-runbook.ts';

const help = `Usage: runbook show NAME [--source] [--dir FOLDER]

Prints a runbook as a document that a person can read, and follow by hand.

      --source       its YAML instead
      --dir FOLDER   look for runbooks here first; any number of times`;

/** `runbook show`. */
export const showCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    source: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const source = readSource(
    findRunbook(onlyArgument(positionals, 'runbook'), values.dir ?? []).file,
  );
  process.stdout.write(values.source ? source.text : runbookDocument(loadRunbook(source)));
  return EXIT.ok;
}
