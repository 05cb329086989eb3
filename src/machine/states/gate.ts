import type { LeavingOut } from '../context/chosen-rows.ts';
import { confirmedExecution, declined, GATE, movedServer, refusal } from '../context/confirming.ts';
import { connectsBefore } from '../context/looking.ts';
import { gateOf } from '../context/rendering.ts';
import { unknownOutcome } from '../context/unsettled.ts';
import type { Visit } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import { ask, connectsFirst, execute, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { afterAction } from './after-action.ts';
import { checkingStates, needingNone } from './checking.ts';
import { connectingStates } from './connecting.ts';
import { BUSY, passedOver, skipRecord } from './leaving.ts';

type States = NonNullable<StateConfig['states']>;

/**
 * The states of a change: its preview is read, its gate is shown, and only a confirmation leads to
 * `running`, through `checking` if it has rows. `first` is the initial state of a retry.
 */
export function gateStates(step: Acting, first: string): States {
  const { preview } = step.does;
  const fresh = beginningOf(step);
  return {
    ...proposingStates(step, 'running'),
    gate: {
      entry: [
        { type: 'openGate', params: ({ context }: Of) => gateOf(context, step, 'action') },
        ask(step, () => ({ for: 'gate' })),
      ],
      on: {
        ...GATE,
        CONFIRM: [
          movedServer(step, 'action', fresh),
          {
            guard: 'confirms',
            target: preview === undefined ? 'running' : 'checking',
            actions: 'keepTogether',
          },
          { actions: refusal(step) },
        ],
        ...withoutConfirming(step, fresh),
      },
    },
    ...checkingStates(step, fresh, preparation(step)),
    ...runningStates(step, first, fresh),
  };
}

/**
 * The states of a change in a dry run: its gate shows all of it and waits, whether or not reads run
 * by themselves, and nothing leads to an execution.
 */
export function simulatedGateStates(step: Acting): States {
  const fresh = beginningOf(step);
  return {
    ...proposingStates(step, 'simulated'),
    gate: {
      entry: [
        { type: 'openGate', params: ({ context }: Of) => gateOf(context, step, 'action', true) },
        ask(step, () => ({ for: 'gate' })),
      ],
      on: {
        CONTINUE: { target: 'simulated', actions: ['goOn', 'keepTogether'] },
        CONFIRM: { target: 'simulated', actions: ['goOn', 'keepTogether'] },
        ...withoutConfirming(step, fresh),
      },
    },
  };
}

/** Returns the initial state of a change: reading its rows, or connecting to choose its text. */
export function beginningOf(step: Acting): 'previewing' | 'connecting' | 'proposing' {
  if (step.does.preview !== undefined) return 'previewing';
  return preparation(step);
}

/** Returns the state before the gate of a change whose rows are read: see {@link connectingStates}. */
function preparation(step: Acting): 'connecting' | 'proposing' {
  return connectsBefore(step.does.body) ? 'connecting' : 'proposing';
}

function isForAll({ forEach }: Acting): boolean {
  return forEach?.gate === 'all';
}

function withoutConfirming(step: Acting, fresh: string): StateConfig['on'] {
  const fail = {
    type: 'fail' as const,
    params: (given: Of) => ({ ...of(step), error: declined(given) }),
  };
  return {
    DECLINE: { target: 'failed', actions: fail },
    REFRESH: { target: fresh },
    ...(step.does.preview === undefined ? {} : { LEAVE_OUT: leavingOut(step, fresh) }),
    SKIP: {
      target: 'skipped',
      actions: [...(isForAll(step) ? ['endRow' as const] : []), skipRecord(step)],
    },
    INTERRUPTED: { target: fresh },
  };
}

/** With fewer rows it is another change, and its gate is shown; without rows it is not a change. */
function leavingOut(step: Acting, fresh: string) {
  const when = (as: LeavingOut) => ({
    type: 'leavesOut' as const,
    params: { ...of(step), as },
  });
  const error = { kind: 'declined' as const, message: 'declined: every row was left out' };
  return [
    { guard: when('reread'), target: fresh, actions: 'leaveOut' as const },
    { guard: when('some'), target: preparation(step), actions: 'leaveOut' as const },
    {
      guard: when('all'),
      target: 'failed',
      actions: { type: 'fail' as const, params: { ...of(step), error } },
    },
    { actions: refusal(step) },
  ];
}

/** The states that prepare a change for its gate: its rows are read, then it is rendered. */
function proposingStates(step: Acting, covered: 'running' | 'simulated'): States {
  const keepError = { type: 'keepError' as const, params: of(step) };
  const nothing = passedOver(step, 'empty-preview', () => ({ why: { kind: 'nothing-found' } }));
  const previewing: StateConfig = {
    entry: execute(step, 'preview'),
    on: {
      ...BUSY,
      SUCCEEDED: [
        ...connectsFirst(step, 'preview', 'previewing'),
        ...needingNone(step),
        {
          guard: { type: 'findsNothing', params: of(step) },
          target: 'skipped',
          actions: nothing,
        },
        { target: preparation(step), actions: { type: 'keepPreview', params: of(step) } },
      ],
      FAILED: { target: 'failed', actions: keepError },
      UNKNOWN: { target: 'failed', actions: keepError },
      INTERRUPTED: { target: 'previewing', reenter: true },
    },
  };
  return {
    ...(step.does.preview === undefined ? {} : { previewing }),
    ...connectingStates(step, 'action'),
    proposing: {
      entry: { type: 'propose', params: { ...of(step), part: 'action' } },
      always: [
        { guard: 'cannotPropose', target: 'failed' },
        ...(isForAll(step) ? togetherWays(step, covered) : []),
        { target: 'gate' },
      ],
    },
  };
}

/** The ways of an item that may be covered by the gate of its list, or needs one for all that are left. */
function togetherWays(step: Acting, covered: string) {
  const further = connectsBefore(step.does.body)
    ? [{ guard: { type: 'looksFurther' as const, params: of(step) }, target: 'looking' }]
    : [];
  return [{ guard: 'isConfirmedTogether' as const, target: covered }, ...further];
}

/** The states after the confirmation: the change is executed, or its outcome is unknown. */
function runningStates(step: Acting, first: string, fresh: string): States {
  const { verify } = step.does;
  const keepError = { type: 'keepError' as const, params: of(step) };
  const keepUndoable = { type: 'keepUndoable' as const, params: of(step) };
  const look = (keep: readonly (typeof keepError | typeof keepUndoable)[]) =>
    verify === undefined
      ? []
      : [
          {
            guard: 'looksFirst' as const,
            target: 'verifying',
            actions: [...keep, 'endTogether' as const, rechecks('by-itself')],
          },
        ];
  return {
    running: {
      entry: confirmedExecution(step, 'action'),
      on: {
        ...BUSY,
        ...afterAction(step, keepUndoable),
        FAILED: [
          { guard: 'isOnOtherServer', target: fresh, actions: 'endTogether' },
          { target: 'failed', actions: keepError },
        ],
        UNKNOWN: [
          ...look([keepError, keepUndoable]),
          { target: 'unknown', actions: [keepError, keepUndoable] },
        ],
        INTERRUPTED: [
          ...look([keepUndoable]),
          { guard: 'wasStarted', target: 'unknown', actions: keepUndoable },
          { target: fresh, actions: 'endTogether' },
        ],
      },
    },
    unknown: {
      entry: [
        'endTogether',
        { type: 'noteUnsettled', params: { ...of(step), part: 'action' } },
        ask(step, ({ context: { visit } }) => ({
          for: 'unknown',
          error: visit.error,
          why: unknownOutcome('action', visit),
        })),
      ],
      on: {
        ...(verify === undefined
          ? {}
          : {
              RECHECK: { target: 'verifying', actions: rechecks('asked') },
              CONTINUE: {
                guard: 'tookEffect' as const,
                target: 'succeeded',
                actions: 'acceptOutcome' as const,
              },
            }),
        RETRY: { target: first, actions: { type: 'startOver', params: of(step) } },
        MARK_DONE: { target: 'succeeded', actions: 'markDone' },
        SKIP: { target: 'skipped', actions: skipRecord(step) },
      },
    },
  };
}

/** Begins the check of an unknown outcome. */
function rechecks(by: NonNullable<Visit['rechecking']>) {
  return { type: 'recheck' as const, params: { by } };
}
