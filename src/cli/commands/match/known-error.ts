import { createClassifier } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Group } from '#match/summary.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { readLibrarySymptoms } from '../../library/symptoms.ts';
import { files, groupedLines, recordsIn, summarize } from './read-log.ts';

/** The meaning of an application's error, as triage takes it. */
export type KnownError = {
  /** The inputs of `triage` that it gives: its line, masked, and what it is. */
  readonly inputs: { readonly error?: string; readonly hint?: string };
  /** Its meaning, in a sentence. */
  readonly meaning: string;
};

/** Reads an error, in one or several lines. */
export function knownError(error: string, dirs: readonly string[]): Promise<KnownError> {
  return known(recordsIn([error], '\0'), error, dirs);
}

/** Reads a log; `error` stands for its line if the log has none that is known. */
export function knownLog(
  file: string,
  error: string | undefined,
  dirs: readonly string[],
): Promise<KnownError> {
  return known(groupedLines(files([file], '\n')), error, dirs);
}

async function known(
  records: Parameters<typeof summarize>[0],
  error: string | undefined,
  dirs: readonly string[],
): Promise<KnownError> {
  const { classify } = createClassifier(readLibrarySymptoms(dirs));
  const { groups } = await summarize(records, classify);
  const first = groups.find(({ category }) => category !== 'none') ?? groups[0];
  const line = first?.evidence[0]?.text ?? error;
  return {
    inputs: {
      ...(first !== undefined && { hint: nameOf(first) }),
      ...(line !== undefined && { error: lineOf(line) }),
    },
    meaning: first === undefined ? NOT_RECOGNISED : said(first),
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
