/** A command of the command line. */
export type Command = {
  /** What `--help` prints. */
  readonly help: string;
  /** Carries it out and returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
};

type Entry = { readonly summary: string; readonly load: () => Promise<Command> };

/** Every command, loaded when it is called. */
export const COMMANDS = {
  run: {
    summary: 'run a runbook',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  resume: {
    summary: 'go on with a run that was left or interrupted',
    load: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  attach: {
    summary: 'follow a run that goes on in another terminal',
    load: async () => (await import('./commands/attach.ts')).attachCommand,
  },
  handover: {
    summary: 'hand a run that was left over to another operator',
    load: async () => (await import('./commands/handover.ts')).handoverCommand,
  },
  runs: {
    summary: 'list the runs of this machine',
    load: async () => (await import('./commands/runs/command.ts')).runsCommand,
  },
  transcript: {
    summary: 'print what happened in a run, for the postmortem',
    load: async () => (await import('./commands/transcript/command.ts')).transcriptCommand,
  },
  triage: {
    summary: 'find the layer that is broken, and the runbook for it',
    load: async () => (await import('./commands/triage.ts')).triageCommand,
  },
  match: {
    summary: 'say which runbook an error or a log calls for',
    load: async () => (await import('./commands/match.ts')).matchCommand,
  },
  list: {
    summary: 'list the runbooks there are',
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  show: {
    summary: 'print a runbook as a document',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  graph: {
    summary: 'draw a runbook, or the path of a run',
    load: async () => (await import('./commands/graph.ts')).graphCommand,
  },
  validate: {
    summary: 'check runbooks without running anything',
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  test: {
    summary: 'rehearse runbooks against the cases beside them',
    load: async () => (await import('./commands/test/command.ts')).testCommand,
  },
  new: {
    summary: 'begin a runbook, with its tests',
    load: async () => (await import('./commands/new/command.ts')).newCommand,
  },
  schema: {
    summary: 'print the JSON Schema of runbooks, for editors',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
  doctor: {
    summary: 'say what is set up, reachable and missing',
    load: async () => (await import('./commands/doctor/command.ts')).doctorCommand,
  },
  trust: {
    summary: 'let the commands of a project’s config file run',
    load: async () => (await import('./commands/trust.ts')).trustCommand,
  },
  drill: {
    summary: 'practise on a real fault on servers of its own',
    load: async () => (await import('./commands/drill/command.ts')).drillCommand,
  },
  completion: {
    summary: 'print a script that completes what you type',
    load: async () => (await import('./commands/completion/command.ts')).completionCommand,
  },
} as const satisfies Readonly<Record<string, Entry>>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** Returns the overview of all commands. */
export function helpText(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(12)}${summary}`,
  );
  return [
    'runbook: incident runbooks for the person on call',
    '',
    'Usage: runbook COMMAND [ARGUMENT…]',
    '',
    ...rows,
    '',
    'runbook alone, in a terminal, is the start page: runbooks to open, runs to go on with, and a',
    'place for a pasted error.',
    'runbook COMMAND --help says more. runbook --version prints the version.',
  ].join('\n');
}
