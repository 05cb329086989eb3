import { isOfAdhoc } from '../events/adhoc.ts';
import type { EventOf, RunEvent } from '../events/event.ts';
import { foldEvent } from '../events/fold.ts';
import type { Intent } from '../events/intent.ts';
import type { RunChange, RunHandle } from '../events/run-handle.ts';
import type { RunView } from '../events/view.ts';
import { advance, type MachineSnapshot } from '../machine/advance.ts';
import type { Arm, MachineEffect } from '../machine/effect.ts';
import { allTargets } from '../machine/frames.ts';
import type { MachineEvent } from '../machine/machine-event.ts';
import { AdhocCommands } from './adhoc-commands.ts';
import { answered, refuseUnconfirmed } from './confirmation.ts';
import { keyOf } from './execution-key.ts';
import { Executions } from './executions.ts';
import { recordedIntent } from './intents.ts';
import { machineEventOf } from './machine-events.ts';
import { maskEvent } from './mask-event.ts';
import { possibleIntents, possibleUndos } from './possible-intents.ts';
import { recordedFact } from './recorded-facts.ts';
import type { SessionEnd, SessionParts } from './session-parts.ts';
import { Timers } from './timers.ts';

export type { SessionEnd } from './session-parts.ts';

type Leaving = {
  readonly intent: Extract<Intent, { type: 'leave' | 'abort' }>;
  readonly reason: string;
};

/**
 * A run in progress: the only place where machine, journal and executors meet. Every event goes
 * through the machine first, then into the journal, and only then are its effects carried out.
 */
export class Session implements RunHandle {
  readonly ended: Promise<void>;
  readonly #parts: SessionParts;
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  #snapshot: MachineSnapshot;
  #view: RunView;
  #end: SessionEnd | undefined;
  #leaving: Leaving | undefined;
  readonly #executions: Executions;
  readonly #timers = new Timers();
  readonly #commands: AdhocCommands;

  /** Takes a run over at `snapshot`; `view` holds all events so far. */
  constructor(parts: SessionParts, snapshot: MachineSnapshot, view: RunView) {
    this.#parts = parts;
    this.#executions = new Executions(parts, {
      onLive: (live) => this.#tell({ view: this.#view, live }),
      onEnd: (event) => this.move(event),
    });
    this.#commands = new AdhocCommands(parts, {
      view: () => this.#view,
      context: () => this.#snapshot.context,
      canEnter: () => parts.attended && this.#view.status === 'waiting' && this.#executions.areOver,
      mask: (event) => maskEvent(event, parts.secrets.redactor),
      record: (event, sync) => this.#record(event, sync),
      execute: (execute) => this.#executions.start(execute),
      cancel: () => this.#executions.cancel(),
      later: (act) => this.#guarded(act),
    });
    this.#snapshot = snapshot;
    this.#view = view;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    // Whoever waits for the end is told; until somebody does, it is not an unhandled rejection.
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
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readOutput(file: string): Promise<string> {
    return this.#parts.readOutput(file);
  }

  lendTerminal(lend: () => Promise<{ release(): void }>): void {
    this.#executions.lendTerminal(lend);
  }

  /** Carries out what the beginning of a run, or the end of a replay, asks for. */
  start(effects: readonly MachineEffect[]): void {
    this.#guarded(() => this.#perform(effects));
  }

  /** Records that a later process goes on; `finished` is an end that was decided and not recorded. */
  resume(event: EventOf<'run.resumed'>, finished: EventOf<'run.finished'> | undefined): void {
    this.#guarded(() => {
      this.#move(event);
      if (finished === undefined) return;
      this.#record(finished, true);
      this.#finish(finished);
    });
  }

  /** Records an event that moves the machine, and carries out what follows. */
  move(event: RunEvent): void {
    this.#guarded(() => this.#move(event));
  }

  /** Records that somebody follows the run, or no longer does; nothing moves. */
  witness(event: EventOf<'run.watched'>): void {
    this.#guarded(() => this.#record(event, false));
  }

  send(intent: Intent): string | undefined {
    const refusal = intent.type === 'edit' ? this.#parts.refusalOf(intent.inputs) : undefined;
    if (refusal === undefined) this.#guarded(() => this.#obey(intent));
    return refusal;
  }

  /** Leaves the run in order, e.g. when the terminal has gone: what runs is ended first. */
  leave(reason: string): void {
    this.#guarded(() => {
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

  /** An error here means that the run cannot be recorded any more: nothing further may be started. */
  #guarded(act: () => void): void {
    if (this.#end !== undefined) return;
    try {
      act();
    } catch (error) {
      this.#executions.cancel();
      this.#timers.clear();
      this.#settle.reject(error);
      this.#end = { status: 'paused', reason: 'the run could not be recorded', unanswered: false };
    }
  }

  #obey(intent: Intent): void {
    if (this.#commands.takes(intent)) return;
    switch (intent.type) {
      case 'note': {
        const { current: step } = this.#view;
        const { operator } = this.#parts;
        const place = step === undefined ? {} : { step };
        this.#record({ type: 'operator.noted', operator, text: intent.text, ...place }, false);
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
        const recorded = recordedIntent(intent, {
          view: this.#view,
          operator: this.#parts.operator,
          now: this.#parts.clock(),
          runbook: this.#parts.runbook,
          secrets: this.#parts.secrets,
        });
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
    const at = this.#parts.clock().toISOString();
    const masked = maskEvent(event, this.#parts.secrets.redactor);
    const input = machineEventOf(masked, at, this.#parts.values);
    if (input === undefined || !this.#isPossible(input)) return;
    const next = advance(this.#parts.machine, this.#snapshot, input);
    refuseUnconfirmed(masked, next);
    this.#record(answered(masked, next), this.#isSynced(event));
    if (event.type === 'operator.acted' && event.intent.type === 'edit')
      void this.#parts.onTargetsChanged();
    this.#timers.moved(event, this.#snapshot, next.snapshot);
    this.#snapshot = next.snapshot;
    this.#perform(next.effects);
  }

  /** Answers to a gate, and how a change ended, are on the disk before anything goes on. */
  #isSynced(event: RunEvent): boolean {
    if (event.type === 'gate.answered' || event.type === 'run.resumed') return true;
    if (event.type !== 'step.finished') return false;
    if (event.part !== 'action') return event.part === 'undo';
    return this.#view.steps.find(({ id }) => id === event.step)?.effect !== 'read';
  }

  #isPossible(input: MachineEvent): boolean {
    // These say what happened, wherever the machine stands; it may have nothing to do about them.
    const isNews = input.type === 'CONNECTED' || input.type === 'INTERRUPTED';
    return isNews || this.#snapshot.can(input);
  }

  #perform(effects: readonly MachineEffect[]): void {
    const { runbook, operator } = this.#parts;
    for (const effect of effects) {
      if (effect.type === 'call') this.#parts.onCalled(effect.params);
      const event = recordedFact(effect, {
        runbook,
        operator,
        targets: allTargets(this.#snapshot.context),
        can: () => possibleIntents(this.#snapshot, runbook),
        undoable: () => possibleUndos(this.#snapshot),
      });
      const isChange = effect.type === 'executeChange';
      if (event !== undefined) this.#record(event, isChange || event.type === 'run.finished');
      if (effect.type === 'executeRead' || isChange) this.#executions.start(effect.params);
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

  #record(event: RunEvent, sync: boolean): void {
    const masked = maskEvent(event, this.#parts.secrets.redactor);
    const recorded = this.#parts.journal.append(masked, { sync });
    this.#view = foldEvent(this.#view, recorded);
    this.#tell({ view: this.#view, event: recorded });
  }

  #tell(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #pause(reason: string, unanswered: boolean): void {
    this.#record({ type: 'run.paused', reason }, true);
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
