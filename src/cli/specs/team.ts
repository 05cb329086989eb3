import { SOURCE_KINDS } from '#alerts/alert.ts';
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
