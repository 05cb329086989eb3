import { RunbookError } from '#errors.ts';
import { keyOf } from '#events/log/action-key.ts';
import {
  EVENT_VERSION,
  type EventOf,
  type RecordedEvent,
  type RunEvent,
} from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { because } from '#events/wording/reasons.ts';
import { advance, begin, type MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import type { MachineInput } from '#machine/context.ts';
import type { Arm, Call, Execute, MachineEffect } from '#machine/effect.ts';
import { answered, refuseUnconfirmed } from '#run/session/confirmation.ts';
import { keepTyped, recordedIntent } from '#run/session/intents.ts';
import { machineEventOf } from '#run/session/machine-events.ts';
import { recordingAt } from '#run/session/possible-intents.ts';
import { recordedFact } from '#run/session/recorded-facts.ts';
import { Stopwatch } from '#run/session/stopwatch.ts';
import { RunValues } from '#run/values/current.ts';
import { eventForMachine, maskEvent } from '#run/values/mask-event.ts';
import { stepOutlines } from '#run/values/step-outlines.ts';
import { targetFacts } from '#run/values/targets.ts';
import { defined } from '#runbook/model/defined.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import { secretParameters } from '#safety/kinds/probe.ts';
import { Agenda, type Due } from './agenda.ts';
import type { Answer, Case } from './cases/case.ts';
import { type Failure, failure } from './failure.ts';
import { Mocks } from './mocks/given.ts';
import { missingResult } from './mocks/missing-result.ts';
import { intentOfCase, misfit, possibleAnswers, suggestedAnswer, waitsFor } from './operator.ts';
import { RehearsedSecrets } from './rehearsed-secrets.ts';
import type { Rehearsed, Stage } from './stage.ts';

/**
 * Runs a case with the machine, events and rules of a real run, but with its own clock and without
 * side effects.
 */
export function rehearse(stage: Stage, testCase: Case): Rehearsed {
  return new Rehearsal(stage, testCase).run();
}

/** The event limit: a run that exceeds it does not end by itself. */
const MOST_EVENTS = 10_000;

type Ending = Pick<EventOf<'step.finished'>, 'status' | 'result' | 'error'>;

class Rehearsal {
  readonly #stage: Stage;
  readonly #case: Case;
  readonly #mocks: Mocks;
  readonly #answers: Answer[];
  readonly #secrets: RehearsedSecrets;
  readonly #values: RunValues;
  readonly #events: RecordedEvent[] = [];
  readonly #stopwatch = new Stopwatch(() => this.#clock);
  readonly #agenda = new Agenda();
  #clock = BEGINNING;
  #snapshot: MachineSnapshot;
  #view: RunView;
  #stopped: Failure | undefined;
  #left = false;

  constructor(stage: Stage, testCase: Case) {
    this.#stage = stage;
    this.#case = testCase;
    this.#secrets = new RehearsedSecrets(stage.redactors);
    this.#mocks = new Mocks(testCase.steps);
    this.#answers = [...testCase.answers];
    this.#values = new RunValues(stage.runbook, testCase.inputs, this.#secrets);
    const input = beginningOf(testCase, this.#values);
    const first = begin(stage.machine, input);
    this.#snapshot = first.snapshot;
    this.#view = this.#record(this.#masked(startedEvent(stage.runbook, input)));
    this.#perform(first.effects);
  }

  run(): Rehearsed {
    while (!this.#isOver()) this.#turn();
    return {
      case: this.#case,
      events: this.#events,
      view: this.#view,
      stopped: this.#stopped,
      unusedResults: this.#mocks.unused(),
      unusedAnswers: this.#answers,
    };
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#left || this.#view.status === 'finished';
  }

  #turn(): void {
    const [answer] = this.#answers;
    if (this.#events.length > MOST_EVENTS) {
      const message = `the run does not end: ${MOST_EVENTS} events and no finish`;
      this.#stop(failure(message, this.#case.span));
    } else if (answer?.verb === 'stop' && this.#agenda.concerns(answer.step))
      this.#obey(this.#answers.shift());
    else this.#goOn(this.#agenda.next());
  }

  /** Advances the clock to the next event; if there is none, the operator acts. */
  #goOn(next: Due | undefined): void {
    if (next === undefined) {
      this.#ask();
      return;
    }
    this.#clock = Math.max(this.#clock, next.at);
    this.#move(next.event());
  }

  #ask(): void {
    const { awaited } = this.#view;
    const [answer] = this.#answers;
    if (awaited === undefined || this.#view.status !== 'waiting') {
      this.#stop(failure('the run stands still', this.#case.span));
      return;
    }
    if (awaited.for === 'start' && (answer?.at !== 'start' || answer.step !== awaited.step)) {
      this.#send({ type: 'continue' });
      return;
    }
    const wrong =
      answer === undefined
        ? failure(`${waitsFor(awaited)}, and the case has no answer for it`, this.#case.span, {
            hint: `the operator can ${possibleAnswers(awaited).join(', ')}`,
            paste: `answers:\n  ${suggestedAnswer(awaited)}`,
          })
        : misfit(answer, awaited);
    if (wrong !== undefined) this.#stop(wrong);
    else this.#obey(this.#answers.shift());
  }

  #obey(answer: Answer | undefined): void {
    if (answer === undefined) return;
    this.#clock += answer.afterMs;
    const before = this.#events.length;
    this.#send(intentOfCase(answer, this.#view));
    if (this.#events.length === before)
      this.#stop(failure(`it has no effect: the run cannot ${answer.verb} there`, answer.span));
  }

  #send(intent: Intent): void {
    if (intent.type === 'leave') {
      this.#view = this.#record({ type: 'run.paused', ...because({ kind: 'operator-left' }) });
      this.#left = true;
      return;
    }
    const event = recordedIntent(intent, {
      view: this.#view,
      operator: OPERATOR,
      values: this.#values,
      ageMs: (at) => this.#clock - Date.parse(at),
    });
    if (event !== undefined) this.#move(event);
  }

  /** Processes an event as a session does: masks, transitions, records and executes it. */
  #move(event: RunEvent): void {
    const { runbook } = this.#stage;
    const seen = eventForMachine(event, this.#secrets.redactor);
    const input = machineEventOf(seen, this.#now().toISOString(), this.#values);
    if (input === undefined || !this.#snapshot.can(input)) return;
    keepTyped(event, { secrets: this.#secrets, runbook, view: this.#view });
    const next = advance(this.#snapshot, input);
    refuseUnconfirmed(event, next, this.#view.confirmed);
    this.#view = this.#record(this.#masked(answered(event, next)));
    if (event.type === 'operator.acted' && 'inputs' in input && input.inputs !== undefined)
      this.#values.edit(input.inputs, event.step);
    this.#forgetTimers(event, next.snapshot);
    this.#snapshot = next.snapshot;
    this.#perform(next.effects);
  }

  #perform(effects: readonly MachineEffect[]): void {
    const { runbook } = this.#stage;
    for (const effect of effects) {
      if (effect.type === 'call') this.#call(effect.params);
      if (effect.type === 'executeRead') this.#keepSecrets(effect.params);
      const at = recordingAt(this.#snapshot, runbook, { operator: OPERATOR });
      const event = recordedFact(effect, at);
      if (event !== undefined) this.#view = this.#record(this.#masked(event));
      if (effect.type === 'executeRead' || effect.type === 'executeChange')
        this.#execute(effect.params);
      else if (effect.type === 'arm') this.#arm(effect.params);
    }
  }

  #call(call: Call): void {
    try {
      this.#values.called(call);
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      this.#stop(failure(`${call.step} cannot begin: ${error.message}`, this.#case.span));
    }
  }

  #keepSecrets({ step, action }: Execute): void {
    if ('unresolved' in action || action.kind !== 'probe') return;
    for (const { name, value } of secretParameters(action))
      this.#secrets.keepFound(`${step}.${name}`, value);
  }

  /** The facts of the target come from the case or from its URL. */
  #connect(target: string): void {
    const facts = { ...allTargets(this.#snapshot.context)[target] };
    const { description = target } = facts;
    this.#move({ type: 'target.connected', target, description, reserved: false, facts });
  }

  #arm({ step, item, ms }: Arm): void {
    const about = item === undefined ? { step } : { step, item };
    const event = (): RunEvent => ({ type: 'timer.fired', ...about });
    this.#agenda.add({ at: this.#clock + ms, step, timer: keyOf(about), event });
  }

  /** A result ends the pause of its own step only; an action of the operator ends all pauses. */
  #forgetTimers(event: RunEvent, next: MachineSnapshot): void {
    if (event.type === 'step.finished' || event.type === 'timer.fired')
      this.#agenda.forgetTimers(keyOf(event));
    else if (JSON.stringify(this.#snapshot.value) !== JSON.stringify(next.value))
      this.#agenda.forgetTimers();
  }

  #execute(execute: Execute): void {
    const { action } = execute;
    if ('unresolved' in action) {
      const error = { kind: 'unresolved', message: action.unresolved } as const;
      this.#end(execute, 0, { status: 'failed', error });
      return;
    }
    if (action.kind === 'connect') {
      this.#connect(action.target);
      this.#end(execute, 0, { status: 'succeeded', result: {} });
      return;
    }
    const mocked = this.#mocks.take(execute, this.#snapshot.context.visit);
    if (!('missing' in mocked)) {
      const { status, result, error, takesMs } = mocked;
      const ms = action.kind === 'wait' ? action.ms : takesMs;
      this.#end(execute, ms, defined({ status, result, error }));
    } else if (action.kind === 'wait')
      this.#end(execute, action.ms, { status: 'succeeded', result: { ms: action.ms } });
    else this.#stop(missingResult(execute, mocked, this.#case, this.#stage.steps));
  }

  /** Schedules the end of an action. */
  #end(execute: Execute, ms: number, end: Ending): void {
    const { step, visit, part, attempt, item } = execute;
    const elapsed = this.#stopwatch.start(execute);
    this.#agenda.add({
      at: this.#clock + ms,
      step,
      timer: undefined,
      event: () => ({
        type: 'step.finished',
        step,
        visit,
        part,
        attempt,
        ...defined({ item }),
        ms,
        outputs: [],
        ...end,
        elapsedMs: elapsed(),
        random: 0,
      }),
    });
  }

  #masked(event: RunEvent): RunEvent {
    return maskEvent(event, this.#secrets.redactor);
  }

  #record(event: RunEvent): RunView {
    const recorded = { seq: this.#events.length + 1, at: this.#now().toISOString(), event };
    this.#events.push(recorded);
    return foldEvent(this.#view, recorded);
  }

  #stop(why: Failure): void {
    this.#stopped ??= why;
  }

  #now(): Date {
    return new Date(this.#clock);
  }
}

/** The start time of every case, in milliseconds since 1970; it does not depend on real time. */
const BEGINNING = Date.UTC(2026, 0, 1);

/** The name of the operator in a case. */
const OPERATOR = 'operator';

const RUN_ID = 'rehearsal';

/** Returns the initial input of the machine for a case. */
function beginningOf(testCase: Case, values: RunValues): MachineInput {
  const known = targetFacts(values.current);
  const targets = Object.entries(known).map(([name, facts]) => {
    return [name, { ...facts, ...testCase.targets[name] }] as const;
  });
  return {
    run: { id: RUN_ID, operator: OPERATOR, started_at: new Date(BEGINNING).toISOString() },
    inputs: testCase.inputs,
    targets: Object.fromEntries(targets),
    auto: !testCase.answers.some(({ at }) => at === 'start'),
  };
}

/** Returns the first event of a case. */
function startedEvent(runbook: Runbook, input: MachineInput): EventOf<'run.started'> {
  const { name, title, severity, summary, source, prevention, related } = runbook;
  const about = { name, title, severity, summary, file: source.file, prevention, related };
  return {
    type: 'run.started',
    version: EVENT_VERSION,
    runId: RUN_ID,
    mode: 'live',
    auto: input.auto,
    runbook: { ...about, sha256: '' },
    steps: stepOutlines(runbook),
    inputs: runbook.inputs.map(({ name, secret }) => ({
      name,
      secret,
      value: secret ? `‹secret:${name}›` : ((input.inputs[name] ?? null) as Json),
    })),
    targets: Object.values(input.targets),
    operator: OPERATOR,
    host: 'localhost',
    pid: 0,
    program: 'runbook test',
  };
}
