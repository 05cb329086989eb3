import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { EXIT, usageError } from '#errors.ts';
import { createClassifier, type Verdict } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Summary } from '#match/summary.ts';
import { summaryLines } from '#match/summary-lines.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { readLibrarySymptoms } from '../library/symptoms.ts';
import { files, groupedLines, type LogText, recordsIn, stdin, summarize } from './read-log.ts';

const help = `Usage: runbook match [TEXT | FILE…] [--each] [-0] [--json] [--dir FOLDER]

Reads an error, or a whole log, and says which runbook it calls for:

  runbook match 'FATAL: sorry, too many clients already'
  runbook match /var/log/app.log
  journalctl -u app --since -1h | runbook match

Lines of one stack trace count as one record, by its deepest cause. Passwords are not shown.

      --each         a line for every record, in their order, instead of a summary; every line of the
                     input is a record then
  -0, --null         records end with NUL and may have any number of lines
      --json         for scripts; with --each one object a record
      --dir FOLDER   look for runbooks here first; any number of times

Ends with 0 when something was recognised and with 1 when nothing was.`;

/** `runbook match`. */
export const matchCommand: Command = { help, run };

/** As grep does: it is no error, and a script can ask for it. */
const NOTHING_MATCHED = EXIT.unresolved;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    each: { type: 'boolean', default: false },
    null: { type: 'boolean', short: '0', default: false },
    json: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  const library = readLibrarySymptoms(values.dir ?? []);
  const { classify } = createClassifier(library);
  const separator = values.null ? '\0' : '\n';
  const input = inputOf(positionals, separator);
  if (values.each) return await printEach(recordsIn(input, separator), classify, values.json);
  const records = values.null ? recordsIn(input, separator) : groupedLines(input);
  const found = new Set(library.map(({ runbook }) => runbook));
  const summary = await summarize(records, classify);
  const style = { found, shown: maskedLine() };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(summaryJson(summary, style), null, 2)}\n`
      : `${summaryLines(summary, style).join('\n')}\n`,
  );
  return summary.matched > 0 ? EXIT.ok : NOTHING_MATCHED;
}

function inputOf(positionals: readonly string[], separator: string): LogText {
  if (positionals.length === 0) {
    if (process.stdin.isTTY === true)
      throw usageError('there is nothing to read', 'give an error, a file, or pipe a log into it');
    return stdin();
  }
  if (positionals.every((it) => it === '-' || isFile(it))) return files(positionals, separator);
  const looksLikeFile = positionals.find((it) => /^[~./][\w./-]*$/.test(it));
  if (looksLikeFile !== undefined) throw usageError(`there is no file ${looksLikeFile}`);
  return [positionals.join(' ')];
}

function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

async function printEach(
  records: AsyncIterable<readonly string[]>,
  classify: (record: string) => Verdict,
  json: boolean,
): Promise<number> {
  const { text } = createRedactor([]);
  const shown = maskedLine();
  let matched = 0;
  for await (const some of records) {
    let lines = '';
    for (const record of some) {
      const { category, alternatives, runbook, why } = classify(record);
      if (runbook !== undefined) matched += 1;
      lines += json
        ? `${JSON.stringify({ record: text(record), category, alternatives, runbook: runbook ?? null, why })}\n`
        : `${category.padEnd(20)}  ${shown(record)}\n`;
    }
    if (lines !== '') await write(lines);
    // Nobody reads it any more.
    if (process.stdout.destroyed) break;
  }
  return matched > 0 ? EXIT.ok : NOTHING_MATCHED;
}

/** Waits for a slow reader, so that nothing piles up. */
async function write(text: string): Promise<void> {
  if (process.stdout.write(text) || process.stdout.destroyed) return;
  await once(process.stdout, 'drain').catch(() => undefined);
}

function maskedLine(): (line: string) => string {
  const { text } = createRedactor([]);
  return (line) => text(shownLine(line));
}

function summaryJson(
  { records, matched, groups }: Summary,
  { found, shown }: { found: ReadonlySet<string>; shown: (line: string) => string },
) {
  return {
    records,
    matched,
    groups: groups.map(({ evidence, first, last, ...group }) => ({
      ...group,
      available: found.has(group.runbook),
      first: first ?? null,
      last: last ?? null,
      evidence: evidence.map(({ text, count }) => ({ text: shown(text), count })),
    })),
  };
}
