import type { AwaitedFor } from '#events/log/event.ts';
import type { AwaitedView, GateView, RunView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { awaitedLines, gateLines } from '../plain/asked.ts';
import { type PlainLine, styled, timed, under } from '../plain/line.ts';
import { actionTexts, errorTexts } from '../plain/result.ts';

const QUESTION: { readonly [F in AwaitedFor]: string } = {
  start: 'Shall it be run?',
  gate: 'Shall this be run?',
  failure: 'It failed. What now?',
  decision: 'The runbook cannot decide. Which way?',
  unknown: 'It may or may not have taken effect. What now?',
  answer: 'It asks:',
  report: 'Is it done?',
  stopped: 'It was stopped. What now?',
  stuck: 'It was entered too often. What now?',
};

/** Returns the question that a paused run waits for. */
export function pendingLines(view: RunView, columns: number): readonly PlainLine[] {
  const { awaited, gate } = view;
  const cut = interruptedLines(view);
  if (awaited === undefined && cut.length > 0) return cut;
  if (awaited === undefined) {
    const at = view.current === undefined ? 'its first step' : `“${titleOf(view, view.current)}”`;
    return [styled(`nothing: it goes on by itself at ${at}`)];
  }
  return [
    ...cut,
    timed(awaited.at, `“${titleOf(view, awaited.step)}”: ${questionOf(awaited, gate)}`, 'bold'),
    ...under(awaited.error === undefined ? [] : errorTexts(awaited.error), 'bad'),
    ...(gate === undefined ? [] : putLines(gate, columns)),
    ...questionLines(awaited, view),
  ];
}

function questionOf({ for: what }: AwaitedView, gate: GateView | undefined): string {
  const isRead = what === 'gate' && gate?.preview !== undefined;
  return isRead
    ? `${QUESTION.gate} Its rows are read again before it can be confirmed.`
    : QUESTION[what];
}

/** Returns the content of a gate, without its digest: a resumed gate gets another one. */
function putLines(gate: GateView, columns: number): readonly PlainLine[] {
  return gateLines({ ...gate, type: 'gate.opened' }, gate.at, columns).filter(
    ({ text }) => text.trim() !== `digest ${gate.digest}`,
  );
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
      step.effect === 'read' || last.part === 'preview' || last.part === 'verify'
        ? 'it is read again'
        : 'what it did is unknown';
    return [
      timed(last.startedAt, `“${step.title}” had started and not ended: ${outcome}`, 'warn'),
      ...under(actionTexts(last.action)),
    ];
  });
}
