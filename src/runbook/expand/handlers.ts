import { ACTION_KIND_NAMES, CHANGING_KINDS } from '../kinds/action-kinds.ts';
import { PHASES } from '../model/terms.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedMapping, LocatedNode, LocatedScalar } from '../yaml/located.ts';
import { clauseTo, fixedText, guarded, withCondition } from './clauses.ts';

/** The keys of handlers, and the condition under which their clauses apply. */
const HANDLERS = {
  on_error: 'error.kind != "none" && error.kind != "declined"',
  on_declined: 'error.kind == "declined"',
} as const;

/** The kinds of step that can fail or be declined. */
const CAN_FAIL = [...ACTION_KIND_NAMES, 'wait', 'runbook', 'parallel'];

/**
 * Adds the clauses of the handlers of a runbook and its phases to the `next` of every step that can
 * fail, behind its own conditions and those of its phase before those of the runbook.
 */
export function withHandlers(node: LocatedMapping): LocatedMapping {
  const steps = node.entries.get('steps');
  if (steps?.value.kind !== 'sequence' || !hasHandlers(node)) return node;
  let phase = 'diagnose';
  const items = steps.value.items.map((step) => {
    const own = nodeAt(step, ['phase']);
    if (own?.kind === 'scalar' && PHASES.some((one) => one === own.text)) phase = own.text;
    if (step.kind !== 'mapping' || !canFail(step)) return step;
    const places = [nodeAt(node, ['phases', phase]), node];
    const added = places.flatMap((place) => (place === undefined ? [] : handlersOf(place, step)));
    return added.length === 0 ? step : withClauses(step, added);
  });
  const entries = new Map(node.entries);
  entries.set('steps', { ...steps, value: { ...steps.value, items } });
  return { ...node, entries };
}

function hasHandlers(node: LocatedMapping): boolean {
  return ['phases', ...Object.keys(HANDLERS)].some((key) => node.entries.has(key));
}

function canFail(step: LocatedMapping): boolean {
  return CAN_FAIL.some((kind) => step.entries.has(kind));
}

/** A read that is declared is never declined. */
function handlersOf(place: LocatedNode, step: LocatedMapping): readonly LocatedMapping[] {
  const effect = nodeAt(step, ['effect']);
  const isRead = effect?.kind === 'scalar' && effect.text === 'read';
  return (['on_error', 'on_declined'] as const).flatMap((key) => {
    const written = nodeAt(place, [key]);
    if (written === undefined || (key === 'on_declined' && (isRead || !isAction(step)))) return [];
    if (written.kind === 'scalar') return [handler(key, clauseTo(written))];
    const clauses = written.kind === 'sequence' ? written.items : [];
    return clauses.flatMap((clause) => (clause.kind === 'mapping' ? handler(key, clause) : []));
  });
}

function isAction(step: LocatedMapping): boolean {
  return CHANGING_KINDS.some((kind) => step.entries.has(kind));
}

/** Returns a clause that applies only to an error, or only if the gate was declined. */
function handler(key: keyof typeof HANDLERS, clause: LocatedMapping): LocatedMapping {
  const own = clause.entries.get('if')?.value;
  const condition =
    own?.kind === 'scalar' ? onlyAfter(key, own) : fixedText(HANDLERS[key], clause.span);
  return { ...withCondition(clause, condition), isHandler: true };
}

/** A condition about one kind of error says by itself when it applies. */
const ABOUT_KIND = /^\s*error\.kind\s*(?:==\s*"(?!none"|declined")[\w]+"|in\s*\[[^\]]*\])\s*$/;

function onlyAfter(key: keyof typeof HANDLERS, own: LocatedScalar): LocatedScalar {
  const isEnough = key === 'on_error' && ABOUT_KIND.test(own.text);
  return isEnough ? own : guarded(HANDLERS[key], own);
}

/** The default is not used after a failure, and stays the last clause. */
function withClauses(step: LocatedMapping, added: readonly LocatedMapping[]): LocatedMapping {
  const next = step.entries.get('next');
  const [place] = added;
  const key = next?.key ?? place?.span ?? step.span;
  const own = next === undefined ? [] : clausesOf(next.value);
  if (own === undefined) return step;
  const last = own.at(-1);
  const isDefault = last?.kind === 'mapping' && !last.entries.has('if');
  const items = isDefault ? [...own.slice(0, -1), ...added, last] : [...own, ...added];
  const value: LocatedNode = { kind: 'sequence', span: next?.value.span ?? key, items };
  return { ...step, entries: new Map([...step.entries, ['next', { key, value }]]) };
}

function clausesOf(next: LocatedNode): readonly LocatedNode[] | undefined {
  if (next.kind === 'sequence') return next.items;
  return next.kind === 'scalar' ? [clauseTo(next)] : undefined;
}
