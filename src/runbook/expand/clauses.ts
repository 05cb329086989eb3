import type { LocatedMapping, LocatedNode, LocatedScalar } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';
import { joined, type PlacedText } from './spliced-text.ts';

/** Returns the clause that the name of a step alone is short for. */
export function clauseTo(step: LocatedScalar): LocatedMapping {
  const { span } = step;
  return { kind: 'mapping', span, entries: new Map([['goto', { key: span, value: step }]]) };
}

/** Returns the clauses that a step, a clause or a list of them stands for; undefined for others. */
export function clausesIn(written: LocatedNode): readonly LocatedNode[] | undefined {
  if (written.kind === 'sequence') return written.items;
  if (written.kind === 'mapping') return [written];
  return written.text === '' ? undefined : [clauseTo(written)];
}

/** Returns a clause with another condition in the place of its own. */
export function withCondition(clause: LocatedMapping, condition: LocatedScalar): LocatedMapping {
  const entries = new Map([...clause.entries, ['if', { key: clause.span, value: condition }]]);
  return { ...clause, entries };
}

/** Returns a condition that holds only if another one does as well. */
export function guarded(guard: string, own: LocatedScalar): LocatedScalar {
  const at = own.span.start;
  const fixed = (text: string): PlacedText => ({ text, offsets: () => at });
  const { text, offsets } = joined([fixed(`${guard} && (`), own, fixed(')')]);
  return { ...own, value: text, text, offsets };
}

/** Returns a condition that nobody has written, with the place it stands for. */
export function fixedText(text: string, span: Span): LocatedScalar {
  return { kind: 'scalar', span, value: text, text, offsets: () => span.start };
}
