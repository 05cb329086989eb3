import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { EXIT, type ExitCode, environmentError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { TranscriptOptions } from '#report/transcript/run.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { startsOfOutputs } from '#run/outputs/shown.ts';
import type { RunRecord } from '#run/store/port.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { CommandLine } from '../../command-spec.ts';
import { drawnPath, keptRunbook } from '../../library/kept-runbook.ts';
import { shownSource } from '../../library/shown-runbook.ts';
import type { transcript as spec } from '../../specs/records.ts';
import { withRun } from '../../surroundings.ts';
import { reportSuspects } from '../runs/suspects.ts';

/** The number of bytes of each output in a transcript; the run has the whole output. */
const SHOWN_BYTES = 64 * 1024;

type Format = NonNullable<CommandLine<typeof spec>['options']['format']>;

type Write = (
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
  kept: { readonly run: RunRecord; readonly source: Source | undefined },
) => Promise<string>;

/** Each is loaded on demand. */
const FORMATS: Readonly<Record<Format, Write>> = {
  md: async (records, options) =>
    (await import('#report/transcript/markdown.ts')).transcriptMarkdown(records, options),
  html: async (records, options, { run, source }) => {
    const { transcriptHtml } = await import('#report/transcript/html/page.ts');
    const graph = await drawnPath(run, records, source);
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

const FORMAT_OF_ENDING: Readonly<Record<string, Format>> = {
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.cast': 'asciicast',
};

/** `runbook transcript`: prints or writes the transcript of a run. */
export async function writeTranscript(line: CommandLine<typeof spec>): Promise<number> {
  return await withRun(line, write);
}

async function write(
  run: RunRecord,
  options: CommandLine<typeof spec>['options'],
): Promise<ExitCode> {
  const format = options.format ?? formatOf(options.output ?? '');
  // A transcript that is not shown on the terminal may be shared or stored.
  const leaves = options.output !== undefined || !process.stdout.isTTY;
  if (leaves || options.strict) await reportSuspects(run, options.strict);
  const text = await recordText(run, format);
  if (options.output === undefined) process.stdout.write(text);
  else writeTo(options.output, text);
  return EXIT.ok;
}

/** Returns the record of a run in a format. */
export async function recordText(run: RunRecord, format: Format): Promise<string> {
  const { records, ...verified } = await readRecords(run.journal);
  const source = await keptRunbook(run, records);
  const outputs = await startsOfOutputs(run.outputs.source, records, SHOWN_BYTES);
  const content: TranscriptOptions = {
    outputs: (file) => outputs.get(file),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    verified,
    runbookText: source && shownSource(source),
  };
  return await FORMATS[format](records, content, { run, source });
}

function formatOf(file: string): Format {
  return FORMAT_OF_ENDING[extname(file).toLowerCase()] ?? 'md';
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : '';
    throw environmentError(`${file} cannot be written${why}`, undefined, error);
  }
}
