import { parseCommandLine } from './command-line.ts';
import type { CommandLine, CommandSpec } from './command-spec.ts';
import * as incident from './specs/incident.ts';
import * as records from './specs/records.ts';
import * as runbooks from './specs/runbooks.ts';
import * as setup from './specs/setup.ts';
import * as team from './specs/team.ts';

/** A command of the command line. */
export type Command = {
  readonly spec: CommandSpec;
  /** Parses the arguments, loads and executes the command, and returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
  /** Commands named by the first argument, e.g. `show` of `runbook runs show`. */
  readonly subcommands?: Readonly<Record<string, Command>>;
};

type Action<S extends CommandSpec> = (line: CommandLine<S>) => number | Promise<number>;

function command<S extends CommandSpec>(
  spec: S,
  load: () => Promise<Action<S>>,
  subcommands?: Readonly<Record<string, Command>>,
): Command {
  return {
    spec,
    run: async (args) => {
      const line = parseCommandLine(spec, args);
      return await (await load())(line);
    },
    ...(subcommands && { subcommands }),
  };
}

/** Every command. Its implementation is loaded on demand. */
export const COMMANDS = {
  run: command(incident.run, async () => (await import('./commands/run/command.ts')).run),
  resume: command(
    incident.resume,
    async () => (await import('./commands/resume/command.ts')).resume,
  ),
  attach: command(incident.attach, async () => (await import('./commands/attach.ts')).attach),
  handover: command(
    incident.handover,
    async () => (await import('./commands/handover.ts')).handover,
  ),
  runs: command(records.runs, async () => (await import('./commands/runs/list.ts')).listRuns, {
    show: command(records.runsShow, async () => (await import('./commands/runs/show.ts')).showRun),
    end: command(records.runsEnd, async () => (await import('./commands/runs/end.ts')).endRun),
    prune: command(
      records.runsPrune,
      async () => (await import('./commands/runs/prune.ts')).pruneRuns,
    ),
    export: command(
      records.runsExport,
      async () => (await import('./commands/runs/export.ts')).exportRun,
    ),
    import: command(
      records.runsImport,
      async () => (await import('./commands/runs/import.ts')).importRun,
    ),
  }),
  stats: command(records.stats, async () => (await import('./commands/stats.ts')).printStats),
  transcript: command(
    records.transcript,
    async () => (await import('./commands/transcript/command.ts')).writeTranscript,
    {
      verify: command(
        records.transcriptVerify,
        async () => (await import('./commands/transcript/verify.ts')).verify,
      ),
    },
  ),
  triage: command(incident.triage, async () => (await import('./commands/triage.ts')).triage),
  match: command(incident.match, async () => (await import('./commands/match/command.ts')).match),
  list: command(runbooks.list, async () => (await import('./commands/list.ts')).list),
  show: command(runbooks.show, async () => (await import('./commands/show.ts')).show),
  graph: command(runbooks.graph, async () => (await import('./commands/graph.ts')).graph),
  diff: command(runbooks.diff, async () => (await import('./commands/diff.ts')).diff),
  validate: command(
    runbooks.validate,
    async () => (await import('./commands/validate/command.ts')).validate,
  ),
  test: command(runbooks.test, async () => (await import('./commands/test/command.ts')).test),
  new: command(runbooks.create, async () => (await import('./commands/new/command.ts')).create),
  schema: command(runbooks.schema, async () => (await import('./commands/schema.ts')).schema),
  lsp: command(runbooks.lsp, async () => (await import('./commands/lsp/command.ts')).lsp),
  alerts: command(team.alerts, async () => (await import('./commands/alerts/list.ts')).listRoutes, {
    list: command(
      team.alertsList,
      async () => (await import('./commands/alerts/list.ts')).listRoutes,
    ),
    try: command(team.alertsTry, async () => (await import('./commands/alerts/try.ts')).tryAlerts),
  }),
  notify: command(team.notify, async () => (await import('./commands/notify.ts')).listNotify, {
    list: command(team.notifyList, async () => (await import('./commands/notify.ts')).listNotify),
    try: command(team.notifyTry, async () => (await import('./commands/notify.ts')).tryChannel),
  }),
  server: command(team.server, async () => (await import('./commands/server/command.ts')).serve, {
    migrate: command(
      team.serverMigrate,
      async () => (await import('./commands/server/migrate.ts')).migrateControlPlane,
    ),
    audit: command(
      team.serverAudit,
      async () => (await import('./commands/server/audit.ts')).audit,
    ),
  }),
  token: command(team.token, async () => (await import('./commands/token/command.ts')).listTokens, {
    list: command(
      team.tokenList,
      async () => (await import('./commands/token/command.ts')).listTokens,
    ),
    create: command(
      team.tokenCreate,
      async () => (await import('./commands/token/command.ts')).createToken,
    ),
    revoke: command(
      team.tokenRevoke,
      async () => (await import('./commands/token/command.ts')).revokeTokens,
    ),
  }),
  login: command(team.login, async () => (await import('./commands/login.ts')).login),
  logout: command(team.logout, async () => (await import('./commands/logout.ts')).logout),
  worker: command(team.worker, async () => (await import('./commands/worker.ts')).work),
  doctor: command(setup.doctor, async () => (await import('./commands/doctor/command.ts')).doctor),
  fetch: command(
    setup.fetch,
    async () => (await import('./commands/fetch/command.ts')).fetchRunbooks,
  ),
  trust: command(setup.trust, async () => (await import('./commands/trust.ts')).trustCommands),
  drill: command(setup.drill, async () => (await import('./commands/drill/command.ts')).drill),
  completion: command(
    setup.completion,
    async () => (await import('./commands/completion/command.ts')).completion,
  ),
} as const satisfies Readonly<Record<string, Command>>;

/** Returns the command of a command line, with its full name and the remaining arguments. */
export function findCommand(
  args: readonly string[],
):
  | { readonly name: string; readonly command: Command; readonly rest: readonly string[] }
  | undefined {
  const [name = '', part = ''] = args;
  const command = own<Command>(COMMANDS, name);
  if (command === undefined) return undefined;
  const subcommand = own(command.subcommands ?? {}, part);
  return subcommand === undefined
    ? { name, command, rest: args.slice(1) }
    : { name: `${name} ${part}`, command: subcommand, rest: args.slice(2) };
}

function own<T>(named: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}
