import { askedText } from '#events/telling/question.ts';
import type { AwaitedView, GateView, RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { awaitedLines, gateLines } from '../plain/asked.ts';
import { type PlainLine, styled, timed, under } from '../plain/line.ts';
import { actionTexts, errorTexts } from '../plain/result.ts';

/** Returns the question that a paused run waits for. */
export function pendingLines(view: RunView, columns: number): readonly PlainLine[] {
  const { awaited, gate } = view;
  const cut = interruptedLines(view);
  if (awaited === undefined && cut.length > 0) return cut;
  if (awaited === undefined) {
    const at = view.current === undefined ? 'its first step' : `“${titleOf(view, view.current)}”`;
    return [styled(`nothing: the run continues at ${at}`)];
  }
  return [
    ...cut,
    timed(awaited.at, `“${titleOf(view, awaited.step)}”: ${questionOf(awaited, gate)}`, 'bold'),
    ...under(awaited.error === undefined ? [] : errorTexts(awaited.error), 'bad'),
    // A resumed gate gets another digest.
    ...(gate === undefined
      ? []
      : gateLines({ ...gate, type: 'gate.opened' }, gate.at, columns, { isOpen: false })),
    ...questionLines(awaited, view),
  ];
}

function questionOf(awaited: AwaitedView, gate: GateView | undefined): string {
  const isRead = awaited.for === 'gate' && gate?.preview !== undefined;
  const asks = askedText(awaited);
  return isRead ? `${asks} Its rows are read again before it can be confirmed.` : asks;
}

/** Returns the question without its introduction. The screen shows the action of a start. */
function questionLines(awaited: AwaitedView, view: RunView): readonly PlainLine[] {
  if (awaited.for === 'start') return under(awaited.reason === undefined ? [] : [awaited.reason]);
  return awaitedLines({ ...awaited, type: 'operator.awaited' }, view, awaited.at).slice(1);
}

function interruptedLines(view: RunView): readonly PlainLine[] {
  return view.steps.flatMap((step) => {
    const last = step.executions.at(-1);
    if (last?.status !== 'running') return [];
    const outcome =
      step.effect === 'read' ||
      last.action.kind === 'connect' ||
      last.part === 'preview' ||
      last.part === 'verify'
        ? 'it will be read again'
        : 'its outcome is unknown';
    return [
      timed(last.startedAt, `“${step.title}” had started and not finished: ${outcome}`, 'warn'),
      ...under(actionTexts(last.action)),
    ];
  });
}
