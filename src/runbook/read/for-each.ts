import type { Names } from '../expression/known-names.ts';
import type { ForEach } from '../model/runbook.ts';
import { isSecret, type SecretNames } from '../model/secrets.ts';
import { ANY } from '../model/value-type.ts';
import type { WrittenStep } from '../schema/step-document.ts';
import type { PartReader, Path } from './part-reader.ts';

/** A step's repetition, and the names in scope of its parts. */
type Repetition = { readonly forEach: ForEach | undefined; readonly names: Names };

/** Names that an item would shadow. */
const TAKEN = ['inputs', 'values', 'targets', 'steps', 'result', 'error', 'preview', 'run'];

/** Reads the items for which a step is repeated. */
export function readForEach(
  { document }: WrittenStep,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Repetition {
  const written = 'for_each' in document ? document : undefined;
  if (written?.for_each === undefined) {
    refuseWithout(document, reader);
    return { forEach: undefined, names };
  }
  const { as = 'item' } = written;
  const concurrency = ('concurrency' in written ? written.concurrency : undefined) ?? 1;
  const { max_failures: maxFailures = 0 } = written;
  const gate = ('gate' in written ? written.gate : undefined) ?? 'each';
  const items = reader.list(['for_each'], names);
  if (TAKEN.includes(as))
    reader.report(
      'wrong-value',
      reader.span(['as']),
      `"${as}" is a reserved name`,
      'choose another name for the item',
    );
  refuseConcurrentChange(document, concurrency, reader);
  if (gate === 'all') refuseOneGate(document, as, reader);
  const secret = items?.names.find(({ path }) => isSecret(path, secrets));
  if (secret !== undefined)
    reader.report(
      'secret-in-text',
      secret.span,
      `${secret.path.join('.')} is secret, and every item would be shown`,
      'repeat the step over values that may be shown',
    );
  return {
    forEach: items && { items, as, concurrency, maxFailures, gate },
    names: { ...names, [as]: ANY },
  };
}

function refuseWithout(document: WrittenStep['document'], reader: PartReader): void {
  for (const key of ['as', 'concurrency', 'max_failures', 'gate'])
    if (key in document)
      reader.report(
        'keys-conflict',
        reader.keySpan([key]),
        `"${key}" requires for_each`,
        'add for_each: with a list, or leave it out',
      );
}

/** One gate shows the actions of all items: it reads no rows, and what it says is true of each of them. */
function refuseOneGate(document: WrittenStep['document'], as: string, reader: PartReader): void {
  const refuse = (path: Path, message: string, hint: string) =>
    reader.report('keys-conflict', reader.span(path), message, hint);
  if ('preview' in document && document.preview !== undefined)
    refuse(
      ['gate'],
      'one gate for all items reads no preview',
      'write gate: each, or leave preview: out',
    );
  if ('effect' in document && document.effect === 'read')
    refuse(['gate'], 'a read has no gate', 'leave gate: out');
  for (const key of ['phrase', 'warning'] as const) {
    const text = 'confirm' in document ? document.confirm?.[key] : undefined;
    if (text !== undefined && new RegExp(`\\$\\{\\{[^}]*\\b${as}\\b`).test(text))
      refuse(
        ['confirm', key],
        `one gate for all items cannot name one "${as}"`,
        'say what is true of all of them',
      );
  }
}

function refuseConcurrentChange(
  document: WrittenStep['document'],
  concurrency: number,
  reader: PartReader,
): void {
  const effect = 'effect' in document ? document.effect : undefined;
  const isInteractive = 'interactive' in document && document.interactive === true;
  if (concurrency === 1 || (!isInteractive && (effect === undefined || effect === 'read'))) return;
  reader.report(
    'concurrency-of-change',
    reader.span(['concurrency']),
    isInteractive
      ? 'only one script at a time can have the terminal'
      : 'only reads can run concurrently',
    'remove concurrency: the items then run one after another',
  );
}
