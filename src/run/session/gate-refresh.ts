import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { isSameChoice } from '#machine/context/chosen-rows.ts';
import { executionOf } from '#machine/context/rendering.ts';
import type { MachineContext } from '#machine/context.ts';
import type { Execute } from '#machine/effect.ts';
import { type Acting, isActing, placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { isFromOtherServer } from '#runbook/model/step-error.ts';
import { eventForMachine } from '../values/mask-event.ts';
import type { Executions } from './executions.ts';
import type { SessionParts } from './parts.ts';
import type { ReadingTimes } from './reading-times.ts';
import { scheduleTimer } from './timers.ts';

/** The result of a quiet read of the rows of an open gate. */
export type Refreshed =
  | { readonly status: 'same' | 'changed' | 'gone' }
  | { readonly status: 'failed'; readonly error: string };

/** The session around the gates. */
export type GateSession = {
  readonly view: () => RunView;
  readonly context: () => MachineContext;
  readonly executions: Executions;
  readonly times: ReadingTimes;
  readonly record: (event: RunEvent, at: string) => void;
  readonly move: (event: RunEvent) => unknown;
  /** Calls a function in a turn. */
  readonly later: (act: () => void) => void;
};

type Parts = Pick<SessionParts, 'clock' | 'monotonic' | 'runbook' | 'schedule' | 'secrets'>;

/** The part of the validity of the rows after which they are read again. */
const REFRESH_AFTER = 0.6;
const LEAST_DELAY_MS = 1_000;
/** The rest after a read, as a multiple of the time it took: a slow server is asked less often. */
const REST_FACTOR = 20;
const LONGEST_DELAY_MS = 60_000;
/** The time after which an open gate is no longer refreshed. */
const STOP_AFTER_MS = 10 * 60_000;

/**
 * Reads the rows of an open gate again before they expire, one read at a time, less often if they
 * fail or take long, and stops after a while. Rows that differ open the gate again.
 */
export class GateRefresh {
  readonly #parts: Parts;
  readonly #session: GateSession;
  #open: { readonly seq: number; readonly since: number } | undefined;
  /** When the gate that is opening again was first opened. */
  #reopened: number | undefined;
  #failures = 0;
  #cancel: (() => void) | undefined;

  constructor(parts: Parts, session: GateSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** Follows the gate that is open now, if any; called at the end of every turn. */
  look(): void {
    const gate = this.#gate();
    if (gate?.seq === this.#open?.seq) return;
    this.#cancel?.();
    this.#cancel = undefined;
    if (gate === undefined) {
      this.#open = undefined;
      return;
    }
    this.#open = { seq: gate.seq, since: this.#reopened ?? this.#parts.monotonic() };
    this.#reopened = undefined;
    this.#failures = 0;
    this.#wait(gate, 0);
  }

  #gate(): GateView | undefined {
    const { awaited, behind, gate, status } = this.#session.view();
    if (gate?.preview === undefined || gate.simulated === true || gate.part === 'undo') return;
    const isOpen = status === 'waiting' && awaited?.for === 'gate' && behind === undefined;
    return isOpen && awaited.can.includes('refresh') ? gate : undefined;
  }

  #wait(gate: GateView, tookMs: number): void {
    const freshForMs = gate.preview?.freshForMs ?? 0;
    const wanted = Math.max(LEAST_DELAY_MS, freshForMs * REFRESH_AFTER, tookMs * REST_FACTOR);
    const ms = Math.min(LONGEST_DELAY_MS, wanted * 2 ** this.#failures);
    const { schedule = scheduleTimer } = this.#parts;
    this.#cancel = schedule(ms, () => this.#session.later(() => this.#refresh(gate.seq)));
  }

  #refresh(seq: number): void {
    const gate = this.#gate();
    if (gate?.seq !== seq || this.#open === undefined) return;
    const { context, executions, later } = this.#session;
    const { step, item } = gate;
    const about = { step, ...(item === undefined ? {} : { item }) };
    if (this.#parts.monotonic() - this.#open.since >= STOP_AFTER_MS) {
      this.#record({ type: 'gate.refreshed', ...about, status: 'stopped' });
      return;
    }
    const execute = rereadOf(gate, context(), this.#parts.runbook);
    if (execute === undefined) return;
    const ended = (event: EventOf<'step.finished'>) => later(() => this.#ended(seq, event));
    if (!executions.readQuietly(execute, ended)) this.#wait(gate, 0);
  }

  #ended(seq: number, event: EventOf<'step.finished'>): void {
    const gate = this.#gate();
    if (gate?.seq !== seq) return;
    const { runbook, secrets } = this.#parts;
    // Masked, as the rows of the gate are.
    const masked = eventForMachine(event, secrets.redactor) as typeof event;
    const refreshed = compared(gate, masked, this.#session.context(), runbook);
    const { step, item, ms } = event;
    const about = { step, ...(item === undefined ? {} : { item }), ms };
    this.#record({ type: 'gate.refreshed', ...about, ...refreshed });
    this.#failures = refreshed.status === 'failed' ? this.#failures + 1 : 0;
    if (refreshed.status === 'changed') this.#reopen(gate);
    else this.#wait(gate, ms);
  }

  #record(event: RunEvent): void {
    const at = this.#parts.clock().toISOString();
    this.#session.record(event, at);
    this.#session.times.note(event, at);
  }

  #reopen({ step, digest }: GateView): void {
    this.#reopened = this.#open?.since;
    const { operator } = this.#session.view();
    const answer = { answer: 'refresh', operator, digest, automatic: true } as const;
    this.#session.move({ type: 'gate.answered', step, ...answer });
  }
}

/** Returns the read of a gate's rows; undefined for one that is not a statement on a database. */
function rereadOf(
  { step }: GateView,
  context: MachineContext,
  runbook: Runbook,
): Execute | undefined {
  const placed = actingStep(runbook, step);
  if (placed === undefined) return undefined;
  const execute = executionOf(context, placed, 'preview');
  const isStatement = 'kind' in execute.action && execute.action.kind === 'sql';
  return isStatement ? { ...execute, server: context.visit.preview?.server } : undefined;
}

/** Returns what reading a gate's rows again has found; `event` is masked. */
function compared(
  { step }: GateView,
  { status, result = {}, error }: EventOf<'step.finished'>,
  context: MachineContext,
  runbook: Runbook,
): Refreshed {
  if (isFromOtherServer(error)) return { status: 'changed' };
  if (status !== 'succeeded') return { status: 'failed', error: error?.message ?? status };
  if (result.row_count === 0) return { status: 'gone' };
  const placed = actingStep(runbook, step);
  const isSame = placed !== undefined && isSameChoice(context, placed, result);
  return { status: isSame ? 'same' : 'changed' };
}

function actingStep(runbook: Runbook, id: string): Acting | undefined {
  const step = placedSteps(runbook).get(id);
  return step !== undefined && isActing(step) ? step : undefined;
}
