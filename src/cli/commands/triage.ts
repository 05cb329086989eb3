import { createClassifier } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Group } from '#match/summary.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import type { CommandLine } from '../command-spec.ts';
import { findRunbook } from '../library/find-runbook.ts';
import { readLibrarySymptoms } from '../library/symptoms.ts';
import { say } from '../say.ts';
import type { triage as spec } from '../specs/incident.ts';
import { files, groupedLines, recordsIn, summarize } from './match/read-log.ts';
import { runFile, runOptions } from './run/command.ts';

/** `runbook triage`: runs the runbook `triage` with an error, or that of a log, and its category. */
export async function triage({ options }: CommandLine<typeof spec>): Promise<number> {
  const { error, log, dir } = options;
  const started = runOptions(options);
  const known = await readError({ error, log, dirs: dir });
  return await runFile(findRunbook('triage', dir).file, {
    ...started,
    given: { ...known, ...started.given },
  });
}

/** The inputs of `triage` that an error gives. */
type KnownError = { readonly hint?: string; readonly error?: string };

/** Returns the category (or the runbook that lists it) and the line of a given error, and prints its meaning. */
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
  const known = groups.find(({ category }) => category !== 'none') ?? groups[0];
  say(known === undefined ? NOT_RECOGNISED : said(known));
  const line = known?.evidence[0]?.text ?? error;
  return {
    ...(known !== undefined && { hint: nameOf(known) }),
    ...(line !== undefined && { error: lineOf(line) }),
  };
}

function lineOf(text: string): string {
  return createRedactor([]).text(shownLine(text));
}

const NOT_RECOGNISED = 'No database error was recognized. All layers are checked.';

function nameOf({ category, runbook }: Group): string {
  return category === 'none' ? runbook : category;
}

function said(group: Group): string {
  const {
    count,
    why,
    evidence: [first],
  } = group;
  const times = count === 1 ? '' : `, ${count} times`;
  return `${nameOf(group)}${times}, by ${why}:\n  ${lineOf(first?.text ?? '')}`;
}
