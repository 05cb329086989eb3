import type { EventOf } from '#events/log/event.ts';
import { isOpening } from '#events/view/opening.ts';
import { stepOf } from '#events/view/place-in-run.ts';
import type { RunView } from '#events/view/run-view.ts';
import { aheadText } from '#events/wording/count-words.ts';
import { openingFacts } from '#events/wording/opening.ts';
import {
  briefValueTexts,
  clauseText,
  EFFECT_WORD,
  gatePlaceTexts,
  itemText,
  PHASE_NAMES,
  titleOf,
  undoText,
} from '#events/wording/phrases.ts';
import {
  changesTexts,
  leftOutTexts,
  missingColumnsTexts,
  tellingColumns,
} from '#events/wording/row-words.ts';
import { barredText, offeredClauses, undecidedText } from '#events/wording/undecided.ts';
import { counted } from '#text/count.ts';
import { harmless } from '#text/harmless.ts';
import { type PlainLine, timed, under } from './line.ts';
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

/** Returns the content of a gate, with every row that it affects. */
export function gateLines(
  gate: EventOf<'gate.opened'>,
  at: string,
  columns: number,
): readonly PlainLine[] {
  const { preview } = gate;
  return [
    timed(at, `${kindOfGate(gate)}: ${gate.title}`, 'bad'),
    ...under(gatePlaceTexts(gate)),
    ...(gate.changes === undefined
      ? []
      : under(changesTexts(gate.changes, preview?.columns ?? []), 'warn')),
    ...under(leftOutTexts(gate)),
    ...under([askedOn(gate), ...actionTexts(gate.action)]),
    ...(preview === undefined
      ? []
      : under([
          gate.part === 'undo'
            ? `${counted(preview.rows.length, 'row')}, as read before the change at ${preview.at}`
            : `${aheadText(gate.action, preview.rows.length)}, read at ${preview.at}`,
          ...tableTexts(preview, columns - 9, {
            most: preview.rows.length,
            kept: tellingColumns(gate.action, preview),
          }),
          ...missingColumnsTexts(preview),
        ])),
    ...(gate.undo === undefined ? [] : under([undoText(gate)], 'dim')),
    ...(gate.warning === undefined ? [] : under([`! ${gate.warning}`], 'warn')),
    ...(gate.notRead === undefined ? [] : under([`! ${gate.notRead}`], 'warn')),
    ...under([`digest ${gate.digest}`], 'dim'),
  ];
}

function askedOn({ operator, action: { where } }: EventOf<'gate.opened'>): string {
  return operator === undefined ? `on ${where}` : `${operator} on ${where}`;
}

/** Returns whether the gate is for the change or its undo, and whether it is a dry run. */
function kindOfGate({ effect, part, simulated }: EventOf<'gate.opened'>): string {
  const undo = part === 'undo' ? ', UNDO' : '';
  return `${simulated === true ? 'DRY RUN, ' : ''}${EFFECT_WORD[effect]}${undo}`;
}

/** Returns the question that the run waits for. */
export function awaitedLines(
  awaited: EventOf<'operator.awaited'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  if (isOpening(view)) return startLines(view, at);
  const item = awaited.item === undefined ? [] : under([itemText(awaited.item)]);
  const because = awaited.reason === undefined ? [] : under([awaited.reason], 'warn');
  const reason = [...item, ...because];
  const undecided = undecidedText(awaited);
  const prompt = under(awaited.prompt === undefined ? [] : harmless(awaited.prompt).split('\n'));
  switch (awaited.for) {
    case 'start':
      return [...reason, ...nextLines(awaited, at)];
    case 'gate':
      return [
        timed(at, 'waiting for confirmation', 'warn'),
        ...(view.gate?.items ? because : reason),
      ];
    case 'failure':
      return [timed(at, 'waiting: the step failed. What next?', 'warn'), ...reason];
    case 'unknown':
      return [
        timed(at, 'waiting: the outcome is unknown', 'warn'),
        ...reason,
        ...begunLines(awaited, view),
      ];
    case 'decision':
      return [
        timed(at, 'waiting: the runbook cannot decide what to do next', 'warn'),
        ...item,
        ...(undecided === undefined ? [] : under([undecided], 'warn')),
        ...under(briefValueTexts(awaited.values ?? []), 'dim'),
        ...under(clauseTexts(awaited, view)),
      ];
    case 'answer':
      return [timed(at, 'asks', 'warn'), ...prompt, ...reason, ...choiceLines(awaited)];
    case 'report':
      return [timed(at, 'asks you to do this by hand', 'warn'), ...prompt, ...reason];
    case 'stopped':
      return [timed(at, 'stopped', 'warn'), ...reason];
    case 'stuck':
      return [timed(at, 'waiting: this step was entered too often', 'warn'), ...reason];
  }
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
  const begun = stepOf(view, step)?.executions.findLast(({ part }) => part !== 'verify');
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
  const offered = offeredClauses(awaited).map(({ clause, shown }) => {
    const goto = shown.goto === undefined ? 'the next step' : titleOf(view, shown.goto);
    const mark = clause === awaited.clause ? ' (could not be evaluated)' : '';
    return `${clause + 1}  ${goto}, ${clauseText(shown)}${mark}`;
  });
  return [...offered, ...(barred === undefined ? [] : [barred])];
}

function choiceLines(awaited: EventOf<'operator.awaited'>): readonly PlainLine[] {
  return under((awaited.choices ?? []).map((choice, index) => `${index + 1}  ${choice}`));
}
