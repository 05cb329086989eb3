import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import type { CommandSpec } from '../command-spec.ts';
import { on } from './incident.ts';

const json = { about: 'print JSON' } as const;
const anyRun = { name: 'RUN', count: 'optional', candidates: 'run' } as const;
const oneRun = { name: 'RUN', count: 'one', candidates: 'run', try: 'runbook runs' } as const;
const output = { value: 'FILE', short: 'o', candidates: 'file' } as const;

/** `runbook runs` */
export const runs = {
  summary: 'List runs',
  options: {
    status: {
      about: 'only these statuses or outcomes, separated by commas',
      value: 'LIST',
      list: true,
      values: [
        ...(['running', 'waiting', 'paused', 'interrupted', 'finished', 'unreadable'] as const),
        'queued',
        ...RUN_OUTCOMES,
      ],
    },
    runbook: { about: 'only runs of this runbook', value: 'RUNBOOK', candidates: 'runbook' },
    operator: { about: 'only runs whose last operator has this name', value: 'NAME' },
    since: { about: 'only runs started since 12h, 30d, 2w or 2026-11-21', value: 'WHEN' },
    sort: {
      about: 'sort by',
      value: 'ORDER',
      values: ['newest', 'oldest', 'longest', 'runbook', 'status'],
      default: 'newest',
    },
    all: { about: 'list every run (default: the first 20)' },
    json,
    on,
  },
  about: [
    'Lists the runs stored on this machine. Resume one with: runbook resume RUN',
    'With --on, those of a server. Queued and waiting are statuses there, and the operator is who started the run.',
  ],
} as const satisfies CommandSpec;

/** `runbook runs show` */
export const runsShow = {
  summary: 'Show the status of a run, step by step',
  argument: anyRun,
  options: { json },
} as const satisfies CommandSpec;

/** `runbook runs end` */
export const runsEnd = {
  summary: 'Mark an abandoned run as aborted',
  argument: oneRun,
  options: { why: { about: 'the reason to record (default: you are asked)', value: 'TEXT' } },
  about: ['Contacts no server and reverts nothing.'],
} as const satisfies CommandSpec;

/** `runbook runs prune` */
export const runsPrune = {
  summary: 'Remove finished runs, after showing them',
  options: {
    'older-than': { about: 'only runs started longer ago, e.g. 90d', value: 'AGE' },
    keep: { about: 'keep the newest N runs', value: 'N' },
    yes: { about: 'do not ask for confirmation' },
  },
} as const satisfies CommandSpec;

/** `runbook runs export` */
export const runsExport = {
  summary: 'Write a run, with its outputs, to one file',
  argument: anyRun,
  options: {
    output: { ...output, about: 'where to write (default: RUN.runbook-run)' },
    strict: { about: 'fail if something in the run looks like a secret' },
    on,
  },
} as const satisfies CommandSpec;

/** `runbook runs import` */
export const runsImport = {
  summary: 'Import a run from an exported file',
  argument: { name: 'FILE', count: 'one', candidates: 'file' },
  options: {},
} as const satisfies CommandSpec;

/** `runbook stats` */
export const stats = {
  summary: 'Print figures over the runs of this machine, by runbook',
  argument: { name: 'RUNBOOK', count: 'optional', candidates: 'runbook' },
  options: {
    since: { about: 'only runs started since 12h, 30d, 2w or 2026-11-21', value: 'WHEN' },
    practice: { about: 'count the runs of drills, too' },
    json,
  },
  about: [
    'For each runbook: its runs, how often it ran as a step of another one, outcomes, and the median times to the first decision of the operator and to the resolution. Then the steps that were most often declined, skipped or failed. A read whose failure the runbook decided about did not fail in this sense.',
    'Dry runs and runs of drills are not counted. Runs whose journal cannot be read are listed and not counted.',
  ],
} as const satisfies CommandSpec;

/** `runbook transcript` */
export const transcript = {
  summary: 'Print the transcript of a run, for the postmortem',
  argument: anyRun,
  options: {
    format: {
      about: 'the format',
      value: 'FORMAT',
      values: ['md', 'html', 'json', 'postmortem', 'asciicast'],
    },
    output: { ...output, about: 'write to a file' },
    strict: { about: 'fail if something in the run looks like an undeclared secret' },
    on,
  },
  about: [
    'RUN is an ID or the start of one. Default: the most recent run. Changes made to the journal since the run are detected and reported.',
    'Formats: md (Markdown), html (one self-contained page), json (schema: runbook schema --transcript), postmortem (a draft in Markdown), asciicast (a recording for asciinema). Default: by the extension of FILE, otherwise md.',
    'Without --strict, possible secrets are reported on standard error, unless the transcript is printed to a terminal.',
  ],
} as const satisfies CommandSpec;

/** `runbook transcript verify` */
export const transcriptVerify = {
  summary: 'Verify a run against its journal',
  argument: anyRun,
  options: { json },
  about: [
    'Checks the hash chain of the journal, the digest of every output, and the saved copies of the runbooks. Exits with 1 if anything was altered.',
  ],
} as const satisfies CommandSpec;
