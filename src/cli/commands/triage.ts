import { createClassifier } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Group } from '#match/summary.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import type { CommandLine } from '../command-spec.ts';
import { readReference } from '../config/reference.ts';
import { findRunbook } from '../library/find-runbook.ts';
import { readLibrarySymptoms } from '../library/symptoms.ts';
import { say } from '../say.ts';
import type { triage as spec } from '../specs/incident.ts';
import { files, groupedLines, recordsIn, summarize } from './match/read-log.ts';
import { runFile, runOptions } from './run/command.ts';

/** `runbook triage`: runs the runbook `triage` with an error, or that of a log, and its category. */
export async function triage({ options }: CommandLine<typeof spec>): Promise<number> {
  const { error, log, env, dir } = options;
  const started = runOptions(options);
  const known = await readError({ error, log, dirs: dir });
  return await runFile(findRunbook('triage', dir).file, {
    ...started,
    given: {
      options: optionsAgain({ env, inputs: started.given, dirs: dir }),
      ...known,
      ...started.given,
    },
  });
}

/** The inputs of `triage` that an error gives. */
type KnownError = { readonly hint?: string; readonly error?: string };

/** Returns the category and the line of a given error, and prints its meaning. */
async function readError(given: {
  readonly error: string | undefined;
  readonly log: string | undefined;
  readonly dirs: readonly string[];
}): Promise<KnownError> {
  const { error, log, dirs } = given;
  if (error === undefined && log === undefined) return {};
  const { classify } = createClassifier(readLibrarySymptoms(dirs));
  const records =
    log === undefined ? recordsIn([error ?? ''], '\0') : groupedLines(files([log], '\n'));
  const { groups } = await summarize(records, classify);
  const known = groups.find(({ category }) => category !== 'none');
  say(known === undefined ? NOT_RECOGNISED : said(known));
  const line = known?.evidence[0]?.text ?? error;
  return {
    ...(known !== undefined && { hint: known.category }),
    ...(line !== undefined && { error: lineOf(line) }),
  };
}

function lineOf(text: string): string {
  return createRedactor([]).text(shownLine(text));
}

const NOT_RECOGNISED = 'No database error was recognized. All layers are checked.';

function said({ category, count, why, evidence: [first] }: Group): string {
  const times = count === 1 ? '' : `, ${count} times`;
  return `${category}${times}, by ${why}:\n  ${lineOf(first?.text ?? '')}`;
}

/** The inputs shared by all connection runbooks. */
const SHARED = ['database_url', 'admin_url'];

/** Returns the options to repeat for the next runbook, without values, which may be secret. */
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
  return words.map((word) => ` ${quoteShell(word)}`).join('');
}
