import { createReadStream } from 'node:fs';
import { codeOf, environmentError } from '#errors.ts';
import type { Verdict } from '#match/classify.ts';
import { createGrouping } from '#match/group-lines.ts';
import { createSplitter } from '#match/split-records.ts';
import { createSummary, type Summary } from '#match/summary.ts';

/** The text of a log, in chunks of any size. */
export type LogText = AsyncIterable<string> | Iterable<string>;

/** Returns standard input; Ctrl-C ends it. */
export function stdin(): LogText {
  process.stdin.setEncoding('utf8');
  // In a log that is followed, Ctrl-C ends the input but not the program.
  process.once('SIGINT', () => process.stdin.destroy());
  return untilDestroyed(process.stdin);
}

async function* untilDestroyed(stream: NodeJS.ReadStream): AsyncIterable<string> {
  try {
    for await (const chunk of stream) yield String(chunk);
  } catch (error) {
    if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE')
      throw environmentError('the input cannot be read', undefined, error);
  }
}

/**
 * Returns the texts of files, with `-` for standard input; throws an environment error if one
 * cannot be read. An unterminated last record does not run into the next file.
 */
export async function* files(paths: readonly string[], separator: string): AsyncIterable<string> {
  for (const path of paths) {
    let end = separator;
    try {
      for await (const chunk of path === '-' ? stdin() : createReadStream(path, 'utf8')) {
        end = String(chunk).slice(-1);
        yield String(chunk);
      }
    } catch (error) {
      throw environmentError(`${path} cannot be read`, undefined, error);
    }
    if (end !== separator) yield separator;
  }
}

/** Splits a log into records, in batches. */
export async function* recordsIn(
  input: LogText,
  separator: '\n' | '\0',
): AsyncIterable<readonly string[]> {
  const splitter = createSplitter(separator);
  for await (const chunk of input) yield splitter.push(chunk);
  yield splitter.end();
}

/** Splits a log into records, with one record per stack trace. */
export async function* groupedLines(input: LogText): AsyncIterable<readonly string[]> {
  const grouping = createGrouping();
  for await (const lines of recordsIn(input, '\n'))
    yield lines.flatMap((line) => grouping.push(line) ?? []);
  yield [grouping.end() ?? []].flat();
}

/** Counts the records of a log by classification. */
export async function summarize(
  records: AsyncIterable<readonly string[]>,
  classify: (record: string) => Verdict,
): Promise<Summary> {
  const summary = createSummary();
  for await (const some of records)
    for (const record of some) if (record.trim() !== '') summary.add(record, classify(record));
  return summary.summary();
}
