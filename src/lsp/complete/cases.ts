import type { Cursor, KeyPlace, Path, ValuePlace } from '../cursor.ts';
import { type Library, readDraft } from '../document.ts';
import { stepsOf, textAt } from '../outline.ts';
import { inputsOf } from '../scope.ts';
import type { Completion } from './completion.ts';

/** The keys of an answer whose values are not steps. */
const NOT_STEPS = new Set(['with', 'because', 'evidence', 'after', 'at', 'inputs', 'clause']);

/** Returns the steps and inputs of the tested runbook that can be named at a place of a test file. */
export function completeCases(
  { word, hasColon }: Cursor,
  { kind, path }: KeyPlace | ValuePlace,
  file: string,
  library: Library,
): readonly Completion[] {
  const inCase = path[0] === 'cases' ? path.slice(2) : path;
  const names = kind === 'key' ? keysOf(inCase) : valuesOf(inCase);
  const source = names === undefined ? undefined : library.tested(file);
  if (names === undefined || source === undefined) return [];
  const { root, whole } = readDraft(source);
  const insert = (name: string) => (kind === 'value' || hasColon ? name : `${name}: `);
  if (names === 'inputs')
    return inputsOf(root).map(
      ({ name, type }): Completion => ({
        ...{ label: name, kind: 'input', detail: type, insert: insert(name), span: word },
      }),
    );
  return stepsOf(whole).map(({ id, node }): Completion => {
    const title = textAt(node, ['title']);
    const detail = title === undefined ? {} : { detail: title };
    return { label: id, kind: 'step', ...detail, insert: insert(id), span: word };
  });
}

type Names = 'steps' | 'inputs';

function keysOf(path: Path): Names | undefined {
  const [part, inner] = path;
  if (path.length === 1 && (part === 'steps' || part === 'inputs')) return part;
  if (path.length === 3 && part === 'answers' && path[2] === 'inputs') return 'inputs';
  const isOfSteps = inner === 'statuses' || inner === 'spared';
  return path.length === 2 && part === 'expect' && isOfSteps ? 'steps' : undefined;
}

function valuesOf(path: Path): Names | undefined {
  const [part, inner] = path;
  const key = String(path.at(-1));
  if (part === 'answers') return path.length === 3 && !NOT_STEPS.has(key) ? 'steps' : undefined;
  if (part !== 'expect') return undefined;
  const isOfGate = inner === 'gates' && (path.length === 3 || key === 'step');
  return isOfGate || (inner === 'path' && path.length === 3) ? 'steps' : undefined;
}
