import { writeFileSync } from 'node:fs';
import { EXIT, environmentError } from '../errors.ts';
import { transcriptMarkdown } from '../report/transcript-markdown.ts';
import { readJournal } from '../run/journal-read.ts';
import { readOutput } from '../run/output-read.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './commands.ts';
import { reportSuspects } from './runs/suspects-in-run.ts';
import { storeHere } from './surroundings.ts';

const help = `Usage: runbook transcript [RUN] [--output FILE] [--strict]
       runbook transcript verify [RUN] [--json]

Prints what happened in a run as Markdown: the newest run, or the one whose id begins so. What was
changed in the record since is found and said.

verify compares everything that the run kept with its journal: the chain of its lines, the digest of
every output, and the runbooks it ran. It ends with 1 when something is not as it was written.

  -o, --output FILE   write it to a file
      --strict        refuse when something in the run looks like a secret that nobody declared
      --json          what verify found, for scripts`;

/** Longer outputs stand in the run's folder; the transcript shows this much of each. */
const SHOWN_BYTES = 64 * 1024;

/** `runbook transcript`. */
export const transcriptCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  if (args[0] === 'verify') return await verify(args.slice(1));
  const { values, positionals } = readArguments(args, {
    output: { type: 'string', short: 'o' },
    strict: { type: 'boolean', default: false },
  });
  const folder = storeHere().openRun(positionals[0] ?? 'latest');
  if (values.output !== undefined || values.strict) reportSuspects(folder, values.strict);
  const { records, ...verified } = readJournal(folder.journal);
  const text = transcriptMarkdown(records, {
    outputs: (file) => readOutput(folder, file, SHOWN_BYTES),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    verified,
  });
  if (values.output === undefined) process.stdout.write(text);
  else writeTo(values.output, text);
  return EXIT.ok;
}

async function verify(args: readonly string[]): Promise<number> {
  const { verifyTranscript } = await import('./transcript-verify.ts');
  return verifyTranscript(args);
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw environmentError(`${file} cannot be written`, undefined, error);
  }
}
