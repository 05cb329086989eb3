import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { advance, type MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import type { Arm, MachineEffect } from '#machine/effect.ts';
import { eventForMachine, maskEvent } from '../values/mask-event.ts';
import { AdhocCommands } from './adhoc-commands.ts';
import { answered, refuseUnconfirmed } from './confirmation.ts';
import { isDurable } from './durable.ts';
import { keyOf } from './execution-key.ts';
import { Executions } from './executions.ts';
import { keepTyped, recordedIntent } from './intents.ts';
import { Listeners } from './listeners.ts';
import { machineEventOf } from './machine-events.ts';
import { Mailbox } from './mailbox.ts';
import type { Leaving, SessionEnd, SessionParts } from './parts.ts';
import { recordingAt } from './possible-intents.ts';
import { ReadingTimes } from './reading-times.ts';
import { recordedFact } from './recorded-facts.ts';
import { Timers } from './timers.ts';

export type { SessionEnd } from './parts.ts';

/**
 * A run in progress: the only place where machine, journal and executors meet. Whatever happens goes
 * through one {@link Mailbox}. In its turn an event goes through the machine, then into the journal; then
 * the snapshot moves, and only then are its effects carried out and the listeners told.
 */
export class Session implements RunHandle {
  readonly ended: Promise<void>;
  readonly #parts: SessionParts;
  readonly #listeners: Listeners;
  readonly #mailbox = new Mailbox(() => this.#listeners.tell());
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  #snapshot: MachineSnapshot;
  #view: RunView;
  #hasBegun = false;
  #end: SessionEnd | undefined;
  #leaving: Leaving | undefined;
  readonly #executions: Executions;
  readonly #timers: Timers;
  readonly #readingTimes: ReadingTimes;
  readonly #commands: AdhocCommands;

  /** Takes a run over at `snapshot`; `view` holds all events so far. */
  constructor(parts: SessionParts, snapshot: MachineSnapshot, view: RunView) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.reportError);
    this.#timers = new Timers(parts.schedule);
    this.#readingTimes = new ReadingTimes(parts.clock, parts.monotonic);
    this.#executions = new Executions(parts, {
      onLive: (live) => this.#post(() => this.#listeners.queue({ view: this.#view, live })),
      onEnd: (event) => this.move(event),
    });
    this.#commands = new AdhocCommands(parts, {
      view: () => this.#view,
      context: () => this.#snapshot.context,
      canEnter: () => parts.attended && this.#view.status === 'waiting' && this.#executions.areOver,
      record: (event) => this.#record(event),
      recordUnexpected: (event) => this.#recordUnexpected(event),
      execute: (execute) => this.#executions.start(execute),
      cancel: () => this.#executions.cancel(),
      later: (act) => this.#post(act),
    });
    this.#snapshot = snapshot;
    this.#view = view;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    // Until somebody waits for it, a rejection is not unhandled.
    promise.catch(() => undefined);
    this.#settle = { resolve, reject };
  }

  /** How the session ended, once it has. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Returns whether a target has been connected to, so that its engine is certain. */
  isKnown(target: string): boolean {
    return allTargets(this.#snapshot.context)[target]?.isConnected === true;
  }

  view(): RunView {
    return this.#view;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  readOutput(file: string): Promise<string> {
    return this.#parts.readOutput(file);
  }

  lendTerminal(lend: () => Promise<{ release(): void }>): void {
    this.#executions.lendTerminal(lend);
  }

  /** Carries out what the beginning of a run, or the end of a replay, asks for. */
  start(effects: readonly MachineEffect[]): void {
    this.#hasBegun = true;
    this.#post(() => this.#perform(effects));
  }

  /** Records that a later process goes on; `finished` is an end that was decided and not recorded. */
  resume(event: EventOf<'run.resumed'>, finished: EventOf<'run.finished'> | undefined): void {
    this.#hasBegun = true;
    this.#post(() => {
      this.#move(event);
      if (finished === undefined) return;
      this.#record(finished);
      this.#finish(finished);
    });
  }

  /** Records an event that moves the machine, and carries out what follows. */
  move(event: RunEvent): void {
    this.#post(() => this.#move(event));
  }

  /** Records that somebody follows the run, or no longer does; nothing moves. */
  witness(event: EventOf<'run.watched'>): void {
    this.#post(() => this.#record(event));
  }

  send(intent: Intent): string | undefined {
    if (!this.#hasBegun) return 'the run has not begun yet';
    const refusal = this.#parts.refusalOf(intent, this.#view.current ?? '');
    if (refusal === undefined) this.#post(() => this.#obey(intent));
    return refusal;
  }

  /** Leaves the run in order, e.g. when the terminal has gone: what runs is ended first. */
  leave(reason: string): void {
    this.#post(() => {
      this.#leaving = { intent: { type: 'leave' }, reason };
      if (this.#executions.areOver) this.#rest();
      else this.#executions.cancel();
    });
  }

  /** Ctrl-C that no screen has caught: the first stops at a safe point, the second ends what runs. */
  interrupt(): void {
    if (this.#executions.areOver) this.leave('interrupted');
    else this.send({ type: this.#snapshot.context.stopping ? 'cancel' : 'stop' });
  }

  /** An error in a turn means that the run cannot be recorded any more: nothing further may be started. */
  #post(act: () => void): void {
    this.#mailbox.post(() => {
      if (this.#end !== undefined) return;
      try {
        act();
      } catch (error) {
        this.#executions.cancel();
        this.#timers.clear();
        this.#settle.reject(error);
        this.#end = {
          status: 'paused',
          reason: 'the run could not be recorded',
          unanswered: false,
        };
      }
    });
  }

  #obey(intent: Intent): void {
    if (this.#commands.takes(intent)) return;
    switch (intent.type) {
      case 'note': {
        const { current: step } = this.#view;
        const { operator } = this.#parts;
        const place = step === undefined ? {} : { step };
        this.#record({ type: 'operator.noted', operator, text: intent.text, ...place });
        return;
      }
      case 'cancel':
        this.#executions.cancel();
        return;
      case 'leave':
      case 'abort':
        this.#obeyEnd({ intent, reason: 'the operator left' });
        return;
      default: {
        const { operator, values } = this.#parts;
        const ageMs = (at: string) => this.#readingTimes.ageMs(at);
        const recorded = recordedIntent(intent, { view: this.#view, operator, values, ageMs });
        if (recorded !== undefined) this.#move(recorded);
      }
    }
  }

  #obeyEnd(leaving: Leaving): void {
    const { intent, reason } = leaving;
    if (!this.#executions.areOver) {
      this.#leaving = leaving;
      if (intent.type === 'abort') this.#executions.cancel();
      else if (!this.#commands.isOpen) this.#obey({ type: 'stop' });
      return;
    }
    this.#commands.giveUp();
    if (intent.type === 'leave') this.#pause(reason, false);
    else {
      const { operator } = this.#parts;
      this.#move({ type: 'operator.acted', step: this.#view.current ?? '', operator, intent });
    }
  }

  #move(event: RunEvent): void {
    if (isOfAdhoc(event)) {
      this.#commands.move(event);
      this.#rest();
      return;
    }
    const { secrets, values, machine, runbook } = this.#parts;
    const at = this.#parts.clock().toISOString();
    const input = machineEventOf(eventForMachine(event, secrets.redactor), at, values);
    // These say what happened, wherever the machine stands; it may have nothing to do about them.
    const isNews = input?.type === 'CONNECTED' || input?.type === 'INTERRUPTED';
    if (input === undefined || !(isNews || this.#snapshot.can(input))) {
      if (event.type === 'step.finished') this.#recordUnexpected(event);
      return;
    }
    keepTyped(event, { secrets, runbook, view: this.#view });
    const next = advance(machine, this.#snapshot, input);
    refuseUnconfirmed(event, next, this.#view.confirmed);
    this.#record(answered(event, next), at);
    if (event.type === 'operator.acted' && 'inputs' in input && input.inputs !== undefined)
      this.#parts.onEdited(input.inputs, event.step);
    this.#readingTimes.note(event, at);
    this.#timers.moved(event, this.#snapshot, next.snapshot);
    this.#snapshot = next.snapshot;
    this.#perform(next.effects);
  }

  /** What ran has run, whether or not the machine waits for its end: the record says so. */
  #recordUnexpected(event: EventOf<'step.finished'>): void {
    this.#record({ ...event, unexpected: true });
    this.#parts.reportError(new Error(`${event.step} ended, and the run was not waiting for it`));
    this.#rest();
  }

  #perform(effects: readonly MachineEffect[]): void {
    const { runbook, operator } = this.#parts;
    for (const effect of effects) {
      if (effect.type === 'call') this.#parts.onCalled(effect.params);
      const event = recordedFact(effect, recordingAt(this.#snapshot, { runbook, operator }));
      if (event !== undefined) this.#record(event);
      if (effect.type === 'executeRead' || effect.type === 'executeChange')
        this.#executions.start(effect.params);
      else if (effect.type === 'arm') this.#arm(effect.params);
      if (event?.type === 'run.finished') this.#finish(event);
    }
    this.#rest();
  }

  /** Where nothing runs any more, a run that is being left is left, and one that nobody answers pauses. */
  #rest(): void {
    if (this.#end !== undefined || !this.#executions.areOver) return;
    const leaving = this.#leaving;
    this.#leaving = undefined;
    if (leaving !== undefined) this.#obeyEnd(leaving);
    else if (!this.#parts.attended && this.#view.status === 'waiting')
      this.#pause('it needs an operator, and nobody can answer here', true);
  }

  #arm({ step, item, ms }: Arm): void {
    const about = item === undefined ? { step } : { step, item };
    this.#timers.arm(keyOf(about), ms, () => this.move({ type: 'timer.fired', ...about }));
  }

  #record(event: RunEvent, at?: string): void {
    const masked = maskEvent(event, this.#parts.secrets.redactor);
    const sync = isDurable(event, this.#view);
    const recorded = this.#parts.journal.append(masked, { sync, at });
    this.#view = foldEvent(this.#view, recorded);
    this.#listeners.queue({ view: this.#view, event: recorded });
  }

  #pause(reason: string, unanswered: boolean): void {
    this.#record({ type: 'run.paused', reason });
    this.#close({ status: 'paused', reason, unanswered });
  }

  #finish({ outcome }: EventOf<'run.finished'>): void {
    this.#close({ status: 'finished', outcome });
  }

  #close(end: SessionEnd): void {
    this.#timers.clear();
    this.#end = end;
    this.#settle.resolve();
  }
}
