import type { Reason, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { ACCEPTED, isAnswer, type Submission, type Verdict } from '#events/log/submission.ts';
import { isEndOfIncident, jumpTargets } from '#events/view/jump-targets.ts';
import { answersOpen } from '#events/view/open-question.ts';
import type { RunView } from '#events/view/run-view.ts';
import { refused } from '#events/wording/reasons.ts';
import type { AdhocCommands } from './adhoc-commands.ts';
import type { Executions } from './executions.ts';
import { recordedIntent } from './intents.ts';
import type { Leaving, SessionParts } from './parts.ts';
import type { ReadingTimes } from './reading-times.ts';

/** The dependencies of handling intents. */
export type IntentSession = {
  readonly view: () => RunView;
  readonly times: ReadingTimes;
  readonly executions: Executions;
  readonly commands: AdhocCommands;
  readonly record: (event: RunEvent) => void;
  readonly move: (event: RunEvent) => Verdict;
  readonly pause: (why: Reason) => void;
};

/** The refusal of an intent that is impossible in the current state. */
export const IMPOSSIBLE = refused('impossible', { kind: 'not-now' });

const SHOWN_ONLY = refused('impossible', { kind: 'no-jump-to-end' });

/** The refusals of an intent after the end of a run, and before its start. */
export const ENDED = refused('ended', { kind: 'ended' });
export const NOT_BEGUN = refused('not-begun', { kind: 'not-begun' });

/** Handles intents, each in its own turn. */
export class IntentHandler {
  readonly #parts: Pick<SessionParts, 'refusalOf' | 'values'>;
  readonly #session: IntentSession;
  #leaving: Leaving | undefined;

  constructor(parts: Pick<SessionParts, 'refusalOf' | 'values'>, session: IntentSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /**
   * Carries out an intent, or returns why not. Refuses an answer to a question that is not open, and
   * a confirmation while `otherRun` is at work with the same change.
   */
  handle({ intent, by, answers }: Submission, otherRun?: string): Verdict {
    const view = this.#session.view();
    const { awaited, current = '' } = view;
    if (isAnswer(intent) && !answersOpen(awaited, answers))
      return refused('stale', { kind: 'other-question' });
    if (intent.type === 'jump' && !jumpTargets(view).some(({ id }) => id === intent.step))
      return isEndOfIncident(view, intent.step) ? SHOWN_ONLY : IMPOSSIBLE;
    const refusal = this.#parts.refusalOf(intent, current);
    return refusal === undefined ? this.#obey(intent, by, otherRun) : refused('invalid', refusal);
  }

  /** Leaves or aborts the run once nothing runs any more; see {@link leaveIfDue}. */
  leaveLater(leaving: Leaving): void {
    this.#leaving = leaving;
  }

  /** Leaves or aborts an idle run if that was put off. Returns whether it was. */
  leaveIfDue(): boolean {
    const leaving = this.#leaving;
    this.#leaving = undefined;
    if (leaving !== undefined) this.leave(leaving);
    return leaving !== undefined;
  }

  /** Leaves or aborts the run, now or once nothing runs any more. */
  leave(leaving: Leaving): Verdict {
    const { intent, by, why } = leaving;
    const { executions, commands, move, pause, view } = this.#session;
    if (!executions.areOver) {
      this.leaveLater(leaving);
      if (intent.type === 'abort') executions.cancel();
      else if (!commands.isOpen) this.#obey({ type: 'stop' }, by);
      return ACCEPTED;
    }
    commands.giveUp(by);
    if (intent.type === 'abort')
      return move({ type: 'operator.acted', step: view().current ?? '', operator: by, intent });
    pause(why);
    return ACCEPTED;
  }

  #obey(intent: Intent, by: string, otherRun?: string): Verdict {
    const { times, commands, executions, move, record } = this.#session;
    const taken = commands.takes(intent, by);
    if (taken !== undefined) return taken;
    const view = this.#session.view();
    switch (intent.type) {
      case 'note': {
        const place = view.current === undefined ? {} : { step: view.current };
        record({ type: 'operator.noted', operator: by, text: intent.text, ...place });
        return ACCEPTED;
      }
      case 'attend':
        record({ type: 'run.attended', attended: intent.on, operator: by });
        return ACCEPTED;
      case 'cancel':
        executions.cancel();
        return ACCEPTED;
      case 'leave':
      case 'abort':
        return this.leave({ intent, by, why: { kind: 'operator-left' } });
      default: {
        const { values } = this.#parts;
        const recorded = recordedIntent(intent, {
          view,
          operator: by,
          values,
          ageMs: (at) => times.ageMs(at),
          otherRun,
        });
        return recorded === undefined ? IMPOSSIBLE : move(recorded);
      }
    }
  }
}
