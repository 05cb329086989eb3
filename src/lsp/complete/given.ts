import { nodeAt } from '#runbook/yaml/document.ts';
import type { Cursor, KeyPlace } from '../cursor.ts';
import { type Document, definedFor, type Library, readDraft } from '../document.ts';
import { textAt } from '../outline.ts';
import { inputsOf } from '../scope.ts';
import type { Completion } from './completion.ts';

/** A value that a step or clause gives: to a runbook or to a template. */
type Given = Pick<Completion, 'label' | 'detail' | 'documentation'> & { readonly rank: number };

/** Returns the keys under `with`: the inputs of the runbook, or the parameters of the template. */
export function completeGiven(
  { root, word, hasColon }: Cursor,
  { path, mapping }: KeyPlace,
  document: Document,
  library: Library,
): readonly Completion[] {
  if (path.at(-1) !== 'with') return [];
  const around = nodeAt(root, path.slice(0, -1));
  const all = [
    ...inputsGiven(textAt(around, ['runbook']), library),
    ...parametersGiven(textAt(around, ['use']), document),
  ];
  return all
    .filter(({ label }) => !mapping.entries.has(label))
    .map((one) => ({
      ...one,
      kind: 'input',
      insert: hasColon ? one.label : `${one.label}: `,
      span: word,
    }));
}

function inputsGiven(name: string | undefined, library: Library): readonly Given[] {
  const source = name === undefined ? undefined : library.source(name);
  if (source === undefined) return [];
  return inputsOf(readDraft(source).root).map(({ name: label, type, required, description }) => ({
    label,
    detail: type,
    ...(description && { documentation: description }),
    rank: required ? 0 : 1,
  }));
}

function parametersGiven(name: string | undefined, document: Document): readonly Given[] {
  const template = name === undefined ? undefined : definedFor(document)?.templates.get(name);
  return (template?.parameters ?? []).map(({ name: label, type, default: value }) => ({
    label,
    detail: type,
    rank: value === undefined ? 0 : 1,
  }));
}
