import { LAB_ENGINES } from '#lab/engines.ts';
import type { CommandSpec } from '../command-spec.ts';
import { dir } from './incident.ts';

/** `runbook doctor` */
export const doctor = {
  summary: 'Check the setup, the environments and the targets',
  argument: { name: 'RUNBOOK', count: 'optional', candidates: 'runbook' },
  options: {
    env: {
      ...{ about: 'check only this environment', value: 'ENVIRONMENT', candidates: 'environment' },
    },
    json: { about: 'print JSON' },
    dir,
  },
  about: [
    'Checks the program and its terminal, the folders, the runbooks, the config files, and for each environment whether its values are available and its targets respond. It only reads, runs no step, and prints no secret.',
    'With RUNBOOK, checks what this runbook needs. With --env, commands that fetch secrets may ask for a PIN on the terminal; without it, they have four seconds and no terminal.',
  ],
  notes: ['Exit codes: 0 nothing required is missing, 5 something is.'],
} as const satisfies CommandSpec;

/** `runbook fetch` */
export const fetch = {
  summary: 'Fetch the runbooks of the config files from git',
  options: {},
  about: [
    'Fetches each commit and tag that `runbooks:` of a config file names into the cache folder, where every command finds its runbooks from then on, without the network. A commit is fetched once; a tag is fetched again, and the commit is shown if it moved. No other command uses the network for runbooks.',
  ],
  notes: ['Exit codes: 0 everything is fetched, 2 a config file is invalid, 5 something is not.'],
} as const satisfies CommandSpec;

/** `runbook trust` */
export const trust = {
  summary: "Allow the commands in a project's config file",
  options: { forget: { about: 'revoke the permission' } },
  about: [
    "Shows the commands that this project's config file (runbook.config.yaml) runs to fetch secrets, and asks whether to allow them. They do not run until you allow them, and again after any of them changes. Your own config file needs no permission.",
  ],
} as const satisfies CommandSpec;

/** `runbook drill` */
export const drill = {
  summary: 'Practise on a real fault',
  argument: { name: 'FAULT', count: 'optional', candidates: 'fault' },
  options: {
    engine: {
      about: 'the server to break (default: the first available)',
      value: 'ENGINE',
      values: LAB_ENGINES,
    },
    blind: {
      about: 'hide the fault: show only its symptoms, and open triage (no FAULT: a random one)',
    },
    seed: { about: 'pick the same random fault again (with --blind)', value: 'SEED' },
    list: { about: 'list the faults, their engines, and what is missing on this machine' },
    plain: { about: 'print lines and prompts instead of the screen' },
    keep: { about: 'keep the servers running after the run, until Ctrl-C' },
  },
  about: [
    'Starts real servers on this machine with a shop on them, breaks them, and opens the runbook for the fault (default: pool-exhausted; with --blind, a random one). A health page of the shop fails and recovers with it. Actions outside runbook, such as starting the database or correcting a URL, are scripts in the folder of the drill.',
    'At the end, an independent check reports whether the fault is fixed, what was lost, and how long each phase took. Everything is stopped and removed.',
  ],
} as const satisfies CommandSpec;

/** `runbook completion` */
export const completion = {
  summary: 'Print a completion script for a shell',
  argument: { name: 'SHELL', count: 'one', values: ['bash', 'zsh', 'fish'] },
  options: {},
  about: [
    'Completes commands, options, runbooks, inputs, steps, runs and environments. To enable it, add a line to the startup file of your shell:',
    [
      '  bash   ~/.bashrc                     eval "$(runbook completion bash)"',
      '  zsh    ~/.zshrc, after compinit      source <(runbook completion zsh)',
      '  fish   ~/.config/fish/config.fish    runbook completion fish | source',
    ].join('\n'),
  ],
} as const satisfies CommandSpec;
