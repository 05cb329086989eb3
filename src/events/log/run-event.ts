import * as z from 'zod/mini';
import { defined } from '#runbook/model/defined.ts';
import {
  event,
  interruptedAction,
  opt,
  runMode,
  runOutcome,
  said,
  shownInput,
  startedChild,
  startedRunbook,
  startedTarget,
  stepOutline,
  text,
  texts,
  values,
} from './parts.ts';
import { REASON_SCHEMA } from './reason.ts';
import { RUN_ALERT } from './run-alert.ts';

/** The readable versions: 2 added `rows.spared` and reads pinned rows again. */
export const EVENT_VERSIONS = [1, 2] as const;

const operator = z.string();
const host = z.string();
const pid = z.number();
const program = text('the program and its version');
const worker = z.object({
  id: z.string(),
  label: z.string(),
  replay: said(z.number(), 'the version of the replay, which must be the same to continue'),
  inputs: opt(text('the digest of the inputs that the run was created with')),
});
const clearedSession = z.object({
  target: z.string(),
  session: opt(said(z.number(), "the server's number of the session")),
  state: said(z.string(), 'what it did, e.g. `active`'),
  ms: opt(said(z.number(), 'how long it had been in that state')),
  left: opt(
    said(z.string(), 'why it was not ended, so that what it had begun may still be at work'),
  ),
});
const identifies = opt(
  said(z.literal(true), 'from here on, a gate of a script looks who answers at its place'),
);
const looksFirst = opt(
  said(
    z.literal(true),
    'from here on, a change with an unknown outcome is checked before the operator is asked',
  ),
);
const repaired = opt(text('how the end of the journal was repaired'));

/** The events of the run as a whole. */
export const RUN_EVENTS = [
  event('run.started', 'Written first, once.', {
    version: z.literal(EVENT_VERSIONS),
    runId: z.string(),
    mode: runMode,
    auto: opt(said(z.boolean(), 'reads ran without waiting for the operator from the start')),
    identifies,
    looksFirst,
    stepwise: opt(said(z.boolean(), 'every step was to wait for the operator (`--step`)')),
    environment: opt(text('the environment that provided inputs and targets')),
    options: opt(text('the options that run another runbook on the same servers')),
    runbook: startedRunbook,
    steps: z.array(stepOutline),
    prerequisites: opt(said(texts, 'in words; one that is checked has a step as well')),
    children: opt(z.array(startedChild)),
    inputs: z.array(shownInput),
    targets: z.array(startedTarget),
    operator,
    host,
    pid,
    program,
    worker: opt(said(worker, 'the worker of a team that executes the run')),
    practice: opt(text('the folder of the drill whose servers the run is for')),
    terminal: opt(z.object({ columns: z.number(), rows: z.number() })),
  }),
  event('run.resumed', 'Written when another process resumes the run.', {
    operator,
    host,
    pid,
    program,
    identifies,
    looksFirst,
    interrupted: opt(said(interruptedAction, 'the action that had started and not finished')),
    repaired,
    worker: opt(said(worker, 'the worker of a team that continues the run')),
    cleared: opt(
      said(z.array(clearedSession), 'sessions of the run on its targets that were to end before'),
    ),
    at: opt(
      text('the step at which the operator chose to continue, which this build could not follow'),
    ),
  }),
  event(
    'run.paused',
    'Written when the operator pauses the run, the terminal is closed, or nobody can answer.',
    { reason: z.string(), why: opt(REASON_SCHEMA) },
  ),
  event('run.handed-over', 'Written when an operator hands the run over with `runbook handover`.', {
    operator,
    host,
    to: opt(text('who takes over; anyone when missing')),
    repaired,
  }),
  event(
    'run.watched',
    'Written when someone starts or stops watching the run with `runbook attach`, and when somebody opens a parked run of a team, which wakes it.',
    { status: z.enum(['attached', 'detached']), operator, host, pid: z.optional(pid) },
  ),
  event(
    'run.alerted',
    'Written when an alert that a run of a team is about fires or is resolved: first the one that started it. One that fires on is not written again.',
    RUN_ALERT,
  ),
  event(
    'run.attended',
    'Written when nobody can answer the run any longer, or somebody can again.',
    {
      attended: z.boolean(),
      operator,
    },
  ),
  event('run.finished', 'Written last, once.', {
    outcome: runOutcome,
    summary: z.string(),
    unchecked: opt(said(z.string(), 'the part of the summary that says what was not checked')),
    continue_with: opt(said(z.string(), 'the runbook to run next')),
  }),
  event(
    'target.connected',
    'Written when a connection to a database is opened or reopened, and when it leads to another server without having been reopened, as can happen behind a pooler.',
    {
      target: z.string(),
      description: z.string(),
      reserved: said(z.boolean(), 'a reserved slot was needed'),
      facts: values,
    },
  ),
] as const;

/** The rules that a run follows since a release; a run that began before it does not. */
export type RunRules = { readonly identifies?: true; readonly looksFirst?: true };

/** The rules of every run that begins or is resumed now. */
export const CURRENT_RULES = { identifies: true, looksFirst: true } as const satisfies RunRules;

/** Returns the rules that a start or a resume recorded. */
export function rulesOf({ identifies, looksFirst }: RunRules): RunRules {
  return defined({ identifies, looksFirst });
}
