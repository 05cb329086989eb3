import type { EventOf } from '#events/log/event.ts';
import { alikeText, type GateTold, tellGate } from '#events/telling/gate.ts';
import { askedText, offeredBranches } from '#events/telling/question.ts';
import { isOpening } from '#events/view/opening.ts';
import { begunOf, stepOf } from '#events/view/place-in-run.ts';
import type { RunView } from '#events/view/run-view.ts';
import { openingFacts } from '#events/wording/opening.ts';
import { briefValueTexts, itemText, PHASE_NAMES } from '#events/wording/phrases.ts';
import { tellingColumns } from '#events/wording/row-words.ts';
import { barredText, undecidedText } from '#events/wording/undecided.ts';
import { harmless } from '#text/harmless.ts';
import { INDENT, type PlainLine, timed, under } from './line.ts';
import { actionTexts, tableTexts } from './result.ts';

/** Returns the gate and the question that are open. */
export function openLines(view: RunView, columns: number): readonly PlainLine[] {
  const { gate, awaited } = view;
  return [
    ...(gate === undefined ? [] : gateLines({ ...gate, type: 'gate.opened' }, gate.at, columns)),
    ...(awaited === undefined
      ? []
      : awaitedLines({ ...awaited, type: 'operator.awaited' }, view, awaited.at)),
  ];
}

/** How a gate is printed. */
type GateLook = {
  /** True for each row with all its values, instead of groups. */
  readonly isWhole?: boolean;
  /** False for a gate that cannot be confirmed: it has no digest. */
  readonly isOpen?: boolean;
};

/** Returns the content of a gate. */
export function gateLines(
  gate: EventOf<'gate.opened'>,
  at: string,
  columns: number,
  { isWhole = false, isOpen = true }: GateLook = {},
): readonly PlainLine[] {
  const told = tellGate(gate);
  return [
    timed(at, `${told.kind}: ${gate.title}`, 'bad'),
    ...under(told.place),
    ...under(told.news, 'warn'),
    ...under([told.on, ...actionTexts(gate.action, isWhole ? undefined : told.around)]),
    ...under(rowsTexts(gate, told, columns - INDENT.length, isWhole)),
    ...under(told.undo === undefined ? [] : [told.undo], 'dim'),
    ...under(
      told.warnings.map(({ text }) => `! ${text}`),
      'warn',
    ),
    ...under(isOpen ? [`digest ${gate.digest}`] : [], 'dim'),
  ];
}

function rowsTexts(
  { action, part, preview }: EventOf<'gate.opened'>,
  { rows }: GateTold,
  width: number,
  isWhole: boolean,
): readonly string[] {
  if (preview === undefined || rows === undefined) return [];
  const { ahead, table, kept, alike, isGrouped, notes } = rows;
  const most = preview.rows.length;
  const when = part === 'undo' ? 'as read before the change at' : 'read at';
  const summary = [
    ...(table.columns.length === 0 ? [] : tableTexts(table, width, { most, kept })),
    ...(alike.length === 0 ? [] : [alikeText(alike)]),
    ...(isGrouped ? ['in groups: the details list each row'] : []),
  ];
  return [
    `${ahead}, ${when} ${preview.at}`,
    ...(isWhole
      ? tableTexts(preview, width, { most, kept: tellingColumns(action, preview) })
      : summary),
    ...notes,
  ];
}

/** Returns the question that the run waits for. */
export function awaitedLines(
  awaited: EventOf<'operator.awaited'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  if (isOpening(view)) return startLines(view, at);
  const item = awaited.item === undefined ? [] : under([itemText(awaited.item)]);
  const why = awaited.for === 'decision' ? undecidedText(awaited) : awaited.reason;
  const because = why === undefined ? [] : under([why], 'warn');
  const reason = [...item, ...because];
  const prompt = under(awaited.prompt === undefined ? [] : harmless(awaited.prompt).split('\n'));
  if (awaited.for === 'start') return [...reason, ...nextLines(awaited, at)];
  return [
    timed(at, `waiting: ${askedText(awaited)}`, 'warn'),
    ...prompt,
    ...(awaited.for === 'gate' && view.gate?.items ? because : reason),
    ...(awaited.for === 'unknown' ? begunLines(awaited, view) : []),
    ...under(briefValueTexts(awaited.values ?? []), 'dim'),
    ...under(clauseTexts(awaited, view)),
    ...choiceLines(awaited),
  ];
}

/** Returns the rest of the opening page: limits, and what happens in each phase. */
function startLines(view: RunView, at: string): readonly PlainLine[] {
  const { given, limits, phases } = openingFacts(view);
  return [
    timed(at, 'ready to start: reads run by themselves until a decision is needed'),
    ...(limits.length === 0 ? [] : under([`limits: ${limits.join(' · ')}`])),
    ...under(given.map(([name, text]) => `${name}: ${text}`)),
    ...under(phases.map(({ phase, text }) => `${PHASE_NAMES[phase]}: ${text}`)),
  ];
}

/** Returns the complete action that had started: the operator who resumes has not seen its gate. */
function begunLines({ step }: EventOf<'operator.awaited'>, view: RunView): readonly PlainLine[] {
  const begun = begunOf(stepOf(view, step));
  if (begun === undefined) return [];
  return under([`it ran on ${begun.action.where}:`, ...actionTexts(begun.action)]);
}

function nextLines(awaited: EventOf<'operator.awaited'>, at: string): readonly PlainLine[] {
  const { action } = awaited;
  if (action === undefined) return [];
  return [timed(at, `next, on ${action.where}`, 'dim'), ...under(actionTexts(action))];
}

function clauseTexts(awaited: EventOf<'operator.awaited'>, view: RunView): readonly string[] {
  const barred = barredText(awaited, view);
  const offered = offeredBranches(awaited, view).map(
    ({ clause, leads, when }) => `${clause + 1}  ${leads}, ${when}`,
  );
  return [...offered, ...(barred === undefined ? [] : [barred])];
}

function choiceLines(awaited: EventOf<'operator.awaited'>): readonly PlainLine[] {
  return under((awaited.choices ?? []).map((choice, index) => `${index + 1}  ${choice}`));
}
