import { SOURCE_KINDS } from '#alerts/alert.ts';
import { ROLES, SCOPES } from '#team/policy/roles.ts';
import type { CommandSpec } from '../command-spec.ts';
import { dir } from './incident.ts';

const config = {
  about: 'the config file of the server',
  value: 'FILE',
  candidates: 'file',
  default: 'team.yaml',
} as const;
const json = { about: 'print JSON' } as const;

/** `runbook alerts` */
export const alerts = {
  summary: 'List the routes from alerts to runbooks',
  options: { config, json, dir },
  about: [
    'Prints the sources of alerts and the routes in the config file of a server, after checking them: every runbook, input and environment that a route names has to exist.',
  ],
  notes: ['Exit codes: 0 the routes are valid, 2 the config file is not, 5 it cannot be read.'],
} as const satisfies CommandSpec;

/** `runbook alerts list` */
export const alertsList = {
  summary: 'List the routes from alerts to runbooks',
  options: { config, json, dir },
} as const satisfies CommandSpec;

/** `runbook alerts try` */
export const alertsTry = {
  summary: 'Show the runs that a recorded payload would start',
  argument: { name: 'FILE', count: 'one', candidates: 'file' },
  options: {
    source: {
      about: 'the kind of the source (default: by the shape of the payload)',
      value: 'KIND',
      values: SOURCE_KINDS,
    },
    config,
    json,
    dir,
  },
  about: [
    'FILE is the body of a webhook; - is standard input. Prints for each alert its route, runbook, environment, inputs, fingerprint and severity. Starts nothing, and checks no signature. Open runs, cooldowns and earlier starts are not known here and do not count.',
  ],
  notes: [
    'Exit codes: 0 every firing alert would start or join a run, 1 one would not, 2 the config file or the payload is not valid, 5 a file cannot be read.',
  ],
} as const satisfies CommandSpec;

/** `runbook notify` */
export const notify = {
  summary: 'List who is told of what waits',
  options: { config },
  about: [
    'Prints the rules under notify in the config file of a server, after checking them: every channel that a rule names has to exist.',
  ],
  notes: ['Exit codes: 0 the rules are valid, 2 the config file is not, 5 it cannot be read.'],
} as const satisfies CommandSpec;

/** `runbook notify list` */
export const notifyList = {
  summary: 'List who is told of what waits',
  options: { config },
} as const satisfies CommandSpec;

/** `runbook notify try` */
export const notifyTry = {
  summary: 'Send a test message through a channel',
  argument: { name: 'CHANNEL', count: 'one', try: 'runbook notify list' },
  options: { config },
  about: [
    'CHANNEL is a name under channels in the config file of a server. Needs no server and no control plane, but the secret of the channel.',
  ],
  notes: ['Exit codes: 0 the channel took it, 2 there is no such channel, 5 it did not take it.'],
} as const satisfies CommandSpec;

const database = {
  about: 'the URL of the control plane (default: env:RUNBOOK_TEAM_DATABASE_URL)',
  value: 'REFERENCE',
} as const;

/** `runbook worker` */
export const worker = {
  summary: 'Execute the runs of a team near its databases',
  options: {
    label: {
      about: 'take runs with this label (default: default)',
      value: 'LABEL',
      repeatable: true,
    },
    database,
    concurrency: {
      about: 'work on at most this many runs at a time, beside those that wait',
      value: 'COUNT',
      default: '100',
    },
    hold: {
      about: 'park a run that has waited for a person this long',
      value: 'DURATION',
      default: '10m',
    },
    dir,
  },
  about: [
    'A worker connects to the control plane and to the targets, and listens on no port. It executes only runbooks from its own folders, with the environments of its own config files; secrets stay here.',
    'SIGTERM drains it: it takes no more runs, parks those that wait, and ends when the others have come to rest.',
  ],
  notes: [
    'Exit codes: 0 drained, 5 environment error, 86 it lost its lease and is to be started again.',
  ],
} as const satisfies CommandSpec;

/** `runbook server` */
export const server = {
  summary: 'Serve the pages and the API of a team, and watch over its workers',
  options: {
    config: {
      about: 'the config file of the server (default: team.yaml, if there is one)',
      value: 'FILE',
      candidates: 'file',
    },
    demo: { about: 'show all of it on this machine: an alert, its run, and the page' },
    listen: {
      about: 'serve at this address (default: that of the config file, or 127.0.0.1:8080)',
      value: 'HOST:PORT',
    },
    database,
    dir,
  },
  about: [
    'Serves the runs on pages and over an API, receives alerts, and gives the runs of dead workers to others. With neither a config file nor --listen it only watches over the workers.',
    'An address that other machines reach is refused unless url in the config file is https: TLS is the task of a proxy in front.',
    'With --demo it starts everything else too: PostgreSQL, a worker, and a shop whose connections are used up. An alert arrives, its run reads what there is to read, and a link opens on the gate. Nobody but this machine reaches it. Ctrl-C ends and removes everything.',
    'Several servers may run at a time. The control plane must have been migrated: runbook server migrate',
  ],
} as const satisfies CommandSpec;

/** `runbook server migrate` */
export const serverMigrate = {
  summary: 'Create or migrate the control plane',
  options: {
    'server-role': { about: 'grant this database role what a server needs', value: 'ROLE' },
    'worker-role': {
      about:
        'grant this database role what a worker needs, for runs of these labels (default: any)',
      value: 'ROLE[=LABEL,…]',
      repeatable: true,
    },
    database,
  },
  about: [
    'Creates or migrates the schemas runbook and dbos, as the owner of the database. Run it before the workers and servers of a new version. Applied migrations that were changed, and those of a later version, stop it.',
    'A role is granted what it needs and nothing else; one that does not exist is created without a password, which takes the right to create roles. Roles that were granted before are granted again with the labels they have.',
  ],
} as const satisfies CommandSpec;

/** `runbook server audit` */
export const serverAudit = {
  summary: 'Show and verify what happened besides the runs',
  options: { json, database },
  about: [
    'Prints the last 50 entries of the audit: who signed in and out, tokens that were created and revoked, answers and starts that were refused, alerts that were tried again, runs that were exported, workers that came and that were declared dead. Each entry holds the hash of the one before it; the whole chain is verified. With --json it prints all entries, byte for byte.',
  ],
  notes: ['Exit codes: 0 the chain is intact, 1 it is not, 5 environment error.'],
} as const satisfies CommandSpec;

/** `runbook token` */
export const token = {
  summary: 'List the tokens of a team',
  options: { database },
} as const satisfies CommandSpec;

/** `runbook token list` */
export const tokenList = {
  summary: 'List the tokens of a team',
  options: { database },
} as const satisfies CommandSpec;

/** `runbook token create` */
export const tokenCreate = {
  summary: 'Create a token, and its person if there is none',
  argument: { name: 'PERSON', count: 'one' },
  options: {
    role: {
      about: 'the role of the person (default: the one they have; viewer for somebody new)',
      value: 'ROLE',
      values: ROLES,
    },
    group: {
      about: 'a group of the person besides, instead of those they have',
      value: 'GROUP',
      repeatable: true,
    },
    scope: {
      about: 'what the token allows (default: sign-in and read)',
      value: 'SCOPE',
      values: SCOPES,
      repeatable: true,
    },
    expires: { about: 'the time after which it expires', value: 'AGE', default: '90d' },
    database,
  },
  about: [
    'Prints the token once. Only its digest is stored. A person with the scope sign-in signs in with it on the page of the server.',
  ],
} as const satisfies CommandSpec;

/** `runbook token revoke` */
export const tokenRevoke = {
  summary: 'Revoke the tokens and sessions of a person',
  argument: { name: 'PERSON', count: 'one', try: 'runbook token list' },
  options: {
    token: { about: 'only the token that token list shows by this name', value: 'TOKEN' },
    database,
  },
} as const satisfies CommandSpec;

/** `runbook login` */
export const login = {
  summary: 'Log in to the server of a team',
  argument: { name: 'URL', count: 'one' },
  options: {
    name: { about: 'the name for --on (default: the host of the URL)', value: 'NAME' },
  },
  about: [
    'Asks for a token, or reads it from standard input, and keeps it in ~/.config/runbook/tokens, for you alone to read. An admin creates it with runbook token create. The server is added to ~/.config/runbook/servers.yaml.',
  ],
} as const satisfies CommandSpec;

/** `runbook logout` */
export const logout = {
  summary: 'Forget the token for a server',
  argument: { name: 'SERVER', count: 'optional', candidates: 'server' },
  options: {},
  about: [
    'SERVER is a name of ~/.config/runbook/servers.yaml; it may be left out if there is only one. The token stays valid: runbook token revoke ends it.',
  ],
} as const satisfies CommandSpec;
