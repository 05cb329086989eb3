import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { ACTION_KIND_NAMES, isActionKind } from '../kinds/action-kinds.ts';
import { scriptOptions } from '../kinds/shell.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';

/** The parts of a step that can name another step whose read they repeat, by the key that names it. */
const REPEATING = { verify: 'again', wait: 'again', preview: 'from' } as const;

type Part = keyof typeof REPEATING;

/** The keys of a read that are taken from the other step. */
const TAKEN = [...ACTION_KIND_NAMES, ...Object.keys(scriptOptions), 'on', 'read_because'];

/** Keys of a step that its repeated read cannot have. */
const NOT_TAKEN = ['for_each', 'interactive'];

/**
 * Returns a document in which each `again: STEP` and `from: STEP` is the read of that step; what cannot
 * be repeated is reported. Places lead to the text of that step.
 */
export function withRepeatedReads(root: LocatedNode, problems: Diagnostic[]): LocatedNode {
  const lists = ['steps', 'finally'].map((key) => ({ key, list: nodeAt(root, [key]) }));
  const steps = lists.flatMap(({ list }) => (list?.kind === 'sequence' ? list.items : []));
  const before = new Map<string, LocatedMapping>();
  const all = new Set(steps.flatMap((step) => idOf(step) ?? []));
  return lists.reduce((whole, { key, list }) => {
    if (whole.kind !== 'mapping' || list?.kind !== 'sequence') return whole;
    const items = list.items.map((step) => {
      const read = withParts(step, {
        before,
        all,
        problems,
        isRepeated: nodeAt(step, ['for_each']) !== undefined,
      });
      note(step, before);
      return read;
    });
    const isSame = items.every((item, index) => item === list.items[index]);
    return isSame ? whole : replaced(whole, key, { ...list, items });
  }, root);
}

type Around = {
  /** The steps above, and their branches, by ID. */
  readonly before: ReadonlyMap<string, LocatedMapping>;
  readonly all: ReadonlySet<string>;
  /** True if the step runs for each item of a list: what it repeats may name the item. */
  readonly isRepeated: boolean;
  readonly problems: Diagnostic[];
};

function withParts(step: LocatedNode, around: Around): LocatedNode {
  if (step.kind !== 'mapping') return step;
  return (Object.keys(REPEATING) as Part[]).reduce((result, part) => {
    const written = nodeAt(result, [part]);
    const name = nodeAt(result, [part, REPEATING[part]]);
    if (written?.kind !== 'mapping' || name?.kind !== 'scalar') return result;
    const read = readOf(written, REPEATING[part], name, around);
    if (read === undefined) return result;
    // The target of a wait belongs to its step.
    const { on, ...taken } = read;
    const isWait = part === 'wait';
    const own = merged(written, REPEATING[part], isWait ? taken : read);
    const placed = replaced(result, part, own);
    return isWait && on !== undefined && !result.entries.has('on')
      ? { ...placed, entries: new Map([...placed.entries, ['on', on]]) }
      : placed;
  }, step);
}

type Entry = LocatedMapping['entries'] extends ReadonlyMap<string, infer E> ? E : never;

function readOf(
  written: LocatedMapping,
  key: string,
  name: LocatedNode & { readonly kind: 'scalar' },
  { before, all, problems, isRepeated }: Around,
): Readonly<Record<string, Entry>> | undefined {
  const report = (message: string, hint: string | undefined, span: Span = name.span) => {
    problems.push(errorAt('keys-conflict', span, message, hint));
    return undefined;
  };
  const beside = ACTION_KIND_NAMES.find((kind) => written.entries.has(kind));
  if (beside !== undefined)
    return report(
      `${key} repeats a read, and there is ${beside} as well`,
      'keep one of them',
      written.entries.get(beside)?.key,
    );
  const step = before.get(name.text);
  if (step === undefined) {
    const isLater = all.has(name.text);
    problems.push(
      isLater
        ? errorAt(
            'step-not-before',
            name.span,
            `"${name.text}" does not come before this step`,
            'move it up, or write the read out',
          )
        : errorAt(
            'unknown-step',
            name.span,
            `there is no step "${name.text}"`,
            didYouMean(name.text, before.keys()),
          ),
    );
    return undefined;
  }
  const other = NOT_TAKEN.find(
    (one) => step.entries.has(one) && !(one === 'for_each' && isRepeated),
  );
  if (other !== undefined)
    return report(
      `"${name.text}" has ${other}, which cannot be repeated here`,
      'write the read out',
    );
  if (step.entries.get('on')?.value.kind === 'mapping')
    return report(
      `"${name.text}" has an address of its own, which cannot be repeated here`,
      'write the read out',
    );
  const taken = TAKEN.flatMap((one): [string, Entry][] => {
    const entry = step.entries.get(one);
    return entry === undefined ? [] : [[one, entry]];
  });
  return taken.some(([one]) => isActionKind(one))
    ? Object.fromEntries(taken)
    : report(`"${name.text}" reads nothing that could be repeated`, 'name a step that reads');
}

/** Returns a mapping with more keys and without one of its own; its other keys stay. */
function merged(
  { entries, ...mapping }: LocatedMapping,
  without: string,
  more: Readonly<Record<string, Entry>>,
): LocatedMapping {
  const own = [...entries].filter(([key]) => key !== without);
  return { ...mapping, entries: new Map([...Object.entries(more), ...own]) };
}

function replaced(mapping: LocatedMapping, key: string, value: LocatedNode): LocatedMapping {
  const entries = new Map(mapping.entries);
  const entry = entries.get(key);
  if (entry !== undefined) entries.set(key, { ...entry, value });
  return { ...mapping, entries };
}

function note(step: LocatedNode, before: Map<string, LocatedMapping>): void {
  const inner = nodeAt(step, ['parallel']);
  for (const one of [step, ...(inner?.kind === 'sequence' ? inner.items : [])]) {
    const id = idOf(one);
    if (one.kind === 'mapping' && id !== undefined) before.set(id, one);
  }
}

function idOf(step: LocatedNode): string | undefined {
  const id = nodeAt(step, ['id']);
  return id?.kind === 'scalar' ? id.text : undefined;
}
