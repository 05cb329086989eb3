import { RunbookError, usageError } from '#errors.ts';
import { isOfAdhoc } from '#events/log/adhoc.ts';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import { rulesOf } from '#events/log/run-event.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import { begin } from '#machine/advance.ts';
import { compileAsOpened } from '#machine/compile-runbook.ts';
import type { MachineContext, TargetFacts } from '#machine/context.ts';
import type { MachineEvent } from '#machine/event.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { ResumeOptions } from './options.ts';
import { Following } from './resume/following.ts';
import {
  answersToGiveAgain,
  givenTexts,
  recordedInputs,
  refuseOtherAnswers,
  secretAsks,
  typedSecretInputs,
} from './resume/given-again.ts';
import { resumedEvent } from './resume/interruption.ts';
import { lostCommand } from './resume/lost-commands.ts';
import { damaged, Replay } from './resume/replay.ts';
import { unmaskedTargets } from './resume/unmasked-event.ts';
import { keepSecretParameters } from './session/executions.ts';
import { answerName, typedSecrets } from './session/intents.ts';
import { targetsByName } from './session/machine-events.ts';
import { type OpenRun, openSession } from './session/open.ts';
import { sha256 } from './sha256.ts';
import type { RecordedRun } from './store/read-run.ts';
import { childTexts, keepChildSecrets, recordedTexts } from './values/child-inputs.ts';
import { RunValues } from './values/current.ts';
import { maskEvent } from './values/mask-event.ts';
import { childOpener } from './values/open-child.ts';
import { SecretValues } from './values/secrets.ts';
import { targetFacts } from './values/targets.ts';

/**
 * Resumes a recorded run. The state of the machine is rebuilt from the journal; an action that had
 * started and not ended is not started again, and its outcome is unknown.
 */
export async function resumeRun(
  runbook: Runbook,
  recorded: RecordedRun,
  options: ResumeOptions,
): Promise<OpenRun> {
  const { surroundings } = options;
  const { record, records } = recorded;
  const started = records[0]?.event;
  if (started?.type !== 'run.started') throw damaged('it does not begin with run.started');
  if (records.some(({ event }) => event.type === 'run.finished'))
    throw usageError(
      `the run ${record.id} has finished`,
      `see it with runbook transcript ${record.id}`,
    );
  refuseOtherAnswers(records, options.answers);
  const { values, secrets, replay, at, effects, interrupted } = replayed(
    runbook,
    recorded,
    started,
    options,
  );
  const cleared = await options.endSessions?.(values.all);
  const journal = await record.journal.open({
    clock: surroundings.clock,
    after: recorded.check.head,
  });
  let view = foldEvents(records);
  const append = (event: RunEvent): void => {
    view = foldEvent(view, journal.append(maskEvent(event, secrets.redactor)));
  };
  lostCommand(view).forEach(append);
  const missing = replay.missing();
  const finished = missing.find((event) => event.type === 'run.finished');
  for (const event of missing) if (event !== finished) append(event);
  await journal.durable();
  if (view === undefined) throw damaged('it is empty');
  const open = openSession({
    runbook,
    journal,
    record,
    values,
    secrets,
    options,
    view,
  });
  const resumed = resumedEvent(surroundings, recorded.repaired, interrupted, cleared, options.at);
  return { ...open, begin: () => open.session.resume(at.snapshot, resumed, finished, effects) };
}

/**
 * Returns why this program cannot resume a run as it stands, or undefined if it can, or if only a
 * secret that was typed would tell. Replays the record as a resume does; writes and starts nothing.
 */
export function resumeObstacle(
  runbook: Runbook,
  recorded: RecordedRun,
  program: string,
): RunbookError | undefined {
  const { records } = recorded;
  const started = records[0]?.event;
  if (started?.type !== 'run.started') return damaged('it does not begin with run.started');
  if (answersToGiveAgain(runbook, records).length > 0) return undefined;
  if (typedSecretInputs(runbook, records).length > 0) return undefined;
  const secrets = started.inputs.filter(({ secret, value }) => secret && value !== null);
  for (const text of STAND_INS) {
    const given = Object.fromEntries(secrets.map(({ name }) => [name, text]));
    const surroundings = { program, env: {} };
    try {
      replayed(runbook, recorded, started, { surroundings, given, answers: {} });
      return undefined;
    } catch (error) {
      if (error instanceof RunbookError && error.code === 'journal-mismatch') return error;
    }
  }
  return undefined;
}

/** The texts used as secrets in a replay that contacts nothing: a text, or the URL of a server. */
const STAND_INS = [
  'stand-in-of-a-secret',
  'postgres://stand-in@stand-in/stand-in',
  'mysql://stand-in@stand-in/stand-in',
];

/** The options of a replay. */
type ReplayOptions = Pick<
  ResumeOptions,
  'answers' | 'at' | 'children' | 'environment' | 'given' | 'typed'
> & { readonly surroundings: Pick<ResumeOptions['surroundings'], 'env' | 'program'> };

function phrasesAsked(records: readonly RecordedEvent[]): ReadonlySet<string> {
  return new Set(
    records.flatMap(({ event }) =>
      event.type === 'gate.opened' && event.phrase !== undefined ? [event.phrase] : [],
    ),
  );
}

/** Returns who is asked; a run of a team asks everyone who may answer. */
function askedOf({ operator, worker }: EventOf<'run.started'>): string | undefined {
  return worker === undefined ? operator : undefined;
}

/** Replays the journal into the machine, and restores everything the run had learned. */
function replayed(
  runbook: Runbook,
  recorded: RecordedRun,
  started: EventOf<'run.started'>,
  options: ReplayOptions,
) {
  const secrets = new SecretValues();
  for (const { name, value } of options.environment?.secrets ?? []) secrets.keep(name, value);
  const secretSteps = new Set(secretAsks(runbook));
  for (const [step, answer] of Object.entries(options.answers))
    if (secretSteps.has(step)) secrets.keep(answerName(step), answer);
  const again = givenTexts(runbook, options);
  const inputs = recordedInputs(runbook, started, options);
  const values = new RunValues(runbook, inputs, secrets);
  const { mode } = started;
  let isReplayed = false;
  // Phrases stay as they were asked for, even if other secrets are known now.
  const asked = phrasesAsked(recorded.records);
  const isSecret = (text: string) => (isReplayed ? secrets.isSecret(text) : !asked.has(text));
  const now = childTexts(runbook, { given: options.children, env: options.surroundings.env });
  const texts = recordedTexts(started, now);
  keepChildSecrets(runbook, texts, secrets);
  const openChild = childOpener(texts);
  const machine = compileAsOpened(runbook, sha256, { mode, openChild, isSecret });
  const replay = new Replay({
    runbook,
    operator: askedOf(started),
    program: options.surroundings.program,
    startedBy: started.program,
    onCalled: (call) => values.called(call),
    onExecuted: (execute) => keepSecretParameters(execute, secrets),
    mask: (event) => maskEvent(event, secrets.redactor),
    known: (step) => ({
      secrets,
      answers: options.answers,
      typed: options.typed ?? {},
      given: again,
      targets: values.targetsAt(step),
    }),
  });
  const begun = begin(machine, {
    run: {
      id: started.runId,
      operator: started.operator,
      started_at: recorded.records[0]?.at ?? '',
    },
    inputs,
    targets: targetsByName(unmaskedTargets(started.targets, targetFacts(values.current))),
    auto: started.auto ?? false,
    ...rulesOf(started),
  });
  const following = new Following({
    ...{ runbook, replay, values, id: recorded.record.id, records: decided(recorded.records) },
    onActed: (acted, input) => takeOver(acted, input, { runbook, secrets, values }),
  });
  const { at, effects, interrupted } = following.toTheEnd(begun, options.at);
  isReplayed = true;
  const { targets, frames }: MachineContext = at.snapshot.context;
  refuseOtherServer(recorded.record.id, targets, targetFacts(values.current));
  for (const [id, frame] of Object.entries(frames))
    refuseOtherServer(recorded.record.id, frame.targets, values.targetsAt(`${id}/`));
  return { values, secrets, replay, at, effects, interrupted };
}

/** Keeps the operator's typed values, as the session did. */
function takeOver(
  { intent, step }: EventOf<'operator.acted'>,
  input: MachineEvent,
  known: { readonly runbook: Runbook; readonly secrets: SecretValues; readonly values: RunValues },
): void {
  if (!('inputs' in input) || input.inputs === undefined) return;
  for (const [name, text] of Object.entries(typedSecrets(known.runbook, intent, step)))
    known.secrets.keep(name, text);
  known.values.edit(input.inputs, step);
}

/** Returns the events of the run's own machine, without those of ad-hoc commands. */
function decided(records: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return records.slice(1).filter(({ event }) => !isOfAdhoc(event));
}

/** Throws if a target is another server now: a gate or finding must not be carried over to it. */
function refuseOtherServer(
  id: string,
  before: Readonly<Record<string, TargetFacts>>,
  now: Readonly<Record<string, TargetFacts>>,
): void {
  for (const [name, { host, port, database, description }] of Object.entries(now)) {
    const was = before[name];
    if (was === undefined) continue;
    if (was.host === host && was.port === port && was.database === database) continue;
    throw usageError(
      `the run is on ${was.description}, and the address of "${name}" now leads to ${description}`,
      `give the address of that server again; if it is gone for good: runbook runs end ${id}`,
    );
  }
}
