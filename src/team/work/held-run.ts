import type { Pool } from 'pg';
import type { Intent, IntentType } from '#events/log/intent.ts';
import type { Role, TeamIntent } from '#events/log/news.ts';
import { ACCEPTED, type Verdict } from '#events/log/submission.ts';
import { answersOpen, mayOpenAgain } from '#events/view/open-question.ts';
import { GivenAnswers } from '#events/wording/answered-by.ts';
import { refused } from '#events/wording/reasons.ts';
import type { OpenRun } from '#run/session/open.ts';
import { type ApprovalRule, maySend } from '../policy/permission.ts';
import type { RowsJournal } from '../record/journal.ts';
import type { LiveOutputs } from '../record/live.ts';
import type { Claim } from './claim.ts';

/** An intent that has no answer yet. */
export type OpenIntent = {
  readonly id: string;
  readonly run: string;
  readonly person: string;
  readonly via: string;
  readonly atSeq: number | null;
  readonly intent: TeamIntent;
  readonly roles: readonly Role[];
  /** The environment and the gate that the roles were given for. */
  readonly environment: string | null;
  readonly digest: string | null;
  /** Since it was sent. */
  readonly ageMs: number;
  /** Since the person signed in, when the intent was sent; null for a token that is not a session. */
  readonly authAgeMs: number | null;
};

/** Intents that are about the operator's own terminal, or that bring their own command. */
const NOT_FOR_TEAMS: ReadonlySet<IntentType> = new Set(['leave', 'attend', 'adhoc']);

/** An answer to a gate that was put again is a decision of this moment, not of an outage ago. */
const MOST_AGE_MS = 2 * 60_000;

/** A reserved slot may not be had again: what waits with one keeps it longer. */
const RESERVED_HOLD_MS = 30 * 60_000;

/** Returns how long a question is waited with, by the targets whose reserved slots the run uses. */
export function parkAfter(ms: number, reserved: readonly string[]): number {
  return ms > 0 && reserved.length > 0 ? Math.max(ms, RESERVED_HOLD_MS) : ms;
}

/** The parts of a run that a worker holds. */
export type HeldRunParts = {
  readonly claim: Claim;
  readonly open: OpenRun;
  readonly journal: RowsJournal;
  readonly pool: Pool;
  readonly live: LiveOutputs;
  /** The time after which the run is parked, of which the run may have one of its own. */
  readonly holdMs: (ofRun: number | undefined) => number;
  /** The policy of this worker: what the control plane allowed is decided here again. */
  readonly approval: () => readonly ApprovalRule[];
  /** Called when the run starts to wait for a person, and when it goes on. */
  readonly onTurn?: ((isWaiting: boolean) => void) | undefined;
};

/** A run that this worker holds: its session takes intents, and is parked when nobody answers. */
export class HeldRun {
  readonly #parts: HeldRunParts;
  readonly #seen = new Set<string>();
  readonly #answers = new GivenAnswers();
  readonly #stop: () => void;
  #hold: NodeJS.Timeout | undefined;
  /** The question that the run waits with, and since when by the clock of this process. */
  #asked: { readonly seq: number; readonly since: number } | undefined;

  constructor(parts: HeldRunParts) {
    this.#parts = parts;
    const { open, live, claim } = parts;
    this.#stop = open.session.subscribe((change) => {
      if (change.event !== undefined) this.#answers.take(change.event);
      if (change.live !== undefined) live.show(claim.id, claim.epoch, change.live);
      else this.#look();
    });
  }

  /**
   * Gives an intent to the session, once; its answer is committed with the lines it causes. One for a
   * gate that this process has not opened again yet waits for it: a later look brings it again.
   */
  deliver(given: OpenIntent): void {
    const { id, person, via, atSeq, intent } = given;
    const { journal, open } = this.#parts;
    if (this.#seen.has(id) || this.#mustWait(given)) return;
    this.#seen.add(id);
    const answer = (verdict: Verdict) => journal.answered({ id, answer: JSON.stringify(verdict) });
    if (intent.type === 'look') {
      const host = via === 'page' ? 'the page' : via;
      open.session.witness({ type: 'run.watched', status: 'attached', operator: person, host });
      answer(ACCEPTED);
    } else if (intent.type === 'alert') {
      open.session.witness({ type: 'run.alerted', ...intent.alert });
      answer(ACCEPTED);
    } else {
      const answers = atSeq ?? undefined;
      const refusal =
        this.#denial(intent, given) ?? this.#refusal(intent, given) ?? this.#unbound(intent, given);
      if (refusal !== undefined) answer(refusal);
      else
        void open.session.submit({ intent, by: person, answers }, (verdict) => {
          // The run was only about to be resumed.
          if (!verdict.accepted && this.#mustWait(given)) this.#seen.delete(id);
          else answer(this.#told(verdict, answers));
        });
    }
  }

  #mustWait({ atSeq, ageMs }: OpenIntent): boolean {
    const view = this.#parts.open.session.view();
    return ageMs <= MOST_AGE_MS && mayOpenAgain(view, atSeq ?? undefined);
  }

  /** The environment is the one that the journal says: roles of another one count nothing here. */
  #denial(intent: Intent, given: OpenIntent): Verdict | undefined {
    const { open, approval, claim } = this.#parts;
    const { authAgeMs } = given;
    const view = open.session.view();
    const { environment = claim.environment } = view;
    const roles = given.environment === environment ? given.roles : [];
    const asker = { environment, roles, authAgeMs: authAgeMs ?? undefined };
    const permission = maySend(approval(), intent, view, asker);
    return permission.may ? undefined : refused('not-allowed', permission.because);
  }

  /** A permission counts for the gate that it was given for. */
  #unbound({ type }: Intent, { digest }: OpenIntent): Verdict | undefined {
    const { gate } = this.#parts.open.session.view();
    if (type !== 'confirm' || gate === undefined || gate.digest === digest) return undefined;
    return refused('not-allowed', { kind: 'other-action' });
  }

  #refusal(intent: Intent, { atSeq, ageMs }: OpenIntent): Verdict | undefined {
    const answers = atSeq ?? undefined;
    if (NOT_FOR_TEAMS.has(intent.type)) return refused('impossible', { kind: 'not-for-teams' });
    const { awaited } = this.#parts.open.session.view();
    const isOld = answers !== awaited?.seq && ageMs > MOST_AGE_MS;
    if (answers === undefined || (answersOpen(awaited, answers) && !isOld)) return undefined;
    const asked = awaited && { asked: awaited.seq };
    const said = this.#answers.to(answers);
    return refused('stale', said ?? { kind: 'earlier-question', answers, ...asked });
  }

  /** Who comes second is told what was answered, and by whom. */
  #told(verdict: Verdict, answers: number | undefined): Verdict {
    if (verdict.accepted || verdict.code !== 'stale') return verdict;
    const said = this.#answers.to(answers);
    return said === undefined ? verdict : refused('stale', said);
  }

  /** The moment since when the run waits for a person; undefined while it works. */
  get waitingSince(): number | undefined {
    return this.#asked?.since;
  }

  /** Whether the run has a slot that it may not get again, and so is no run to make room with. */
  get isReserved(): boolean {
    return this.#parts.open.session.view().reserved.length > 0;
  }

  /** Parks the run if it waits for a person. */
  park(): void {
    this.#parts.open.session.park();
  }

  /** Stops listening; the session has ended. */
  async end(): Promise<void> {
    clearTimeout(this.#hold);
    this.#stop();
    await this.#parts.live.forget(this.#parts.claim.id);
  }

  /** Starts to wait with every new question; rows that are read again are none. */
  #look(): void {
    const { status, awaited, reserved } = this.#parts.open.session.view();
    const seq = status === 'waiting' ? awaited?.seq : undefined;
    if (seq === this.#asked?.seq) return;
    const before = this.#asked;
    this.#asked = seq === undefined ? undefined : { seq, since: performance.now() };
    clearTimeout(this.#hold);
    const { holdMs, claim, onTurn } = this.#parts;
    if (seq !== undefined) this.#wait(parkAfter(holdMs(claim.holdMs), reserved));
    if ((before === undefined) !== (seq === undefined)) onTurn?.(seq !== undefined);
  }

  #wait(ms: number): void {
    this.#hold = setTimeout(() => void this.#parkUnlessWatched(), ms);
  }

  async #parkUnlessWatched(): Promise<void> {
    const { pool, claim } = this.#parts;
    const watchedMs = await pool
      .query<{ ms: number }>(
        'SELECT ceil(extract(epoch FROM watched_until - now()) * 1000)::float8 AS ms FROM runbook.run WHERE id = $1',
        [claim.id],
      )
      .then(({ rows }) => rows[0]?.ms ?? 0)
      .catch(() => 1_000);
    if (watchedMs > 0) this.#wait(Math.min(watchedMs, 60_000));
    else this.park();
  }
}

/** Resolves with the unanswered intents of runs, in order. */
export async function openIntents(
  pool: Pool,
  runs: readonly string[],
): Promise<readonly OpenIntent[]> {
  const { rows } = await pool.query<OpenIntent>(
    `SELECT id, run_id AS run, person, via, at_seq AS "atSeq", intent, roles, environment, digest,
       (extract(epoch FROM created_at - signed_in_at) * 1000)::float8 AS "authAgeMs",
       (extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs"
     FROM runbook.run_intent WHERE done_at IS NULL AND run_id = ANY($1) ORDER BY id`,
    [runs],
  );
  return rows;
}
