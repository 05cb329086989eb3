import { PHASES } from '#runbook/model/terms.ts';
import type { LocatedMapping, LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { definitionsOf, type StepEntry, stepsOf, textAt } from './outline.ts';
import { kindOfTarget } from './wording.ts';

/** A part of a runbook in an outline. */
export type Outline = {
  readonly name: string;
  readonly detail?: string;
  readonly kind: 'group' | 'step' | 'input' | 'target';
  readonly span: Span;
  /** The part of `span` that names it. */
  readonly selection: Span;
  readonly children: readonly Outline[];
};

/** Returns the outline of a runbook: inputs, targets, and the steps of each phase. */
export function outlineOf(root: LocatedNode | undefined): readonly Outline[] {
  return [
    ...definitions(root, 'inputs', 'input'),
    ...definitions(root, 'targets', 'target'),
    ...phases(root),
  ];
}

function definitions(
  root: LocatedNode | undefined,
  part: 'inputs' | 'targets',
  kind: 'input' | 'target',
): readonly Outline[] {
  const children = [...definitionsOf(root, part)].map(([name, { key, value }]): Outline => {
    const detail = kind === 'target' ? kindOfTarget(value) : (textAt(value, ['type']) ?? 'text');
    const span = { start: key.start, end: Math.max(key.end, value.span.end) };
    return { name, kind, span, selection: key, children: [], ...(detail && { detail }) };
  });
  return children.length === 0 ? [] : [group(part, children)];
}

function phases(root: LocatedNode | undefined): readonly Outline[] {
  const groups: { phase: string; steps: Outline[] }[] = [];
  const all = stepsOf(root);
  for (const step of all) {
    if (step.branchOf !== undefined) continue;
    const written = textAt(step.node, ['phase']);
    const last = groups.at(-1);
    const phase = written ?? last?.phase ?? PHASES[0];
    const branches = all
      .filter(({ branchOf }) => branchOf === step.id)
      .map((it) => stepItem(it, []));
    const item = stepItem(step, branches);
    if (last?.phase === phase) last.steps.push(item);
    else groups.push({ phase, steps: [item] });
  }
  return groups.map(({ phase, steps }) => group(phase, steps));
}

function stepItem({ id, idSpan, node }: StepEntry, children: readonly Outline[]): Outline {
  const title = textAt(node, ['title']);
  const span = { start: Math.min(node.span.start, idSpan.start), end: endOf(node) };
  return {
    ...{ name: id, kind: 'step', span, selection: idSpan, children },
    ...(title && { detail: title }),
  };
}

function endOf({ span, entries }: LocatedMapping): number {
  return Math.max(span.end, ...[...entries.values()].map(({ value }) => value.span.end));
}

function group(name: string, children: readonly Outline[]): Outline {
  const start = Math.min(...children.map(({ span }) => span.start));
  const end = Math.max(...children.map(({ span }) => span.end));
  const selection = children[0]?.selection ?? { start, end: start };
  return { name, kind: 'group', span: { start, end }, selection, children };
}
