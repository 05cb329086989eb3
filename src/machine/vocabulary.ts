import { assertEvent, assign, setup } from 'xstate';
import type { StepPart } from '#events/log/event.ts';
import type { OutcomeCheck } from '#events/log/parts.ts';
import { isPhrase } from '#runbook/model/confirm-phrase.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { afterFailedCheck, isFromOtherServer, type StepError } from '#runbook/model/step-error.ts';
import type { Hash } from '#safety/actions/digest.ts';
import { callChild, type Outside, returnFromChild, withChild } from './context/child-runbook.ts';
import { choicesOf, listedChoices } from './context/choices.ts';
import {
  chosenRows,
  type LeavingOut,
  leaveOut,
  leavingOut,
  needsNone,
} from './context/chosen-rows.ts';
import { connected, edited, visitOf, withVisit } from './context/frames.ts';
import {
  endItem,
  endRow,
  hasMoreItems,
  isWithinBudget,
  listItems,
  resultOfItems,
  takeFailedItem,
  takeItem,
} from './context/items.ts';
import { type AnswerKept, withAnswer } from './context/kept-answer.ts';
import { connectionOf, forgotten, nextLook, withFound } from './context/looking.ts';
import {
  hasServerChanged,
  narrowed,
  type Recheck,
  recheck,
  withPreview,
} from './context/rechecking.ts';
import { checkOf, executionOf } from './context/rendering.ts';
import { retriesAfter } from './context/retry.ts';
import { isTrueOf } from './context/scope.ts';
import { hasTogether, keepTogether, propose, withoutTogether } from './context/together.ts';
import { beginUndo, keepUndoable, markUndone } from './context/undoing.ts';
import {
  rechecked,
  withCheck,
  withSettled,
  withUndone,
  withUnsettled,
} from './context/unsettled.ts';
import { afterBranches, enterStep, settleStep, withoutError } from './context/visit.ts';
import type { ChildEnd, MachineContext, MachineInput, SettledStatus, Visit } from './context.ts';
import type { Arm, Await, Call, DecidedEvent, Execute, OpenGate, Refuse } from './effect.ts';
import type { MachineEvent } from './event.ts';
import { type Acting, isActing, type Placed, placedSteps } from './placed-step.ts';
import { POSSIBILITY } from './possible-events.ts';
import type { StepParams } from './step-of.ts';

/** Returns the guards and actions of a runbook's machine. */
export function vocabularyOf(runbook: Runbook, hash: Hash, { openChild, isSecret }: Outside) {
  const steps = placedSteps(runbook);
  const stepOf = ({ step, slot }: StepParams): Placed => {
    const found = steps.get(step);
    if (found === undefined) throw new Error(`the machine names a step it has not got: ${step}`);
    return { ...found, slot };
  };
  const actingOf = (params: StepParams): Acting => {
    const step = stepOf(params);
    if (!isActing(step))
      throw new Error(`the machine executes a step that does nothing: ${step.id}`);
    return step;
  };
  const isVerified = (context: MachineContext, event: MachineEvent, params: StepParams) => {
    const step = stepOf(params);
    const check = checkOf(step);
    assertEvent(event, 'SUCCEEDED');
    return check !== undefined && isTrueOf(context, step, check.until, event.result);
  };
  return setup({
    types: {} as { context: MachineContext; events: MachineEvent; input: MachineInput },
    guards: {
      ...POSSIBILITY,
      skips: ({ context }, { slot }: StepParams) => visitOf(context, slot).skip !== undefined,
      isHeld: ({ context }, { slot }: StepParams) => visitOf(context, slot).held !== undefined,
      hasError: ({ context }) => context.visit.error !== undefined,
      hasEnded: ({ context }, { slot }: StepParams) => {
        const { ended } = visitOf(context, slot);
        return ended !== undefined && ended !== 'failed';
      },
      isOfAnother: ({ context, event }, { step, slot }: StepParams) => {
        assertEvent(event, ['SUCCEEDED', 'FAILED', 'UNKNOWN', 'TIMER']);
        return event.step !== step || event.item !== visitOf(context, slot).item?.index;
      },
      runsByItself: ({ context }) =>
        context.auto && !context.stopping && context.visit.held === undefined,
      mayRun: ({ context }) => context.visit.held === undefined,
      leavesByClause: ({ context: { stopping, visit } }, params: { clause: number }) =>
        !stopping &&
        visit.refusedLogin !== true &&
        visit.decision?.kind === 'clause' &&
        visit.decision.clause === params.clause,
      leavesInOrder: ({ context: { stopping, visit } }) =>
        !stopping && visit.decision?.kind === 'order',
      turnsAutoOn: ({ event }) => {
        assertEvent(event, 'AUTO');
        return event.on;
      },
      retries: ({ context, event }, params: StepParams) => {
        assertEvent(event, 'FAILED');
        if (context.stopping) return false;
        const { attempt } = visitOf(context, params.slot);
        return retriesAfter(actingOf(params).does.retry, event.error, attempt);
      },
      meetsExpectation: ({ context, event }, params: StepParams) => {
        const step = actingOf(params);
        const { expect } = step.does;
        assertEvent(event, 'SUCCEEDED');
        return expect === undefined || isTrueOf(context, step, expect, event.result);
      },
      hasConnected: ({ context }, { slot }: StepParams) =>
        visitOf(context, slot).isConnecting === true,
      needsNoConnection: ({ context }, { slot }: StepParams) =>
        visitOf(context, slot).isConnecting !== true,
      cannotPropose: ({ context }) => context.visit.pending === undefined,
      cannotCall: ({ context }) => context.visit.error !== undefined,
      findsNothing: ({ context, event }, params: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        return chosenRows(context, actingOf(params), event.result).row_count === 0;
      },
      needsNone: ({ context, event }, params: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        return needsNone(context, actingOf(params), event.result);
      },
      leavesOut: ({ context, event }, params: StepParams & { as: LeavingOut }) => {
        assertEvent(event, 'LEAVE_OUT');
        return leavingOut(context, actingOf(params), event, hash) === params.as;
      },
      serverChanged: ({ context }, params: StepParams & { part: 'action' | 'undo' }) =>
        hasServerChanged(context, actingOf(params), params.part),
      isOnOtherServer: ({ event }) => {
        assertEvent(event, 'FAILED');
        return isFromOtherServer(event.error);
      },
      rechecks: ({ context, event }, params: StepParams & { as: Recheck }) => {
        assertEvent(event, 'SUCCEEDED');
        return recheck(context, actingOf(params), event.result, hash) === params.as;
      },
      confirms: ({ context, event }) => {
        const { pending } = context.visit;
        assertEvent(event, 'CONFIRM');
        if (pending === undefined || event.otherRun !== undefined) return false;
        const rightPhrase = pending.phrase === undefined || isPhrase(event.phrase, pending.phrase);
        return event.digest === pending.digest && rightPhrase;
      },
      isVerified: ({ context, event }, params: StepParams) => isVerified(context, event, params),
      isVerifiedByItself: ({ context, event }, params: StepParams) =>
        context.visit.rechecking === 'by-itself' && isVerified(context, event, params),
      hasTimeLeft: ({ context, event }, params: StepParams) => {
        const within = checkOf(stepOf(params))?.withinMs ?? 0;
        assertEvent(event, ['SUCCEEDED', 'FAILED']);
        return !context.stopping && event.elapsedMs < within;
      },
      isRechecking: ({ context }) => context.visit.rechecking !== undefined,
      looksFirst: ({ context: { looksFirst, stopping }, event }) => {
        assertEvent(event, ['UNKNOWN', 'INTERRUPTED']);
        const isUnknown = event.type === 'UNKNOWN' || event.started;
        return isUnknown && looksFirst === true && !stopping;
      },
      wasStarted: ({ event }) => {
        assertEvent(event, 'INTERRUPTED');
        return event.started;
      },
      hasChoices: ({ context }, params: StepParams & Pick<AnswerKept, 'field'>) =>
        choicesOf(context, stepOf(params), params.field).ok,
      isAnswer: ({ context, event }, params: StepParams & AnswerKept) => {
        assertEvent(event, 'ANSWER');
        if (params.number) return event.value.trim() !== '' && Number.isFinite(Number(event.value));
        const choices = listedChoices(context, stepOf(params), params.field);
        const isNone = event.value === '' && params.asksInput;
        return choices.length === 0 || isNone || choices.includes(event.value);
      },
      hasMoreItems: ({ context }) => hasMoreItems(context),
      hasNoItem: ({ context }, { slot }: StepParams) => visitOf(context, slot).item === undefined,
      hasUnaskedItem: ({ context }) => (context.visit.loop?.unasked.length ?? 0) > 0,
      isConfirmedTogether: ({ context }) => hasTogether(context),
      looksFurther: ({ context }, params: StepParams) =>
        nextLook(context, actingOf(params)) !== undefined,
      isWithinBudget: ({ context }, params: StepParams) => isWithinBudget(context, stepOf(params)),
    },
    actions: {
      executeRead: (_, __: Execute | undefined) => {},
      executeChange: (_, __: Execute) => {},
      openGate: (_, __: OpenGate | undefined) => {},
      await: (_, __: Await | undefined) => {},
      record: (_, __: DecidedEvent) => {},
      refuse: (_, __: Refuse) => {},
      arm: (_, __: Arm) => {},
      call: (_, __: Call) => {},
      enter: assign(({ context }, params: StepParams) => enterStep(context, stepOf(params))),
      settle: assign(({ context }, params: StepParams & { status: SettledStatus }) =>
        settleStep(withSettled(context, params.step, params.status), stepOf(params), params.status),
      ),
      /** A step done by hand has the operator's evidence as its result, and no error. */
      markDone: assign(({ context, event }) => {
        assertEvent(event, 'MARK_DONE');
        const { evidence } = event;
        return { visit: { ...withoutError(context.visit, { evidence }), evidence } };
      }),
      noteConnecting: assign(({ context }, params: StepParams & { part: StepPart }) => {
        const { isConnecting: _, ...visit } = visitOf(context, params.slot);
        const { action } = executionOf(context, stepOf(params), params.part);
        const isConnecting = 'kind' in action && action.kind === 'connect';
        return withVisit(context, params.slot, isConnecting ? { ...visit, isConnecting } : visit);
      }),
      prepare: assign(({ context }, params: StepParams & { part: 'action' | 'undo' }) => {
        const visit = forgotten(context.visit);
        const connection = connectionOf({ ...context, visit }, actingOf(params), params.part);
        return { visit: connection === undefined ? visit : { ...visit, isConnecting: true } };
      }),
      keepFound: assign(({ context, event }) => {
        assertEvent(event, 'SUCCEEDED');
        return { visit: withFound(context, event.result, event.item) };
      }),
      propose: assign(({ context }, params: StepParams & { part: 'action' | 'undo' }) => ({
        visit: propose(context, actingOf(params), params.part, hash, isSecret),
      })),
      keepTogether: assign(({ context }) => ({ visit: keepTogether(context.visit) })),
      endTogether: assign(({ context }) => ({ visit: withoutTogether(context.visit) })),
      leaveOut: assign(({ context, event }) => {
        assertEvent(event, 'LEAVE_OUT');
        return { visit: leaveOut(context.visit, event) };
      }),
      keepPreview: assign(({ context, event }, params: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        return { visit: withPreview(context, actingOf(params), event.result, event.at) };
      }),
      noteConfirmation: assign(({ context, event }, { freshForMs }: { freshForMs: number }) => {
        assertEvent(event, 'CONFIRM');
        const isStale = (event.previewAgeMs ?? Infinity) > freshForMs;
        return { visit: { ...context.visit, confirmed: { digest: event.digest, isStale } } };
      }),
      withdraw: assign(({ context: { visit } }) => {
        const { confirmed: _, ...rest } = visit;
        return { visit: rest };
      }),
      narrow: assign(({ context, event }, params: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        return { visit: narrowed(context, actingOf(params), event.result, hash) ?? context.visit };
      }),
      keepResult: assign(({ context, event }, { slot }: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        const visit = withoutError(visitOf(context, slot), event.result);
        return withVisit(context, slot, visit);
      }),
      /** The result of a wait is its last read, with the time since its start. */
      keepLook: assign(({ context, event }, { slot }: StepParams) => {
        assertEvent(event, 'SUCCEEDED');
        const result = { ...event.result, ms: event.elapsedMs };
        return withVisit(context, slot, withoutError(visitOf(context, slot), result));
      }),
      keepAnswer: assign(({ context, event }, params: StepParams & AnswerKept) =>
        withAnswer(context, event, params),
      ),
      keepError: assign(({ context, event }, { slot }: StepParams) => {
        const visit = visitOf(context, slot);
        assertEvent(event, ['FAILED', 'UNKNOWN']);
        const isKnown = event.type === 'FAILED' && event.result !== undefined;
        const result = isKnown ? { result: event.result } : {};
        return withVisit(context, slot, { ...visit, ...result, error: event.error });
      }),
      keepCheckError: assign(({ context, event }, { slot }: StepParams) => {
        assertEvent(event, ['FAILED', 'UNKNOWN']);
        const hasResult = event.type === 'FAILED' && event.result !== undefined;
        const error = afterFailedCheck(event.error, hasResult);
        return withVisit(context, slot, { ...visitOf(context, slot), error });
      }),
      fail: assign(({ context }, { slot, error }: StepParams & { error: StepError }) =>
        withVisit(context, slot, { ...visitOf(context, slot), error }),
      ),
      countAttempt: assign(({ context }, { slot }: StepParams) => {
        const visit = visitOf(context, slot);
        return withVisit(context, slot, { ...visit, attempt: visit.attempt + 1 });
      }),
      startOver: assign(({ context }, { slot }: StepParams) => {
        const { loop, item } = visitOf(context, slot);
        const visit: Visit = { attempt: 1, ...(loop && { loop }), ...(item && { item }) };
        return withVisit(context, slot, visit);
      }),
      recheck: assign(({ context }, { by }: { readonly by: NonNullable<Visit['rechecking']> }) => ({
        visit: rechecked(context.visit, by),
      })),
      keepCheck: assign(({ context, event }, { says }: { readonly says: OutcomeCheck }) => ({
        visit: withCheck(context.visit, says, event),
      })),
      /** Its check says that it took effect: it has not failed. */
      acceptOutcome: assign(({ context: { visit, looksFirst } }) => ({
        visit: looksFirst === true ? withoutError(visit, visit.result) : visit,
      })),
      noteUnsettled: assign(({ context }, params: StepParams & { part: 'action' | 'undo' }) =>
        withUnsettled(context, params.step, params.part),
      ),
      setAuto: assign(({ event }) => {
        assertEvent(event, 'AUTO');
        return { auto: event.on };
      }),
      stop: assign({ stopping: true }),
      goOn: assign({ stopping: false }),
      endRow: assign(({ context }) => endRow(context)),
      /** The runbook handles a rejected login after all. */
      acceptRefusal: assign(({ context: { visit } }) => {
        const { refusedLogin: _, ...rest } = visit;
        return { visit: rest };
      }),
      release: assign(({ context: { visit } }) => {
        const { held: _, ...rest } = visit;
        return { visit: rest };
      }),
      edit: assign(({ context, event }, { frame }: { frame: string }) => {
        assertEvent(event, ['EDIT', 'ANSWER']);
        return event.inputs === undefined ? {} : edited(context, frame, event);
      }),
      connect: assign(({ context, event }) => {
        assertEvent(event, 'CONNECTED');
        return connected(context, event.target, event.facts);
      }),
      listItems: assign(({ context }, params: StepParams) => listItems(context, stepOf(params))),
      takeItem: assign(({ context }, params: StepParams) => takeItem(context, stepOf(params))),
      takeFailedItem: assign(({ context }) => takeFailedItem(context)),
      endItem: assign(({ context }, params: StepParams & { status: SettledStatus }) =>
        endItem(withSettled(context, params.step, params.status), stepOf(params), params.status),
      ),
      keepItems: assign(({ context }) => ({ visit: resultOfItems(context.visit) })),
      openSlots: assign({ slots: {} }),
      judge: assign(({ context }, { step }: StepParams) => {
        const branches = [...steps.values()].filter(({ parent }) => parent === step);
        return { visit: afterBranches(context, branches) };
      }),
      callChild: assign(({ context }, params: StepParams) =>
        callChild(context, stepOf(params), openChild),
      ),
      returnFromChild: assign(({ context }, params: StepParams) =>
        returnFromChild(context, stepOf(params)),
      ),
      endRun: assign((_, end: NonNullable<MachineContext['end']>) => ({ end })),
      endChild: assign(({ context }, { frame, ...end }: { frame: string } & ChildEnd) =>
        withChild(context, frame, () => ({ end })),
      ),
      noteFinding: assign(({ context }, { frame, text }: { frame: string; text: string }) =>
        text === ''
          ? {}
          : withChild(context, frame, ({ findings }) => ({ findings: [...findings, text] })),
      ),
      keepUndoable: assign(({ context }, params: StepParams) => {
        const step = stepOf(params);
        return keepUndoable(context, step, visitOf(context, step.slot));
      }),
      beginUndo: assign(({ context }, params: StepParams) => beginUndo(context, stepOf(params))),
      markUndone: assign(({ context }, params: StepParams) =>
        markUndone(withUndone(context, params.step), stepOf(params)),
      ),
    },
  });
}

/** The guards and actions of a runbook's machine. */
export type Vocabulary = ReturnType<typeof vocabularyOf>;

/** The configuration of one state. */
export type StateConfig = Parameters<Vocabulary['createStateConfig']>[0];
