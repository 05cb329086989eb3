import { usageError } from '#errors.ts';
import { createClassifier } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Group } from '#match/summary.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { readArguments, readInputs } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { readReference } from '../config/reference.ts';
import { findRunbook } from '../library/find-runbook.ts';
import { readLibrarySymptoms } from '../library/symptoms.ts';
import { files, groupedLines, recordsIn, summarize } from './read-log.ts';
import { runFile } from './run.ts';

const help = `Usage: runbook triage [--error TEXT | --log FILE] [--env ENVIRONMENT] [--input name=value …]
                      [--plain] [--auto] [--dry-run] [--dir FOLDER]

Looks for the layer that is broken between an application and its database: URL, name, port,
greeting, TLS, login, database, capacity, sessions, pool. It stops at the first one that is broken,
says what is proven and what is not, and offers the runbook for it. Run it where the application
runs, with the URL that the application has (DATABASE_URL, or --input database_url=env:NAME).

It is the runbook triage: all that is true of runbook run is true here.

      --error TEXT         the error the application shows; it counts where every layer is well
      --log FILE           its log, of which the commonest error counts
      --env ENVIRONMENT    take inputs and targets from this environment of a config file
  -i, --input name=value   an input; any number of times
      --plain              lines and prompts instead of the screen
      --auto               let read-only steps run by themselves from the start
      --dry-run            run what only reads; show every change in full, and run none
      --dir FOLDER         look for runbooks here first; any number of times

Exit codes are those of runbook run: 6 when a runbook was named and left for later.`;

/** `runbook triage`. */
export const triageCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    error: { type: 'string' },
    log: { type: 'string' },
    env: { type: 'string' },
    input: { type: 'string', short: 'i', multiple: true },
    plain: { type: 'boolean', default: false },
    auto: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  if (positionals.length > 0)
    throw usageError(
      `triage takes no "${positionals[0]}"`,
      'give the error as --error TEXT, or a log as --log FILE',
    );
  const dirs = values.dir ?? [];
  const inputs = readInputs(values.input);
  const hint = await readHint({ error: values.error, log: values.log, dirs });
  return await runFile(findRunbook('triage', dirs).file, {
    environment: values.env,
    given: {
      options: optionsAgain({ env: values.env, inputs, dirs }),
      ...(hint !== undefined && { hint }),
      ...inputs,
    },
    plain: values.plain,
    auto: values.auto,
    dryRun: values['dry-run'],
    dirs: values.dir,
  });
}

/** Returns the category of the error that was given, and says what it is; undefined for none. */
async function readHint(given: {
  readonly error: string | undefined;
  readonly log: string | undefined;
  readonly dirs: readonly string[];
}): Promise<string | undefined> {
  const { error, log, dirs } = given;
  if (error === undefined && log === undefined) return undefined;
  const { classify } = createClassifier(readLibrarySymptoms(dirs));
  const records =
    log === undefined ? recordsIn([error ?? ''], '\0') : groupedLines(files([log], '\n'));
  const { groups } = await summarize(records, classify);
  const known = groups.find(({ category }) => category !== 'none');
  process.stdout.write(`${known === undefined ? NOT_RECOGNISED : said(known)}\n`);
  return known?.category;
}

const NOT_RECOGNISED = 'No database error was recognised. The layers are looked at all the same.';

function said({ category, count, why, evidence: [first] }: Group): string {
  const { text } = createRedactor([]);
  const times = count === 1 ? '' : `, ${count} times`;
  return `${category}${times}, by ${why}:\n  ${text(shownLine(first?.text ?? ''))}`;
}

/** The inputs that every runbook of a connection has. */
const SHARED = ['database_url', 'admin_url'];

/** Returns what to add to a command for the next runbook; a value itself is left out: it may be secret. */
function optionsAgain(given: {
  readonly env: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly dirs: readonly string[];
}): string {
  const references = Object.entries(given.inputs).filter(
    ([name, value]) => SHARED.includes(name) && readReference(value).kind !== 'text',
  );
  const words = [
    ...(given.env === undefined ? [] : ['--env', given.env]),
    ...references.flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...given.dirs.flatMap((dir) => ['--dir', dir]),
  ];
  return words.map((word) => ` ${quoted(word)}`).join('');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
