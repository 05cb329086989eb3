import { EXIT, usageError } from '#errors.ts';
import type { Block } from '#report/document/block.ts';
import { documentMarkdown } from '#report/document/markdown.ts';
import { runbookDocument } from '#report/document/runbook.ts';
import { stepBlocks } from '#report/document/step.ts';
import { documentText } from '#report/document/terminal.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { ownText, type Source } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { CommandLine } from '../command-spec.ts';
import { findRunbook, foldersFor, readSource } from '../library/find-runbook.ts';
import { loadRunbook } from '../library/load-runbook.ts';
import { shownPart, shownSource } from '../library/shown-runbook.ts';
import type { show as spec } from '../specs/runbooks.ts';
import { terminalSize } from '../terminal-size.ts';

/** The maximum width: longer lines are hard to read, even in a wide terminal. */
const WIDEST = 100;

/** `runbook show`: prints a runbook as a document. */
export async function show({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  if (options.markdown && options.source)
    throw usageError('--markdown and --source exclude each other');
  const source = readSource(findRunbook(argument, options.dir).file);
  const shown = { ...options, dir: foldersFor(argument, options.dir) };
  process.stdout.write(
    options.source ? shownSource(source, ownText(source)) : await documentOf(source, shown),
  );
  return EXIT.ok;
}

/** The part to show, and its format. */
type Shown = {
  readonly step?: string | undefined;
  readonly dir: readonly string[];
  readonly markdown: boolean;
};

async function documentOf(source: Source, { step, dir, markdown }: Shown): Promise<string> {
  const runbook = await loadRunbook(source, dir);
  const whole = step === undefined ? runbookDocument(runbook) : stepOf(runbook, step);
  const document = shownPart(whole, runbook);
  if (markdown) return documentMarkdown(document);
  const { stdout } = process;
  return documentText(document, {
    width: Math.max(20, Math.min(WIDEST, terminalSize()?.columns ?? 80)),
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
