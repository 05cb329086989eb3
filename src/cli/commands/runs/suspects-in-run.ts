import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, RunbookError } from '#errors.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { readOutput } from '#run/outputs/file/folder.ts';
import type { RunFolder } from '#run/store/file/folders.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import { type Suspect, suspectSecrets } from '#safety/redaction/suspect-secrets.ts';
import { counted } from '#text/count.ts';

/** A place in a run that may hold an undeclared secret. */
export type SuspectPlace = {
  /** An event by its number, or a file of the run with a line number. */
  readonly place: string;
  readonly rule: string;
  readonly looksLike: string;
};

/**
 * Searches the events, the outputs and the runbooks of a run, which transcripts and archives
 * contain, for unmasked text that resembles a secret. Skips the sentences of a runbook for people.
 */
export function suspectsInRun(run: RunFolder): readonly SuspectPlace[] {
  const { records } = readJournal(run.journal);
  const files = records.flatMap(({ event }) =>
    event.type === 'step.finished' ? event.outputs.map(({ file }) => file) : [],
  );
  const copies = copiesOf(run).map(({ name, path }) => ({ name, text: textOf(path) }));
  const prose = copies.flatMap(({ name, text }) => proseOf(name, text));
  const isProse = ({ found }: Suspect) =>
    prose.some((sentence) => sentence.includes(onOneLine(found)));
  const suspectsIn = (text: string) =>
    firstOfEach(suspectSecrets(text).filter((suspect) => !isProse(suspect)));
  const inFile = (file: string, text: string) =>
    suspectsIn(text).map(({ rule, looksLike, at }) => {
      const line = text.slice(0, at).split('\n').length;
      return { place: `${file}, line ${line}`, rule, looksLike };
    });
  return [
    ...records.flatMap(({ seq, event }) =>
      suspectsIn(JSON.stringify(event)).map(({ rule, looksLike }) => {
        return { place: `event ${seq}`, rule, looksLike };
      }),
    ),
    ...files.flatMap((file) => inFile(file, readOutput(run, file) ?? '')),
    ...copies.flatMap(({ name, text }) => inFile(name, text)),
  ];
}

function firstOfEach(found: readonly Suspect[]): readonly Suspect[] {
  return found.filter(
    (each, index) => found.findIndex(({ looksLike }) => looksLike === each.looksLike) === index,
  );
}

function copiesOf(run: RunFolder): readonly { readonly name: string; readonly path: string }[] {
  const inside = namesIn(run.runbooks).map((name) => {
    return { name: `runbooks/${name}`, path: join(run.runbooks, name) };
  });
  return [{ name: 'runbook.yaml', path: run.runbook }, ...inside];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** A missing file contains no secrets. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Reports suspected secrets on standard error before a record leaves the machine; with `strict` it
 * throws instead, so that nothing leaves.
 */
export function reportSuspects(run: RunFolder, strict: boolean): void {
  const suspects = suspectsInRun(run);
  if (suspects.length === 0) return;
  const lines = suspects.map(({ place, rule, looksLike }) => `  ${place}: ${looksLike} (${rule})`);
  const message = [
    `${counted(suspects.length, 'value')} in the run ${run.id} may be an undeclared secret:`,
    ...lines,
  ].join('\n');
  if (strict)
    throw new RunbookError(message, {
      code: 'undeclared-secret',
      exitCode: EXIT.unresolved,
      hint: 'nothing was written; declare it as a secret input, or review it and omit --strict',
    });
  process.stderr.write(`runbook: ${message}\n`);
}

/** The keys of a runbook whose texts are sentences for people. */
const SENTENCES: ReadonlySet<string> = new Set(
  `title summary impact description prerequisites prevention why manual finding warning none ask prompt
  hint reason read_because text`.split(/\s+/),
);

/** Returns the sentences of a runbook for people, each on one line. */
function proseOf(file: string, text: string): readonly string[] {
  const { node } = readYaml({ file, text });
  return node === undefined ? [] : sentencesIn(node, false).map(onOneLine);
}

/**
 * Returns text with every line end and white space as one space, including line ends escaped in
 * JSON.
 */
function onOneLine(text: string): string {
  return text.replace(/(?:\s|\\+n)+/g, ' ');
}

function sentencesIn(node: LocatedNode, isSentence: boolean): readonly string[] {
  if (node.kind === 'scalar') return isSentence ? [node.text] : [];
  if (node.kind === 'sequence') return node.items.flatMap((item) => sentencesIn(item, isSentence));
  return [...node.entries].flatMap(([key, { value }]) => sentencesIn(value, SENTENCES.has(key)));
}
