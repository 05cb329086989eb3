import { EXIT } from '../errors.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { type FoundRunbook, findRunbooks, readSource } from './find-runbook.ts';
import { textTable } from './text-table.ts';

const help = `Usage: runbook list [--json] [--dir FOLDER]

Lists the runbooks there are. They are looked for in --dir, ./runbooks, the folders of RUNBOOK_PATH,
the user's config folder, and the library that comes with runbook; the first one of a name counts.

      --json         for scripts
      --dir FOLDER   look here first; any number of times`;

/** `runbook list`. */
export const listCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    json: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const entries = findRunbooks(values.dir ?? []).map(entryOf);
  const text = values.json
    ? JSON.stringify(entries, null, 2)
    : entries.length === 0
      ? 'There are no runbooks here.'
      : textTable(
          ['RUNBOOK', 'SEVERITY', 'SUMMARY'],
          entries.map(({ name, severity, summary }) => [name, severity, summary]),
        );
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function entryOf({ name, file }: FoundRunbook) {
  const parsed = parseRunbook(readSource(file));
  if (!parsed.ok) {
    const summary = `not valid: runbook validate ${name} says why`;
    return { name, file, valid: false, title: name, severity: '-', summary };
  }
  const { title, severity, summary } = parsed.value;
  return { name, file, valid: true, title, severity, summary };
}
