import type { ActionStep, Runbook, Step } from '#runbook/model/runbook.ts';
import { documentMarkdown } from './markdown.ts';
import { place } from './places.ts';
import { aboutStep, doingBlocks } from './step.ts';

/** A step whose gate is not what it was, as a person who approves the runbook has to know. */
export type GateChange = {
  readonly step: string;
  readonly title: string;
  /** E.g. `a gate now: destructive`. */
  readonly what: string;
  /** The lines of its document that only the old version has, and those that only the new one has. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
};

/** A step with a gate, or one that reads on the word of its author. */
type Guarded = {
  readonly step: Step;
  readonly kind: string;
  /** All that decides what its gate is, as the program reads it: a document could leave some out. */
  readonly facts: string;
  /** Its document, to show what differs. */
  readonly lines: readonly string[];
};

/**
 * Returns every step of two versions of a runbook whose gate differs: what it runs, where, what it
 * shows, asks for, checks and undoes, for which items and when, with the inputs, computed values and
 * targets that it names. A read that only its author calls one counts as well. What earlier steps
 * return, and which steps come before, is not compared.
 */
export function gateChanges(
  before: Runbook | undefined,
  after: Runbook | undefined,
): readonly GateChange[] {
  const old = guarded(before);
  const now = guarded(after);
  const steps = new Set([...now.keys(), ...old.keys()]);
  return [...steps].flatMap((id) => changeOf(id, old.get(id), now.get(id), after));
}

function changeOf(
  id: string,
  old: Guarded | undefined,
  now: Guarded | undefined,
  after: Runbook | undefined,
): readonly GateChange[] {
  if (old?.kind === now?.kind && old?.facts === now?.facts) return [];
  const { title } = (now ?? old)?.step ?? { title: id };
  const isStep = after !== undefined && flat(after.steps).some((step) => step.id === id);
  const what =
    now === undefined
      ? isStep
        ? 'no gate any more: it is proven to read'
        : 'the step is gone'
      : old?.kind === now.kind
        ? `its gate differs (${now.kind})`
        : `${now.kind} now${old === undefined ? '' : `, before ${old.kind}`}`;
  return [{ step: id, title, what, ...linesThatDiffer(old?.lines ?? [], now?.lines ?? []) }];
}

/** Lines that both have in the same order are the same. */
function linesThatDiffer(
  old: readonly string[],
  now: readonly string[],
): Pick<GateChange, 'gone' | 'added'> {
  const lengths = commonLengths(old, now);
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const kept = { old: new Set<number>(), now: new Set<number>() };
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) {
      kept.old.add(i++);
      kept.now.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return {
    gone: old.filter((_, index) => !kept.old.has(index)),
    added: now.filter((_, index) => !kept.now.has(index)),
  };
}

/** Returns how many lines both have in the same order, from a line of each to their ends. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array<number>(now.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      (lengths[i] ?? [])[j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  return lengths;
}

function guarded(runbook: Runbook | undefined): ReadonlyMap<string, Guarded> {
  if (runbook === undefined) return new Map();
  return new Map(
    flat(runbook.steps).flatMap((step): [string, Guarded][] => {
      const kind = kindOf(step);
      if (kind === undefined) return [];
      return [
        [step.id, { step, kind, facts: factsOf(step, runbook), lines: linesOf(step, runbook) }],
      ];
    }),
  );
}

function linesOf(step: Step, runbook: Runbook): readonly string[] {
  const text = documentMarkdown([...aboutStep(step), ...doingBlocks(step, runbook)]);
  const own = text.split('\n').filter((line) => line.trim() !== '');
  const values = (runbook.values ?? []).filter(({ name }) => text.includes(`values.${name}`));
  const targets = runbook.targets.filter(({ name }) => text.includes(`\`${name}\``));
  return [
    ...own,
    ...values.map(({ name, expression }) => `values.${name}: ${expression.text}`),
    ...targets.map((target) => `${target.name}: ${place(target, runbook.inputs)}`),
  ];
}

/** With a step go all inputs, values and targets that it names, and those that they name. */
function factsOf({ does, forEach, if: condition }: Step, runbook: Runbook): string {
  const named = [
    ...runbook.inputs.map((input) => [`inputs.${input.name}`, input] as const),
    ...(runbook.values ?? []).map((value) => [`values.${value.name}`, value] as const),
    ...runbook.targets.map((target) => [`"${target.name}"`, target] as const),
  ];
  let facts = comparable([does, forEach, condition]);
  for (let count = -1; count !== facts.length; ) {
    count = facts.length;
    for (const [name, definition] of named) {
      const text = comparable(definition);
      if (facts.includes(name) && !facts.includes(text)) facts += text;
    }
  }
  return facts;
}

/** Places in the file, and what a description says, decide nothing; of an expression its text is all. */
function comparable(value: unknown): string {
  const skipped = ['span', 'volatileAt', 'description', 'why'];
  return JSON.stringify(value, (key, part: unknown) => {
    if (skipped.includes(key)) return undefined;
    const isText = typeof part === 'object' && part !== null && 'text' in part;
    return isText && typeof part.text === 'string' ? part.text : part;
  });
}

function flat(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => [
    step,
    ...(step.does.kind === 'parallel' ? flat(step.does.steps) : []),
  ]);
}

function kindOf({ does }: Step): string | undefined {
  if (does.kind === 'wait') return believed(does.until?.readBecause);
  if (!('effect' in does)) return undefined;
  if (does.effect !== 'read') return does.effect;
  const { readBecause, preview, verify }: ActionStep = does;
  return believed(readBecause ?? preview?.readBecause ?? verify?.readBecause);
}

function believed(readBecause: string | undefined): string | undefined {
  return readBecause === undefined ? undefined : 'a read on its author’s word, without a gate';
}
