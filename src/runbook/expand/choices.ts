import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedMapping, LocatedNode } from '../yaml/located.ts';
import { clausesIn, fixedText, guarded, withCondition } from './clauses.ts';

/**
 * Turns the choices of questions that say where each of them leads into a list of choices and the
 * clauses of `next`. The last choice is the default.
 */
export function withChoices(node: LocatedMapping, problems: Diagnostic[]): LocatedMapping {
  const entries = [...node.entries].map(([key, entry]) => {
    const { value } = entry;
    if ((key !== 'steps' && key !== 'finally') || value.kind !== 'sequence')
      return [key, entry] as const;
    const items = value.items.map((step) => stepWithChoices(step, problems));
    return [key, { ...entry, value: { ...value, items } }] as const;
  });
  return { ...node, entries: new Map(entries) };
}

/** Turns the choices of one step into a list and its `next`; other steps stay as they are. */
export function stepWithChoices(step: LocatedNode, problems: Diagnostic[]): LocatedNode {
  const ask = step.kind === 'mapping' ? step.entries.get('ask') : undefined;
  const choices = ask && nodeAt(ask.value, ['choices']);
  if (step.kind !== 'mapping' || ask?.value.kind !== 'mapping' || choices?.kind !== 'mapping')
    return step;
  const next = step.entries.get('next');
  if (next !== undefined)
    problems.push(
      errorAt('keys-conflict', next.key, 'each choice says where it leads', 'leave next: out'),
    );
  const listed: LocatedNode = {
    kind: 'sequence',
    span: choices.span,
    items: [...choices.entries].map(([choice, { key }]) => fixedText(choice, key)),
  };
  const clauses: LocatedNode = {
    kind: 'sequence',
    span: choices.span,
    items: clausesOf(choices, problems),
  };
  const place = ask.value.entries.get('choices')?.key ?? choices.span;
  const asked = new Map([...ask.value.entries, ['choices', { key: place, value: listed }]]);
  const entries = new Map([
    ...step.entries,
    ['ask', { ...ask, value: { ...ask.value, entries: asked } }],
    ['next', { key: place, value: clauses }],
  ]);
  return { ...step, entries };
}

function clausesOf(choices: LocatedMapping, problems: Diagnostic[]): readonly LocatedNode[] {
  const last = choices.entries.size - 1;
  return [...choices.entries].flatMap(([choice, { key, value }], index) => {
    const clauses = clausesIn(value);
    if (clauses === undefined)
      problems.push(
        errorAt('missing-key', key, `the choice "${choice}" leads nowhere`, 'write CHOICE: STEP'),
      );
    if (index === last) return clauses ?? [];
    const isChosen = `result.answer == ${JSON.stringify(choice)}`;
    return (clauses ?? []).map((clause) => {
      if (clause.kind !== 'mapping') return clause;
      const own = clause.entries.get('if')?.value;
      const condition =
        own?.kind === 'scalar' ? guarded(isChosen, own) : fixedText(isChosen, clause.span);
      return withCondition(clause, condition);
    });
  });
}
