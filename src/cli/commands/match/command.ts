import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { EXIT, usageError } from '#errors.ts';
import { createClassifier, type Verdict } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Summary } from '#match/summary.ts';
import { matchLines } from '#match/summary-lines.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { padTo } from '#text/width.ts';
import type { CommandLine } from '../../command-spec.ts';
import { readLibrarySymptoms } from '../../library/symptoms.ts';
import type { match as spec } from '../../specs/incident.ts';
import { files, groupedLines, type LogText, recordsIn, stdin, summarize } from './read-log.ts';

/** Exit code 1, as grep does when nothing matches. */
const NOTHING_MATCHED = EXIT.unresolved;

/** `runbook match`: prints the runbooks suggested for an error or a log. */
export async function match({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const library = readLibrarySymptoms(options.dir);
  const { classify } = createClassifier(library);
  const separator = options.null ? '\0' : '\n';
  const input = inputOf(argument, separator);
  if (options.each) return await printEach(recordsIn(input, separator), classify, options.json);
  const records = options.null ? recordsIn(input, separator) : groupedLines(input);
  const found = new Set(library.map(({ runbook }) => runbook));
  const summary = await summarize(records, classify);
  const style = { found, shown: maskedLine() };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(summaryJson(summary, style), null, 2)}\n`
      : `${matchLines(summary, style).join('\n')}\n`,
  );
  return summary.groups.some(({ weak }) => !weak) ? EXIT.ok : NOTHING_MATCHED;
}

function inputOf(positionals: readonly string[], separator: string): LogText {
  if (positionals.length === 0) {
    if (process.stdin.isTTY === true)
      throw usageError('no input', 'pass an error or a file, or pipe a log to standard input');
    return stdin();
  }
  if (positionals.every((it) => it === '-' || isFile(it))) return files(positionals, separator);
  const looksLikeFile = positionals.find((it) => /^[~./][\w./-]*$/.test(it));
  if (looksLikeFile !== undefined) throw usageError(`file not found: ${looksLikeFile}`);
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
        : `${padTo(category, 22)}${shown(record)}\n`;
    }
    if (lines !== '') await write(lines);
    // The reader is gone.
    if (process.stdout.destroyed) break;
  }
  return matched > 0 ? EXIT.ok : NOTHING_MATCHED;
}

/** Waits for a slow reader, so that output does not accumulate. */
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
