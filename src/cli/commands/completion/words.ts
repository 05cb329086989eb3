import { ENGINES } from '#runbook/model/engines.ts';
import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import { SEVERITIES } from '#runbook/model/terms.ts';
import type { CommandName } from '../../commands.ts';

/** What can stand in a place of a command line; a list holds the only words there are. */
export type Expected =
  | 'runbook'
  | 'run'
  | 'file'
  | 'folder'
  | 'input'
  | 'step'
  | 'environment'
  | 'fault'
  | 'command'
  | 'text'
  | 'nothing'
  | readonly string[];

/** What a command line of a command is made of; an option that expects nothing takes no value. */
export type CommandWords = {
  readonly arguments: Expected;
  readonly options: Readonly<Record<string, Expected>>;
};

/** How a runbook is run, whichever command begins it. */
const RUN_OPTIONS = {
  '--env': 'environment',
  '--input': 'input',
  '--plain': 'nothing',
  '--auto': 'nothing',
  '--dry-run': 'nothing',
  '--dir': 'folder',
} as const;

/** The words of every command, as its help has them. */
export const COMMAND_WORDS: Readonly<Record<CommandName, CommandWords>> = {
  run: { arguments: 'runbook', options: RUN_OPTIONS },
  resume: { arguments: 'run', options: { '--input': 'input', '--plain': 'nothing' } },
  attach: { arguments: 'run', options: { '--plain': 'nothing' } },
  handover: { arguments: 'run', options: { '--to': 'text' } },
  runs: {
    arguments: ['show', 'end', 'prune', 'export', 'import'],
    options: {
      '--status': [
        ...['running', 'paused', 'interrupted', 'finished', 'unreadable'],
        ...RUN_OUTCOMES,
      ],
      '--runbook': 'runbook',
      '--operator': 'text',
      '--since': 'text',
      '--sort': ['newest', 'oldest', 'longest', 'runbook', 'status'],
      '--all': 'nothing',
      '--json': 'nothing',
      '--why': 'text',
      '--older-than': 'text',
      '--keep': 'text',
      '--yes': 'nothing',
      '--output': 'file',
      '--strict': 'nothing',
    },
  },
  transcript: {
    arguments: 'run',
    options: {
      '--format': ['md', 'html', 'json', 'postmortem', 'asciicast'],
      '--output': 'file',
      '--strict': 'nothing',
      '--json': 'nothing',
    },
  },
  triage: {
    arguments: 'nothing',
    options: {
      '--error': 'text',
      '--log': 'file',
      ...RUN_OPTIONS,
    },
  },
  match: {
    arguments: 'file',
    options: { '--each': 'nothing', '--null': 'nothing', '--json': 'nothing', '--dir': 'folder' },
  },
  list: {
    arguments: 'nothing',
    options: { '--severity': SEVERITIES, '--json': 'nothing', '--dir': 'folder' },
  },
  show: {
    arguments: 'runbook',
    options: {
      '--step': 'step',
      '--markdown': 'nothing',
      '--source': 'nothing',
      '--dir': 'folder',
    },
  },
  graph: {
    arguments: 'runbook',
    options: {
      '--format': ['mermaid', 'dot', 'svg', 'xstate'],
      '--run': 'run',
      '--dir': 'folder',
    },
  },
  validate: {
    arguments: 'runbook',
    options: {
      '--strict': 'nothing',
      '--json': 'nothing',
      '--sarif': 'nothing',
      '--stdin-name': 'file',
      '--dir': 'folder',
    },
  },
  test: {
    arguments: 'runbook',
    options: {
      '--watch': 'nothing',
      '--filter': 'text',
      '--coverage': 'nothing',
      '--min-coverage': 'text',
      '--junit': 'file',
      '--json': 'nothing',
      '--from-run': 'run',
      '--write': 'nothing',
      '--dir': 'folder',
    },
  },
  new: {
    arguments: 'text',
    options: {
      '--title': 'text',
      '--severity': SEVERITIES,
      '--template': ['diagnose-and-fix', 'shell', 'checklist'],
      '--engine': [...ENGINES, 'none'],
      '--target': ['local', 'ssh', 'docker', 'kubernetes'],
      '--dir': 'folder',
      '--force': 'nothing',
    },
  },
  schema: {
    arguments: 'nothing',
    options: { '--test': 'nothing', '--config': 'nothing', '--transcript': 'nothing' },
  },
  doctor: {
    arguments: 'runbook',
    options: { '--env': 'environment', '--json': 'nothing', '--dir': 'folder' },
  },
  trust: { arguments: 'nothing', options: { '--forget': 'nothing' } },
  drill: {
    arguments: 'fault',
    options: {
      '--engine': ['postgres', 'postgres-system', 'mariadb', 'pgbouncer'],
      '--blind': 'nothing',
      '--list': 'nothing',
      '--plain': 'nothing',
      '--keep': 'nothing',
    },
  },
  completion: { arguments: ['bash', 'zsh', 'fish'], options: {} },
};

/** The options with one letter, by what they stand for. */
export const SHORT_OPTIONS: Readonly<Record<string, string>> = {
  '-i': '--input',
  '-o': '--output',
  '-0': '--null',
};
