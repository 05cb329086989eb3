import type { ActionStep, Runbook, Step } from '#runbook/model/runbook.ts';
import { documentMarkdown } from './markdown.ts';
import { place } from './places.ts';
import { doingBlocks } from './step.ts';

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

type Guarded = { readonly step: Step; readonly kind: string; readonly lines: readonly string[] };

/**
 * Returns every step of two versions of a runbook whose gate differs: what it runs, where, what it
 * shows, asks for, checks and undoes. A read that only its author calls one counts as well: it runs
 * without a gate. Other changes of a runbook are none of these.
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
  const { title } = (now ?? old)?.step ?? { title: id };
  const gone = linesOnlyIn(old, now);
  const added = linesOnlyIn(now, old);
  if (gone.length + added.length === 0 && old?.kind === now?.kind) return [];
  const isStep = after !== undefined && flat(after.steps).some((step) => step.id === id);
  const what =
    now === undefined
      ? isStep
        ? 'no gate any more: it is proven to read'
        : 'the step is gone'
      : old?.kind === now.kind
        ? `its gate differs (${now.kind})`
        : `${now.kind} now${old === undefined ? '' : `, before ${old.kind}`}`;
  return [{ step: id, title, what, gone, added }];
}

function linesOnlyIn(one: Guarded | undefined, other: Guarded | undefined): readonly string[] {
  const there = new Set(other?.lines);
  return (one?.lines ?? []).filter((line) => line.trim() !== '' && !there.has(line));
}

function guarded(runbook: Runbook | undefined): ReadonlyMap<string, Guarded> {
  if (runbook === undefined) return new Map();
  return new Map(
    flat(runbook.steps).flatMap((step): [string, Guarded][] => {
      const kind = kindOf(step);
      if (kind === undefined) return [];
      const lines = documentMarkdown(doingBlocks(step, runbook)).split('\n');
      return [[step.id, { step, kind, lines: [...lines, ...places(runbook, lines)] }]];
    }),
  );
}

/** The targets that a text names, with their addresses: another address is another gate. */
function places({ targets, inputs }: Runbook, lines: readonly string[]): readonly string[] {
  return targets
    .filter(({ name }) => lines.some((line) => line.includes(`\`${name}\``)))
    .map((target) => `${target.name}: ${place(target, inputs)}`);
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
  return readBecause === undefined ? undefined : 'read by its author’s word, without a gate';
}
