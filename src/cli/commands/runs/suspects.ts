import { EXIT, RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { startsOfOutputs } from '#run/outputs/shown.ts';
import type { RunRecord } from '#run/store/port.ts';
import { literalsOf } from '#runbook/checks/literal-secrets.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { type Suspect, suspectSecrets } from '#safety/redaction/suspect-secrets.ts';
import { counted } from '#text/count.ts';
import { words } from '#text/words.ts';

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
export async function suspectsInRun(run: RunRecord): Promise<readonly SuspectPlace[]> {
  const { records } = await readRecords(run.journal);
  const outputs = await startsOfOutputs(run.outputs.source, records);
  const copies = await copiesOf(run, records);
  const prose = copies.flatMap(proseOf);
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
    ...[...outputs].flatMap(([file, text]) => inFile(file, text)),
    ...copies.flatMap((source) => {
      const found = inFile(source.file, source.text);
      const others = literalsIn(source).filter(
        (one) => !found.some((it) => it.place === one.place),
      );
      return [...found, ...others];
    }),
  ];
}

/** Returns the secrets that the text of a runbook holds. */
function literalsIn(source: Source): readonly SuspectPlace[] {
  return literalsOf(source).map(({ name, span }) => {
    const line = source.text.slice(0, span.start).split('\n').length;
    const looksLike = `${source.text.slice(span.start, span.start + 2)}…`;
    return { place: `${source.file}, line ${line}`, rule: name, looksLike };
  });
}

function firstOfEach(found: readonly Suspect[]): readonly Suspect[] {
  return found.filter(
    (each, index) => found.findIndex(({ looksLike }) => looksLike === each.looksLike) === index,
  );
}

/** A missing copy contains no secrets. */
async function copiesOf(
  { sources }: RunRecord,
  records: readonly RecordedEvent[],
): Promise<readonly Source[]> {
  const started = records[0]?.event;
  const children = (started?.type === 'run.started' ? started.children : undefined) ?? [];
  const missing = () => '';
  const copies = [{ file: 'runbook.yaml', text: await sources.runbook().catch(missing) }];
  for (const { name } of children)
    copies.push({
      file: `runbooks/${name}.yaml`,
      text: await sources.child(name).catch(missing),
    });
  return copies;
}

/**
 * Reports suspected secrets on standard error before a record leaves the machine; with `strict` it
 * throws instead, so that nothing leaves.
 */
export async function reportSuspects(run: RunRecord, strict: boolean): Promise<void> {
  const suspects = await suspectsInRun(run);
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
  words(`title summary impact description prerequisites prevention why manual finding warning none ask prompt
  hint reason read_because text`),
);

/** Returns the sentences of a runbook for people, each on one line. */
function proseOf(source: Source): readonly string[] {
  const { node } = readYaml(source);
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
