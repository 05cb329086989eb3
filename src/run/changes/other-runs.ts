import { messageOf } from '#errors.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Submission } from '#events/log/submission.ts';
import { answersOpen } from '#events/view/open-question.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { allTargets } from '#machine/context/frames.ts';
import type { MachineContext } from '#machine/context.ts';
import type { SessionParts } from '../session/parts.ts';
import { scheduleTimer } from '../session/timers.ts';
import { changeOf, placesOf } from './identity.ts';
import type { ChangeBoard, ChangeSign, OtherSign } from './port.ts';

/** The session around the signs of other runs. */
export type OtherRunsSession = {
  readonly view: () => RunView;
  readonly context: () => MachineContext;
  readonly record: (event: RunEvent) => void;
  /** Calls a function in a turn. */
  readonly later: (act: () => void) => void;
};

type Parts = Pick<
  SessionParts,
  'board' | 'clock' | 'host' | 'monotonic' | 'reportError' | 'schedule'
>;

type Told = Pick<EventOf<'gate.others'>, 'runs' | 'error'>;

/** The time after which the other runs are looked up again for an open gate. */
const AGAIN_AFTER_MS = 10_000;
/** The time after which they are no longer looked up; a confirmation still does. */
const STOP_AFTER_MS = 10 * 60_000;
/** The time after which a confirmation does not wait for the lookup any longer. */
const MOST_MS = 5_000;

/**
 * Shows the other runs which change this one is at, and tells an open gate which of them are at a
 * change of its target. A confirmation first shows that its change is at work, then looks: of two at
 * the same moment at least one finds the other.
 */
export class OtherRuns {
  readonly #parts: Parts;
  readonly #session: OtherRunsSession;
  /** The sign that is shown, or is about to be; null if an earlier process may have left one. */
  #own: ChangeSign | undefined | null = null;
  /** The gate that is looked up for, and since when. */
  #gate: { readonly seq: number; readonly since: number } | undefined;
  #cancel: (() => void) | undefined;
  /** Ends once the board has done everything it was asked for, in order. */
  #done: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts, session: OtherRunsSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** Follows the run; called at the end of every turn. */
  look(): void {
    const { board } = this.#parts;
    if (board === undefined) return;
    const gate = this.#openGate();
    const sign = gate === undefined ? this.#signAtWork() : this.#signOf(gate);
    if (JSON.stringify(sign) !== JSON.stringify(this.#own)) {
      this.#own = sign;
      this.#next(() => (sign === undefined ? board.clear() : board.show(sign))).catch(
        this.#parts.reportError,
      );
    }
    if (gate?.seq !== this.#gate?.seq) this.#follow(gate);
  }

  /**
   * Shows that the change of the open gate is at work, and resolves with the run that is at work with
   * the same one, if any. Undefined if the intent confirms no gate.
   */
  claim({ intent, answers, by }: Submission): Promise<string | undefined> | undefined {
    const { board } = this.#parts;
    const gate = intent.type === 'confirm' ? this.#openGate() : undefined;
    const { awaited, behind } = this.#session.view();
    if (board === undefined || gate === undefined) return undefined;
    if (behind !== undefined || !answersOpen(awaited, answers)) return undefined;
    const sign = this.#signOf(gate, by);
    this.#own = sign;
    return this.#lookUp(board, () => board.show(sign)).then((found) => {
      this.#tell(gate, found);
      return found.runs.find((run) => run.same && run.atWork && run.unchecked === undefined)?.run;
    });
  }

  /** Removes the sign of the run, whose session has ended. */
  async close(): Promise<void> {
    this.#cancel?.();
    const { board, reportError } = this.#parts;
    // A run of a team that waits without a process still is at its gate.
    if (board === undefined || this.#session.view().status === 'waiting') return;
    await this.#next(() => board.clear()).catch(reportError);
  }

  /** Returns the gate of the run that waits for an answer that starts a change, if any. */
  #openGate(): GateView | undefined {
    const { behind, ...view } = this.#session.view();
    const { awaited, gate } = behind ?? view;
    const isOpen =
      view.status === 'waiting' && awaited?.for === 'gate' && awaited.step === gate?.step;
    return isOpen && gate?.simulated !== true ? gate : undefined;
  }

  /** The shown sign of a change that was confirmed and has not ended. */
  #signAtWork(): ChangeSign | undefined {
    const own = this.#own;
    const { confirmed, steps, status } = this.#session.view();
    if (own?.isAtWork !== true || status !== 'running') return undefined;
    const isExecuted = steps.some(({ effect, executions }) =>
      executions.some(
        ({ part, status, action }) =>
          status === 'running' &&
          action.kind !== 'connect' &&
          (part === 'undo' || (part === 'action' && effect !== 'read')),
      ),
    );
    return confirmed !== undefined || isExecuted ? own : undefined;
  }

  /** Returns the sign of a gate, or of its change if someone confirms it. */
  #signOf(gate: GateView, confirmedBy?: string): ChangeSign {
    const { operator, runbook } = this.#session.view();
    const { clock, host } = this.#parts;
    const targets = allTargets(this.#session.context());
    return {
      change: changeOf(runbook.name, gate),
      places: [...placesOf(gate, targets, host)],
      isAtWork: confirmedBy !== undefined,
      runbook: runbook.name,
      title: gate.title,
      operator: confirmedBy ?? operator,
      host,
      since: confirmedBy === undefined ? gate.at : clock().toISOString(),
    };
  }

  #follow(gate: GateView | undefined): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#gate = gate && { seq: gate.seq, since: this.#parts.monotonic() };
    if (gate !== undefined) this.#again(gate.seq);
  }

  /** Looks up the other runs for a gate as long as it is open. */
  #again(seq: number): void {
    const { board, monotonic, schedule = scheduleTimer } = this.#parts;
    if (board === undefined) return;
    void this.#lookUp(board).then((found) =>
      this.#session.later(() => {
        const gate = this.#openGate();
        if (this.#gate?.seq !== seq || gate?.seq !== seq) return;
        if (this.#session.view().behind === undefined) this.#tell(gate, found);
        if (monotonic() - this.#gate.since < STOP_AFTER_MS)
          this.#cancel = schedule(AGAIN_AFTER_MS, () => this.#again(seq));
      }),
    );
  }

  /** Resolves with what there is to tell; never rejects, and not too late. */
  #lookUp(board: ChangeBoard, before?: () => Promise<void>): Promise<Told> {
    const own = this.#own;
    const found = this.#next(async () => {
      await before?.();
      return told(own, await board.others());
    });
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('it took too long')), MOST_MS);
    return Promise.race([found, promise])
      .catch((error: unknown) => ({ runs: [], error: messageOf(error) }))
      .finally(() => clearTimeout(timer));
  }

  #tell(gate: GateView, found: Told): void {
    const { others } = this.#session.view().gate ?? {};
    const known = others ?? { runs: [] };
    if (JSON.stringify(found) === JSON.stringify(known)) return;
    const { step, item } = gate;
    const about = item === undefined ? { step } : { step, item };
    this.#session.record({ type: 'gate.others', ...about, ...found });
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#done.then(act);
    this.#done = done.catch(() => undefined);
    return done;
  }
}

/** The runs at the same change, and those at work on its target; those at work come first. */
function told(own: ChangeSign | undefined | null, signs: readonly OtherSign[]): Told {
  const there = signs.filter(({ places }) => places.some((place) => own?.places.includes(place)));
  const runs = there.flatMap((sign) => {
    const { run, runbook, title, operator, host, since, isAtWork, isCertain } = sign;
    const same = sign.change === own?.change;
    if (!same && !isAtWork) return [];
    const unchecked = isCertain ? {} : { unchecked: true as const };
    return [{ run, runbook, title, operator, host, since, same, atWork: isAtWork, ...unchecked }];
  });
  const rank = (run: { readonly same: boolean; readonly atWork: boolean }) =>
    (run.same ? 0 : 2) + (run.atWork ? 0 : 1);
  return { runs: runs.toSorted((a, b) => rank(a) - rank(b)) };
}
