import { EXIT } from '#errors.ts';
import { OUTCOME_FACTS, RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import type { CommandSpec, OptionSpec } from '../command-spec.ts';

const plain = { about: 'print lines and prompts instead of the screen' } as const;

/** The option of every command that searches for runbooks. */
export const dir = {
  about: 'search this folder for runbooks first',
  value: 'FOLDER',
  candidates: 'folder',
  repeatable: true,
} as const satisfies OptionSpec;

const input = {
  about: 'set an input',
  value: 'NAME=VALUE',
  short: 'i',
  candidates: 'input',
  repeatable: true,
} as const satisfies OptionSpec;

/** The option of every command that works with the runs of a server. */
export const on = {
  about: 'use this server of a team; see runbook login',
  value: 'SERVER',
  candidates: 'server',
} as const satisfies OptionSpec;

/** The options of every command that starts a run. */
const start = {
  env: {
    about: 'take inputs and targets from this environment of a config file',
    value: 'ENVIRONMENT',
    candidates: 'environment',
  },
  input,
  plain,
  step: { about: 'wait for Enter before every step' },
  auto: { about: 'start at once, without the opening page' },
  'dry-run': { about: 'run reads; show every change in full, and run none' },
  dir,
} as const satisfies CommandSpec['options'];

/** Lists the exit codes of a run: those of its outcomes, and of the ways in which it has none. */
function exitCodes(): string {
  const codes: readonly (readonly [string, number])[] = [
    ...RUN_OUTCOMES.map((outcome) => [outcome, OUTCOME_FACTS[outcome].exitCode] as const),
    ['invalid', EXIT.invalid],
    ['operator needed', EXIT.notConfirmed],
    ['environment error', EXIT.environment],
    ['paused', EXIT.paused],
  ];
  const inOrder = codes.toSorted(([, a], [, b]) => a - b);
  return inOrder.map(([meaning, code]) => `${code} ${meaning}`).join(', ');
}

/** `runbook run` */
export const run = {
  summary: 'Run a runbook',
  argument: { name: 'RUNBOOK', count: 'one', candidates: 'runbook', try: 'runbook list' },
  options: {
    ...start,
    on,
    detach: { about: 'with --on: start the run, print its ID and its page, and do not show it' },
  },
  about: [
    'RUNBOOK is a name or a path. An input comes from --input, or the environment of a config file, or the variable that the runbook names, or its default. In a terminal, you are asked for missing inputs.',
    'Other users can see a command line. Pass a secret by reference: --input database_url=file:PATH, env:NAME or command:COMMAND.',
    'With --on, the run is started on a server, with the runbook and the environment of that name there, and a worker executes it. It goes on when you leave.',
  ],
  notes: [
    'Without a terminal nothing is confirmed: read-only steps run, and the run pauses when it needs an operator. Continue with: runbook resume',
    `Exit codes: ${exitCodes()}.`,
  ],
} as const satisfies CommandSpec;

/** `runbook resume` */
export const resume = {
  summary: 'Resume a paused or interrupted run',
  argument: { name: 'RUN', count: 'optional', candidates: 'run' },
  options: {
    input: { ...input, about: 'set a secret input' },
    at: {
      about: 'start this step again, if this build cannot follow what another build recorded in it',
      value: 'STEP',
    },
    plain,
  },
  about: [
    'RUN is an ID, the start of one, or its last four letters. Default: the most recent paused or interrupted run.',
    'The run continues with the copy of the runbook saved when it started, in the same environment. Secrets are not stored: they are read from the environment again, or you are asked for them. If someone else owned the run, a handover summary is shown first.',
    'A change that had started and not finished is never repeated automatically. Its outcome is unknown, and you decide what to do.',
  ],
} as const satisfies CommandSpec;

/** `runbook attach` */
export const attach = {
  summary: 'Watch a run in another terminal',
  argument: { name: 'RUN', count: 'optional', candidates: 'run' },
  options: { plain, on },
  about: [
    'RUN is an ID or the start of one. Default: the most recent run in progress on this machine.',
    'Read-only. The run is unaffected; its journal records who watched. Ends when the run finishes or pauses. Press q to leave (Ctrl-C with --plain).',
    'With --on, a run of a server: you answer its questions as far as your role allows. It goes on when you leave. Exit codes are then those of `runbook run`; 0 if you left or only watched.',
  ],
} as const satisfies CommandSpec;

/** `runbook handover` */
export const handover = {
  summary: 'Hand a paused run over to another operator',
  argument: { name: 'RUN', count: 'optional', candidates: 'run' },
  options: { to: { about: 'the next operator (default: whoever resumes the run)', value: 'NAME' } },
  about: [
    'RUN is an ID or the start of one. Default: the most recent paused or interrupted run.',
    'Records the handover and prints a summary for the next operator: the status, what was found, what was changed and who confirmed it, what the run waits for, what to watch, and how to resume.',
  ],
} as const satisfies CommandSpec;

/** `runbook triage` */
export const triage = {
  summary: 'Find the failing layer, and the runbook for it',
  options: {
    error: { about: 'an error of the application, used if every layer is healthy', value: 'TEXT' },
    log: {
      about: 'a log of the application; its most frequent error is used, or what caused that one',
      value: 'FILE',
      candidates: 'file',
    },
    ...start,
  },
  about: [
    'Checks the layers between an application and its database: URL, name, port, greeting, TLS, login, database, capacity, sessions, pool. Stops at the first one that fails, reports what is verified and what is not, and offers the runbook for it.',
    'Run it where the application runs, with the URL of the application (DATABASE_URL, or --input database_url=env:NAME). triage is a runbook itself, so the notes in `runbook run --help` apply.',
  ],
  notes: ['Exit codes are those of `runbook run`: 6 if a runbook was suggested and not started.'],
  instead: 'pass an error with --error TEXT, or a log with --log FILE',
} as const satisfies CommandSpec;

/** `runbook match` */
export const match = {
  summary: 'Suggest runbooks for an error or a log',
  argument: { name: 'TEXT|FILE', count: 'many', candidates: 'file' },
  options: {
    each: { about: 'print a line for each record instead of a summary; each line is a record' },
    null: { about: 'separate records with NUL instead of line breaks', short: '0' },
    json: { about: 'print JSON; with --each, one object for each record' },
    dir,
  },
  about: [
    [
      "  runbook match 'FATAL: sorry, too many clients already'",
      '  runbook match /var/log/app.log',
      '  journalctl -u app --since -1h | runbook match',
    ].join('\n'),
    'Lines of one stack trace count as one record, matched by its deepest cause. Passwords are masked.',
  ],
  notes: ['Exit codes: 0 something was recognized, 1 nothing was.'],
} as const satisfies CommandSpec;
