import { adhocId } from '#events/log/adhoc.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent, IntentType } from '#events/log/intent.ts';
import { CURRENT_RULES } from '#events/log/run-event.ts';
import { ACCEPTED, type Verdict, verdictOf } from '#events/log/submission.ts';
import type { RunView } from '#events/view/run-view.ts';
import { refused, wordsOf } from '#events/wording/reasons.ts';
import { adhocRunbook } from '#machine/adhoc-runbook.ts';
import { advance, begin, type MachineSnapshot } from '#machine/advance.ts';
import { compileRunbook } from '#machine/compile-runbook.ts';
import { allTargets } from '#machine/context/frames.ts';
import type { MachineContext } from '#machine/context.ts';
import type { Execute, MachineEffect } from '#machine/effect.ts';
import { knowingServers } from '#machine/known-servers.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import {
  type JudgedLine,
  judgeLine,
  needsOfLine,
  type TypedLine,
} from '#safety/effects/judge-line.ts';
import type { EffectParsers, ParserNeeds } from '#safety/effects/parsers.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import { sha256 } from '../sha256.ts';
import { eventForMachine } from '../values/mask-event.ts';
import type { SecretValues } from '../values/secrets.ts';
import { shownAction } from '../values/shown-action.ts';
import { answered, refuseUnconfirmed } from './confirmation.ts';
import { machineEventOf, type Values } from './machine-events.ts';
import { recordedFact } from './recorded-facts.ts';

/** Loads the parsers that classify a command. */
export type LoadParsers = (needs: ParserNeeds) => Promise<EffectParsers>;

/** The dependencies of ad-hoc commands. */
export type AdhocSurroundings = {
  readonly runbook: Runbook;
  readonly values: Values;
  readonly secrets: SecretValues;
  readonly clock: () => Date;
  readonly targetNamed: (name: string) => ResolvedTarget | undefined;
  /** Without it no command is proven to be a read. */
  readonly loadParsers: LoadParsers | undefined;
};

/** The operations of the session that commands use. */
export type AdhocSession = {
  readonly view: () => RunView;
  /** The current context of the run's machine. */
  readonly context: () => MachineContext;
  /** Whether the run waits for an operator who can answer. */
  readonly canEnter: () => boolean;
  readonly record: (event: RunEvent) => void;
  /** Records the end of an action that was not expected. */
  readonly recordUnexpected: (event: EventOf<'step.finished'>) => void;
  readonly execute: (execute: Execute) => void;
  /** Cancels the running actions. */
  readonly cancel: () => void;
  /** Continues after a pause; an error then ends the run. */
  readonly later: (act: () => void) => void;
};

type Open = {
  readonly id: string;
  readonly runbook: Runbook;
  snapshot: MachineSnapshot;
};

type Entered = TypedLine & { readonly by: string };
const BUSY = refused('impossible', { kind: 'command-open' });

const NO_PARSERS: EffectParsers = { shell: undefined, postgres: undefined };

const GATE_INTENTS: readonly IntentType[] = ['confirm', 'decline', 'note', 'leave'];

/**
 * The ad-hoc commands an operator enters while the run waits, one at a time. Each is a machine of
 * its own, compiled like a runbook of one step; that of the run does not move meanwhile.
 */
export class AdhocCommands {
  readonly #around: AdhocSurroundings;
  readonly #session: AdhocSession;
  #open: Open | 'judging' | undefined;
  #judging: Entered | undefined;

  constructor(around: AdhocSurroundings, session: AdhocSession) {
    this.#around = around;
    this.#session = session;
  }

  /** True from the entry of a command until it has ended. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Handles an intent about a command, or one that must wait for its end; undefined for others. */
  takes(intent: Intent, by: string): Verdict | undefined {
    if (intent.type === 'adhoc') return this.#open === undefined ? this.#enter(intent, by) : BUSY;
    if (this.#open === undefined) return undefined;
    switch (intent.type) {
      case 'note':
      case 'cancel':
      case 'leave':
      case 'abort':
        return undefined;
      case 'stop':
        this.#session.cancel();
        return ACCEPTED;
      case 'confirm':
      case 'decline':
        return this.#answer(intent, by);
      default:
        return BUSY;
    }
  }

  /** Processes the end of the open command's action. */
  move(event: RunEvent): Verdict {
    const open = this.#open;
    const { clock, values, secrets } = this.#around;
    const seen = eventForMachine(event, secrets.redactor);
    const input = machineEventOf(seen, clock().toISOString(), values);
    if (open === undefined || open === 'judging' || !input || !open.snapshot.can(input)) {
      if (event.type === 'step.finished') this.#session.recordUnexpected(event);
      return BUSY;
    }
    const targets = allTargets(this.#session.context());
    const known = knowingServers(open.snapshot, targets);
    const next = advance(known, input);
    refuseUnconfirmed(event, next);
    const recorded = answered(event, next);
    this.#session.record(recorded);
    open.snapshot = next.snapshot;
    this.#perform(open, next.effects);
    if (!isWaiting(open.snapshot, open.id)) this.#open = undefined;
    return verdictOf(recorded);
  }

  /** Declines a command that will not be confirmed any more. */
  giveUp(by: string): void {
    if (this.#open === 'judging') this.#open = undefined;
    else this.#answer({ type: 'decline', reason: wordsOf({ kind: 'run-left' }) }, by);
  }

  #enter(intent: Extract<Intent, { type: 'adhoc' }>, by: string): Verdict {
    if (!this.#session.canEnter()) return refused('impossible', { kind: 'no-commands-now' });
    const line = this.#typed(intent);
    if (line === undefined) return refused('invalid', { kind: 'no-target', name: intent.target });
    const typed = { ...line, by };
    this.#open = 'judging';
    this.#judging = typed;
    // Neither of the two rejects.
    void this.#judged(typed).then((judged) =>
      this.#session.later(() => {
        if (this.#open === 'judging' && this.#judging === typed) this.#begin(typed, judged);
      }),
    );
    return ACCEPTED;
  }

  /** Without a working parser, a command is not proven to be a read. */
  async #judged(typed: TypedLine): Promise<JudgedLine> {
    try {
      const parsers = await this.#around.loadParsers?.(needsOfLine(typed));
      return judgeLine(typed, parsers ?? NO_PARSERS);
    } catch {
      return judgeLine(typed, NO_PARSERS);
    }
  }

  #typed({ target, text }: Extract<Intent, { type: 'adhoc' }>): TypedLine | undefined {
    const resolved = this.#around.targetNamed(target);
    const facts = allTargets(this.#session.context())[target];
    if (resolved === undefined || facts === undefined) return undefined;
    const kind = resolved.kind === 'database' ? 'sql' : 'shell';
    return { text, target, kind, engine: facts.engine ?? undefined };
  }

  #begin({ target, by: operator }: Entered, judged: JudgedLine): void {
    const { runbook: around, secrets } = this.#around;
    const { view, record } = this.#session;
    const context = this.#session.context();
    const targets = allTargets(context);
    const id = adhocId((view().adhoc?.length ?? 0) + 1);
    const title = `Command ${id} on ${target}`;
    const phrase = targets[target]?.database ?? target;
    const runbook = adhocRunbook({ id, title, judged, phrase }, around);
    const { effect, because, body } = judged;
    const text =
      body.kind === 'sql' ? body.texts.any?.text : body.kind === 'shell' ? body.script.text : '';
    const action = shownAction(
      body.kind === 'sql'
        ? {
            kind: 'sql',
            target,
            text: text ?? '',
            values: [],
            readOnly: false,
            timeoutMs: 10_000,
            origin: [],
          }
        : { ...SCRIPT, target, script: text ?? '' },
      { targets },
    );
    record({ type: 'adhoc.entered', step: id, operator, target, title, effect, because, action });
    if (judged.refused !== undefined) {
      this.#open = undefined;
      const message = `it is not run here: ${judged.refused}, and the run goes on in that session`;
      const error = { kind: 'config', message, hint: 'run it from a client of your own' } as const;
      record({ type: 'step.settled', step: id, status: 'failed', error });
      return;
    }
    const machine = compileRunbook(runbook, sha256, {
      mode: view().mode,
      isSecret: secrets.isSecret,
    });
    const { run, inputs } = context;
    const first = begin(machine, { run, inputs, targets, auto: false, ...CURRENT_RULES });
    const next = advance(first.snapshot, { type: 'CONTINUE' });
    const open: Open = { id, runbook, snapshot: next.snapshot };
    this.#open = open;
    refuseUnconfirmed(
      { type: 'adhoc.entered', step: id, operator, target, title, effect, because, action },
      next,
    );
    this.#perform(open, next.effects);
    if (!isWaiting(open.snapshot, id)) this.#open = undefined;
  }

  #answer(intent: Extract<Intent, { type: 'confirm' | 'decline' }>, operator: string): Verdict {
    const open = this.#open;
    const { gate } = this.#session.view();
    if (open === undefined || open === 'judging' || gate?.step !== open.id) return BUSY;
    const common = { type: 'gate.answered', step: open.id, operator } as const;
    if (intent.type === 'decline') {
      const { reason } = intent;
      return this.move({ ...common, answer: 'declined', digest: gate.digest, reason });
    }
    const { digest, phrase } = intent;
    const typed = phrase === undefined ? {} : { phrase };
    return this.move({ ...common, answer: 'confirmed', digest, ...typed });
  }

  #perform({ runbook }: Open, effects: readonly MachineEffect[]): void {
    const { record, execute, context } = this.#session;
    const recording = {
      runbook,
      operator: this.#session.view().operator,
      targets: allTargets(context()),
      can: () => GATE_INTENTS,
    };
    for (const effect of effects) {
      if (!isTold(effect)) continue;
      const event = recordedFact(effect, recording);
      if (event !== undefined) record(event);
      // An ad-hoc command is in no file that an error could refer to.
      if (effect.type === 'executeChange' || effect.type === 'executeRead')
        execute(withoutOrigin(effect.params));
    }
  }
}

/** Returns whether an effect is about the command's step, and not about the end of a run. */
function isTold(effect: MachineEffect): boolean {
  switch (effect.type) {
    case 'executeRead':
    case 'executeChange':
    case 'openGate':
      return true;
    case 'await':
      return effect.params.for === 'gate';
    case 'record':
      return effect.params.type === 'step.settled';
    default:
      return false;
  }
}

const OPEN = ['connecting', 'gate', 'running'];

/** Returns whether the command still waits for an answer to its gate, or for the end of an action. */
function isWaiting(snapshot: MachineSnapshot, id: string): boolean {
  return OPEN.some((state) => snapshot.matches({ [id]: state }));
}

function withoutOrigin(execute: Execute): Execute {
  const { action } = execute;
  if (!('kind' in action) || action.kind !== 'sql') return execute;
  return { ...execute, action: { ...action, origin: [] } };
}

const SCRIPT = {
  kind: 'shell',
  env: {},
  cwd: undefined,
  stdin: undefined,
  okExit: [0],
  parse: 'text',
  interactive: false,
  readOnly: false,
  timeoutMs: 60_000,
} as const;
