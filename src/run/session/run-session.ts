import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, Reason, RunEvent } from '#events/log/event.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import { type Submission, type Verdict, verdictOf } from '#events/log/submission.ts';
import type { RunView } from '#events/view/run-view.ts';
import { because } from '#events/wording/reasons.ts';
import { type Advance, advance, type MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import type { MachineEffect } from '#machine/effect.ts';
import { OtherRuns } from '../changes/other-runs.ts';
import { eventForMachine } from '../values/mask-event.ts';
import { AdhocCommands } from './adhoc-commands.ts';
import { answered, refuseUnconfirmed } from './confirmation.ts';
import { Executions } from './executions.ts';
import { GateRefresh } from './gate-refresh.ts';
import { ENDED, IMPOSSIBLE, IntentHandler, NOT_BEGUN } from './intent-handler.ts';
import { keepTyped } from './intents.ts';
import { isNews, machineEventOf } from './machine-events.ts';
import type { SessionEnd, SessionParts } from './parts.ts';
import { begun, passedUnwatched, recordingAt } from './possible-intents.ts';
import { ReadingTimes } from './reading-times.ts';
import { recordedFact } from './recorded-facts.ts';
import { Recorder } from './recorder.ts';
import { Timers } from './timers.ts';
import { Turns } from './turns.ts';

/**
 * A run in progress, where machine, journal and executors meet. Everything goes through one queue
 * of {@link Turns}: an event moves the machine, is journaled, and the snapshot advances. Once that
 * is durable, actions start, listeners are notified and intents are answered.
 */
export class Session implements RunHandle {
  readonly #settle = Promise.withResolvers<void>();
  readonly ended = this.#settle.promise;
  readonly #parts: SessionParts;
  readonly #recorder: Recorder;
  readonly #turns: Turns;
  #begun: MachineSnapshot | undefined;
  /** The intent being handled. */
  #submitted: { readonly resolve: (verdict: Verdict) => void; verdict: Verdict } | undefined;
  #end: SessionEnd | undefined;
  readonly #executions: Executions;
  readonly #timers: Timers;
  readonly #readingTimes: ReadingTimes;
  readonly #commands: AdhocCommands;
  readonly #intents: IntentHandler;
  readonly #refresh: GateRefresh;
  readonly #others: OtherRuns;

  /** A run whose events so far fold into `view`; it takes no intent until it begins. */
  constructor(parts: SessionParts, view: RunView) {
    this.#parts = parts;
    this.#recorder = new Recorder(parts, view);
    this.#turns = new Turns({
      isOver: () => this.#end !== undefined,
      settled: () => this.#recorder.settled(),
      rest: () => this.#rest(),
      failed: (error) => this.#fail(error),
      ended: () => this.#tell(),
    });
    this.#timers = new Timers(parts.schedule);
    this.#readingTimes = new ReadingTimes(parts.clock, parts.monotonic);
    this.#executions = new Executions(parts, {
      onLive: (live) => this.#turns.post(() => this.#recorder.queue(live)),
      onEnd: (event) => this.move(event),
    });
    this.#commands = new AdhocCommands(parts, {
      view: () => this.#recorder.view,
      context: () => this.#snapshot.context,
      canEnter: () =>
        this.#isAttended && this.#recorder.view.status === 'waiting' && this.#executions.areIdle,
      record: (event) => this.#recorder.record(event),
      recordUnexpected: (event) => this.#recorder.recordUnexpected(event),
      execute: (execute) => this.#turns.afterRecord(() => this.#executions.start(execute)),
      cancel: () => this.#executions.cancel(),
      later: (act) => this.#turns.post(act),
    });
    const session = {
      view: () => this.#recorder.view,
      executions: this.#executions,
      commands: this.#commands,
      record: (event: RunEvent, at?: string) => this.#recorder.record(event, at),
      move: (event: RunEvent) => this.#move(event),
      pause: (why: Reason) => this.#pause(why, false),
      context: () => this.#snapshot.context,
      times: this.#readingTimes,
      later: (act: () => void) => this.#turns.post(act),
    };
    this.#intents = new IntentHandler(parts, session);
    this.#refresh = new GateRefresh(parts, session);
    this.#others = new OtherRuns(parts, session);
    this.ended.catch(() => undefined);
  }

  /** The end of the session, once it has ended. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  get #snapshot(): MachineSnapshot {
    return begun(this.#begun);
  }

  get #isAttended(): boolean {
    return this.#recorder.view.attended ?? this.#parts.attended;
  }

  /** Returns whether a target has been connected, so that its engine is certain. */
  isKnown(target: string): boolean {
    return allTargets(this.#snapshot.context)[target]?.isConnected === true;
  }

  view(): RunView {
    return this.#recorder.told;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#recorder.subscribe(listener);
  }

  readOutput(file: string): Promise<string> {
    return this.#parts.readOutput(file);
  }

  lendTerminal(lend: () => Promise<{ release(): void }>): void {
    this.#executions.lendTerminal(lend);
  }

  /** Begins a run with its first state, and carries out the effects of its start. */
  start({ snapshot, effects }: Advance): void {
    this.#begun = snapshot;
    this.#turns.post(() => this.#perform(effects));
  }

  /**
   * Records that a later process resumes the run, and carries out what follows from where it does;
   * `finished` is a decided, unrecorded end.
   */
  resume(
    snapshot: MachineSnapshot,
    event: EventOf<'run.resumed'>,
    finished: EventOf<'run.finished'> | undefined,
    effects: readonly MachineEffect[] = [],
  ): void {
    this.#begun = snapshot;
    this.#turns.post(() => {
      this.#move(event);
      this.#perform(effects);
      if (finished === undefined) return;
      this.#recorder.record(finished);
      this.#close({ status: 'finished', outcome: finished.outcome });
    });
  }

  /** Records an event that moves the machine, and carries out its effects. */
  move(event: RunEvent): void {
    this.#turns.post(() => void this.#move(event));
  }

  /** Records who follows the run, or news of its alerts; does not move the machine. */
  witness(event: EventOf<'run.watched' | 'run.alerted'>): void {
    this.#turns.post(() => this.#recorder.record(event));
  }

  /** Calls `handled` with the verdict in the same turn in which its events are recorded. */
  submit(submission: Submission, handled?: (verdict: Verdict) => void): Promise<Verdict> {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const submitted = { resolve, verdict: ENDED };
    this.#turns.post(
      () => {
        const give = (verdict: Verdict): void => {
          submitted.verdict = verdict;
          handled?.(verdict);
        };
        if (this.#begun === undefined) return give(NOT_BEGUN);
        const handle = (otherRun?: string) => give(this.#intents.handle(submission, otherRun));
        return this.#others.claim(submission)?.then(handle) ?? handle();
      },
      () => {
        this.#submitted = submitted;
      },
    );
    return promise;
  }

  /**
   * Leaves the run in order: running actions are cancelled first. With `gone`, e.g. if the terminal
   * was closed, it is recorded that nobody can answer any more.
   */
  leave(why: Reason, { gone = false }: { readonly gone?: boolean } = {}): void {
    this.#turns.post(() => {
      const by = this.#recorder.view.operator;
      if (gone && this.#isAttended)
        this.#intents.handle({ intent: { type: 'attend', on: false }, by });
      this.#intents.leaveLater({ intent: { type: 'leave' }, by, why });
      this.#executions.cancel();
    });
  }

  /** Ends the session without an event if the run waits for an answer and nothing runs. */
  park(): void {
    this.#turns.post(() => {
      const { status, behind } = this.#recorder.view;
      if (status !== 'waiting' || behind !== undefined || !this.#executions.areOver) return;
      this.#close({ status: 'paused', unanswered: true });
    });
  }

  /** Removes what other runs see of this one; call it once the session has ended. */
  readonly release = (): Promise<void> => this.#others.close();

  /** Gives the run up, which another process continues: cancels what runs and records nothing. */
  forsake(why: Error): void {
    this.#turns.fail(why);
  }

  /** Handles a Ctrl-C outside a screen: the first stops at a safe point, the second cancels. */
  interrupt(): void {
    const type = this.#snapshot.context.stopping ? 'cancel' : 'stop';
    if (this.#executions.areOver) this.leave({ kind: 'interrupted' });
    else void this.submit({ intent: { type }, by: this.#recorder.view.operator });
  }

  /** After an error in a turn the run cannot be recorded any more: nothing further may start. */
  #fail(error: unknown): void {
    this.#recorder.forget();
    this.#executions.cancel();
    this.#timers.clear();
    this.#settle.reject(error);
    this.#end = { status: 'paused', unanswered: false };
    if (this.#submitted !== undefined) this.#submitted.verdict = ENDED;
  }

  #tell(): void {
    this.#refresh.look();
    if (this.#begun !== undefined) this.#others.look();
    this.#recorder.tell();
    this.#submitted?.resolve(this.#submitted.verdict);
    this.#submitted = undefined;
    // A promise settles once: after a failure this has no effect.
    if (this.#end !== undefined) this.#settle.resolve();
  }

  #move(event: RunEvent): Verdict {
    if (isOfAdhoc(event)) return this.#commands.move(event);
    const { secrets, values, runbook } = this.#parts;
    const { view } = this.#recorder;
    const at = this.#parts.clock().toISOString();
    const input = machineEventOf(eventForMachine(event, secrets.redactor), at, values);
    if (input === undefined || !(isNews(input) || this.#snapshot.can(input))) {
      if (event.type === 'step.finished') this.#recorder.recordUnexpected(event);
      return IMPOSSIBLE;
    }
    keepTyped(event, { secrets, runbook, view });
    const next = advance(this.#snapshot, input);
    refuseUnconfirmed(event, next, view.confirmed);
    const recorded = answered(event, next);
    this.#recorder.record(recorded, at);
    if (event.type === 'operator.acted' && 'inputs' in input && input.inputs !== undefined)
      this.#parts.onEdited(input.inputs, event.step);
    this.#readingTimes.note(event, at);
    this.#timers.moved(event, this.#snapshot, next.snapshot);
    this.#begun = next.snapshot;
    this.#perform(next.effects);
    return verdictOf(recorded);
  }

  #perform(effects: readonly MachineEffect[]): void {
    const { runbook } = this.#parts;
    for (const effect of effects) {
      if (effect.type === 'call') this.#parts.onCalled(effect.params);
      const event = recordedFact(effect, recordingAt(this.#snapshot, runbook, this.#recorder.view));
      if (event !== undefined) this.#recorder.record(event);
      if (effect.type === 'executeRead' || effect.type === 'executeChange')
        this.#turns.afterRecord(() => this.#executions.start(effect.params));
      else if (effect.type === 'arm')
        this.#timers.armFor(effect.params, (fired) => this.move(fired));
      if (event?.type === 'run.finished')
        this.#close({ status: 'finished', outcome: event.outcome });
    }
  }

  /** Leaves or pauses an idle run if that is due. Returns whether there was anything to do. */
  #rest(): boolean {
    if (this.#end !== undefined || !this.#executions.areOver) return false;
    if (this.#intents.leaveIfDue()) return true;
    const { view } = this.#recorder;
    if (this.#begun === undefined || this.#isAttended || view.status !== 'waiting') return false;
    const passed = passedUnwatched(view);
    if (passed !== undefined) this.#move(passed);
    else this.#pause({ kind: 'nobody-can-answer' }, true);
    return true;
  }

  #pause(why: Reason, unanswered: boolean): void {
    this.#recorder.record({ type: 'run.paused', ...because(why) });
    this.#close({ status: 'paused', unanswered });
  }

  #close(end: SessionEnd): void {
    this.#timers.clear();
    this.#end = end;
  }
}
