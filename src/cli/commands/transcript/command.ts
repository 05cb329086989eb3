import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { EXIT, environmentError, usageError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { TranscriptOptions } from '#report/transcript/run.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { readOutput } from '#run/outputs/file/folder.ts';
import type { RunFolder } from '#run/store/file/folders.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { drawnPath, keptRunbook } from '../../library/kept-runbook.ts';
import { storeHere } from '../../surroundings.ts';
import { reportSuspects } from '../runs/suspects-in-run.ts';

const help = `Usage: runbook transcript [RUN] [--format FORMAT] [--output FILE] [--strict]
       runbook transcript verify [RUN] [--json]

Prints what happened in a run: the newest run, or the one whose id begins so. What was changed in the
record since is found and said.

verify compares everything that the run kept with its journal: the chain of its lines, the digest of
every output, and the runbooks it ran. It ends with 1 when something is not as it was written.

      --format FORMAT     md, Markdown; html, one page that needs nothing else; json, for programs
                          (runbook schema --transcript); postmortem, a draft of one in Markdown;
                          asciicast, the lines of plain mode told again, for asciinema;
                          when left out, what the ending of FILE says, else md
  -o, --output FILE       write it to a file
      --strict            refuse when something in the run looks like a secret that nobody declared;
                          without it that is said on standard error, except on a terminal
      --json              what verify found, for scripts`;

/** Longer outputs stand in the run's folder; the transcript shows this much of each. */
const SHOWN_BYTES = 64 * 1024;

type Write = (
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
  kept: { readonly folder: RunFolder; readonly source: Source | undefined },
) => Promise<string>;

/** Each is loaded when it is asked for. */
const FORMATS: Readonly<Record<string, Write>> = {
  md: async (records, options) =>
    (await import('#report/transcript/markdown.ts')).transcriptMarkdown(records, options),
  html: async (records, options, { folder, source }) => {
    const { transcriptHtml } = await import('#report/transcript/html/page.ts');
    const graph = await drawnPath(folder, records, source);
    return transcriptHtml(records, { ...options, graph });
  },
  json: async (records, options) => {
    const { transcriptJson } = await import('#report/transcript/json.ts');
    return `${JSON.stringify(transcriptJson(records, options), null, 2)}\n`;
  },
  postmortem: async (records, options) =>
    (await import('#report/transcript/postmortem.ts')).postmortemMarkdown(records, options),
  asciicast: async (records) =>
    (await import('#report/transcript/asciicast.ts')).asciicast(records),
};

const FORMAT_OF_ENDING: Readonly<Record<string, string>> = {
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.cast': 'asciicast',
};

/** `runbook transcript`. */
export const transcriptCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  if (args[0] === 'verify') return await verify(args.slice(1));
  const { values, positionals } = readArguments(args, {
    format: { type: 'string' },
    output: { type: 'string', short: 'o' },
    strict: { type: 'boolean', default: false },
  });
  const write = writerOf(values.format ?? formatOf(values.output ?? ''));
  const folder = storeHere().openRun(positionals[0] ?? 'latest');
  // What does not stay on a terminal is sent or kept somewhere.
  const leaves = values.output !== undefined || !process.stdout.isTTY;
  if (leaves || values.strict) reportSuspects(folder, values.strict);
  const { records, ...verified } = readJournal(folder.journal);
  const source = keptRunbook(folder, records);
  const options: TranscriptOptions = {
    outputs: (file) => readOutput(folder, file, SHOWN_BYTES),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    verified,
    runbookText: source?.text,
  };
  const text = await write(records, options, { folder, source });
  if (values.output === undefined) process.stdout.write(text);
  else writeTo(values.output, text);
  return EXIT.ok;
}

function formatOf(file: string): string {
  return FORMAT_OF_ENDING[extname(file).toLowerCase()] ?? 'md';
}

function writerOf(format: string): Write {
  const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (write !== undefined) return write;
  throw usageError(
    `there is no format "${format}"`,
    didYouMean(format, Object.keys(FORMATS)) ?? `it is one of ${Object.keys(FORMATS).join(', ')}`,
  );
}

async function verify(args: readonly string[]): Promise<number> {
  const { verifyTranscript } = await import('./verify.ts');
  return verifyTranscript(args);
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : '';
    throw environmentError(`${file} cannot be written${why}`, undefined, error);
  }
}
