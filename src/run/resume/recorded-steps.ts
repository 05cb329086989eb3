import { keyOf } from '#events/log/action-key.ts';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import { connected, edited } from '#machine/context/frames.ts';
import { type AnswerKept, answerForm, withAnswer } from '#machine/context/kept-answer.ts';
import { factsOf } from '#machine/context/step-facts.ts';
import type { MachineContext, Visit } from '#machine/context.ts';
import type { RecordedSteps } from '#machine/enter-at.ts';
import type { MachineEvent } from '#machine/event.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';

/** An event with what it tells the machine, if anything. */
export type Told = { readonly event: RunEvent; readonly input: MachineEvent | undefined };

/**
 * Returns the steps of the run's own runbook as recorded events have them: results, visits, inputs,
 * targets. Takes them from the record and decides nothing. A result that only a fold of the machine
 * would know, such as that of a list, is missing, so that a condition on it asks the operator.
 */
export function recordedSteps(
  runbook: Runbook,
  context: MachineContext,
  told: readonly Told[],
): RecordedSteps {
  const results = new Map<string, Visit['result']>();
  let known: MachineContext = { ...context, frames: {} };
  let field: string | undefined;
  for (const one of told) {
    known = withInput(known, one);
    const { event } = one;
    if (event.type === 'operator.awaited') field = event.field?.name;
    if (!('step' in event) || event.step === undefined || event.step.includes('/')) continue;
    if (event.type === 'step.entered') results.delete(event.step);
    const asked = placedSteps(runbook).get(event.step);
    const result = resultOf(one, known, results.get(event.step), asked && answerForm(asked, field));
    if (result !== undefined) results.set(event.step, result);
    known = withStep(known, event, results);
  }
  const { auto, inputs, steps, targets, visits } = known;
  return { auto, inputs, steps, targets, visits };
}

function withInput(known: MachineContext, { event, input }: Told): MachineContext {
  if (input?.type === 'CONNECTED') return connected(known, input.target, input.facts);
  if (input?.type === 'AUTO') return { ...known, auto: input.on };
  const isOwn = event.type === 'operator.acted' && !event.step.includes('/');
  return isOwn && input !== undefined && 'inputs' in input ? edited(known, '', input) : known;
}

function resultOf(
  { event, input }: Told,
  known: MachineContext,
  before: Visit['result'],
  form: AnswerKept | undefined,
): Visit['result'] {
  if (event.type === 'child.finished')
    return { ...event.outputs, outcome: event.outcome, findings: event.findings };
  if (event.type === 'step.finished')
    return event.part === 'action' && event.item === undefined ? event.result : undefined;
  if (input?.type === 'MARK_DONE') return { evidence: input.evidence };
  if (form === undefined || (input?.type !== 'ANSWER' && input?.type !== 'REPORT'))
    return undefined;
  const visit = { attempt: 1, ...(before && { result: before }) };
  return withAnswer({ ...known, visit }, input, form).visit?.result;
}

function withStep(
  known: MachineContext,
  event: RunEvent,
  results: ReadonlyMap<string, Visit['result']>,
): MachineContext {
  const { steps, visits } = known;
  switch (event.type) {
    case 'step.entered':
      return { ...known, visits: { ...visits, [event.step]: event.visit } };
    case 'step.settled':
      return {
        ...known,
        steps: { ...steps, [event.step]: settled(event, results.get(event.step)) },
      };
    case 'step.skipped':
      return { ...known, steps: { ...steps, [event.step]: { status: 'skipped' } } };
    default:
      return known;
  }
}

function settled({ status, error }: EventOf<'step.settled'>, result: Visit['result']) {
  const visit = { attempt: 1, ...(result && { result }), ...(error && { error }) };
  return factsOf(visit, status);
}

/** The last step of the run's own runbook that was entered. */
export type LastStep = {
  readonly step: string;
  /** The last step that ended before it. */
  readonly after: string | undefined;
  /** A change of it has started, and the record has no end of the step. */
  readonly isUnknown: boolean;
  /** The action of it that had started and not finished. */
  readonly interrupted: EventOf<'run.resumed'>['interrupted'];
};

/** Returns the last step that was entered, or undefined if none was. */
export function lastStep(records: readonly RecordedEvent[]): LastStep | undefined {
  const events = records.map(({ event }) => event);
  const at = events.findLastIndex(entersStep);
  const entered = events[at];
  if (entered === undefined || !entersStep(entered)) return undefined;
  const own = events.slice(at);
  const open = new Map<string, EventOf<'step.started'>>();
  for (const event of own) {
    if (event.type === 'step.started') open.set(keyOf(event), event);
    if (event.type === 'step.finished') open.delete(keyOf(event));
  }
  const changes = own.some((event) => event.type === 'step.started' && event.effect !== 'read');
  const [begun] = [...open.values()].toSorted((a) => (a.effect === 'read' ? 1 : -1));
  return {
    step: entered.step,
    after: events.slice(0, at).findLast(endsStep)?.step,
    isUnknown: changes && !own.some(endsStep),
    interrupted: begun && { step: begun.step, part: begun.part, effect: begun.effect },
  };
}

/** Returns whether an event enters a step of the run's own runbook. */
export function entersStep(event: RunEvent): event is EventOf<'step.entered'> {
  return event.type === 'step.entered' && !event.step.includes('/');
}

function endsStep(event: RunEvent): event is EventOf<'step.settled' | 'step.skipped'> {
  const isEnd = event.type === 'step.settled' || event.type === 'step.skipped';
  return isEnd && !event.step.includes('/');
}
