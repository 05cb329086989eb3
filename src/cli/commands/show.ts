import { EXIT, usageError } from '#errors.ts';
import type { Block } from '#report/document/block.ts';
import { documentMarkdown } from '#report/document/markdown.ts';
import { runbookDocument } from '#report/document/runbook.ts';
import { stepBlocks } from '#report/document/step.ts';
import { documentText } from '#report/document/terminal.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import { onlyArgument, readArguments } from '../arguments.ts';
import type { Command } from '../commands.ts';
import { findRunbook, readSource } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';

const help = `Usage: runbook show NAME [--step ID] [--markdown | --source] [--dir FOLDER]

Prints a runbook as a document that a person can read, and follow by hand: what to look at with which
command, what the answers mean and where to go on, what to confirm before something is changed.
It goes through a pager as it is: runbook show NAME | less

      --step ID      this step only
      --markdown     as Markdown
      --source       its YAML instead
      --dir FOLDER   look for runbooks here first; any number of times`;

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;

/** `runbook show`. */
export const showCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    step: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    source: { type: 'boolean', default: false },
    dir: { type: 'string', multiple: true },
  });
  if (values.markdown && values.source)
    throw usageError('--markdown and --source are two formats: say one');
  const source = readSource(
    findRunbook(onlyArgument(positionals, 'runbook'), values.dir ?? []).file,
  );
  process.stdout.write(values.source ? source.text : await documentOf(source, values));
  return EXIT.ok;
}

/** Which part is shown, and how. */
type Shown = {
  readonly step?: string | undefined;
  readonly dir?: readonly string[] | undefined;
  readonly markdown: boolean;
};

async function documentOf(source: Source, { step, dir, markdown }: Shown): Promise<string> {
  const runbook = await loadRunbook(source, dir ?? []);
  const document = step === undefined ? runbookDocument(runbook) : stepOf(runbook, step);
  if (markdown) return documentMarkdown(document);
  const { stdout } = process;
  return documentText(document, {
    width: stdout.isTTY ? Math.max(20, Math.min(WIDEST, stdout.columns)) : 80,
    colours: stdout.isTTY && stdout.hasColors(),
  });
}

function stepOf(runbook: Runbook, id: string): readonly Block[] {
  const at = runbook.steps.findIndex((step) => step.id === id);
  const step = runbook.steps[at];
  if (step !== undefined) return stepBlocks(step, runbook, at + 1);
  const ids = runbook.steps.map((other) => other.id);
  throw usageError(`${runbook.name} has no step "${id}"`, didYouMean(id, ids));
}
