import { SERVER_ENGINES } from '#runbook/model/engines.ts';
import { SEVERITIES } from '#runbook/model/terms.ts';
import type { CommandSpec } from '../command-spec.ts';
import { dir } from './incident.ts';

const oneRunbook = {
  name: 'RUNBOOK',
  count: 'one',
  candidates: 'runbook',
  try: 'runbook list',
} as const;
const manyRunbooks = { name: 'RUNBOOK|FILE|GLOB', count: 'many', candidates: 'runbook' } as const;

/** `runbook list` */
export const list = {
  summary: 'List runbooks',
  options: {
    severity: {
      ...{ about: 'only this severity', value: 'LEVEL', values: SEVERITIES, repeatable: true },
    },
    json: { about: 'print JSON' },
    dir,
  },
  about: [
    "Runbooks are searched in this order: --dir, ./runbooks, the folders in the project's config file, RUNBOOK_PATH, the folders in the user's config file, the user's config folder, the library shipped with runbook. The first runbook of a name hides the others.",
  ],
} as const satisfies CommandSpec;

/** `runbook show` */
export const show = {
  summary: 'Print a runbook as a document',
  argument: oneRunbook,
  options: {
    step: { about: 'print one step', value: 'ID', candidates: 'step' },
    markdown: { about: 'print Markdown' },
    source: { about: 'print the YAML' },
    dir,
  },
  about: [
    'The document can be followed by hand: which commands to run, what the results mean, where to continue, and what to confirm before a change. To page it: runbook show RUNBOOK | less',
  ],
} as const satisfies CommandSpec;

/** `runbook graph` */
export const graph = {
  summary: 'Draw a runbook, or the path of a run',
  argument: { ...oneRunbook, count: 'optional' },
  options: {
    format: {
      about: 'the format',
      value: 'FORMAT',
      values: ['mermaid', 'svg'],
      default: 'mermaid',
    },
    run: { about: 'draw the path of this run instead', value: 'RUN', candidates: 'run' },
    dir,
  },
  about: [
    'Draws the steps by phase, the transitions with their conditions, and the gates. For a run, draws the runbook saved with it, the path taken, and the number of visits.',
    'Formats: mermaid (code hosts render it in Markdown) and svg (a picture).',
  ],
} as const satisfies CommandSpec;

/** `runbook diff` */
export const diff = {
  summary: 'Show what differs at the gates since a commit',
  argument: { name: 'REVISION', count: 'one' },
  options: {
    markdown: { about: 'print Markdown, for a comment on a change request' },
    dir,
  },
  about: [
    'Compares the runbooks in ./runbooks, or in the folders of --dir, with those of a commit in git, e.g. main or HEAD~1. Prints each step whose gate differs: what runs, where, for which items, its effect, preview, confirmation, check and undo, and the inputs, values and targets that it names. Of reads only those that run on the word of their author. It does not compare what earlier steps return, nor the order of steps.',
  ],
  notes: ['Exit codes: 0 no gate differs, 1 one does, 2 a runbook is invalid.'],
} as const satisfies CommandSpec;

/** `runbook validate` */
export const validate = {
  summary: 'Check runbooks without running them',
  argument: { ...manyRunbooks, name: 'RUNBOOK|FILE|FOLDER|GLOB|-' },
  options: {
    strict: { about: 'treat warnings as errors' },
    json: { about: 'print JSON' },
    sarif: { about: 'print SARIF 2.1.0, for code hosts' },
    'stdin-name': {
      about: 'the file name of standard input, in messages and for the name check',
      value: 'FILE',
      candidates: 'file',
      default: '<stdin>',
    },
    dir,
  },
  about: [
    'Checks the given runbooks, or all. A folder stands for the files directly in it; - is standard input. Quote a glob. Every problem is printed with its file, line and column, and how to fix it. A NAME.test.yaml is checked only if you name it.',
  ],
  notes: [
    'Exit codes: 0 all are valid, 2 one is invalid or was not found, 5 a file cannot be read.',
  ],
} as const satisfies CommandSpec;

/** `runbook test` */
export const test = {
  summary: 'Run the test cases of runbooks',
  argument: manyRunbooks,
  options: {
    watch: { about: 'test again whenever a file changes; press q to quit' },
    filter: { about: 'only cases with this text in their name', value: 'TEXT' },
    coverage: { about: 'list the branches that no case takes' },
    'min-coverage': { about: 'fail if a runbook has less branch coverage', value: 'PERCENT' },
    junit: { about: 'also write the results as JUnit XML', value: 'FILE', candidates: 'file' },
    json: { about: 'print JSON' },
    'from-run': {
      about: 'print a case recorded from a run (latest: the most recent)',
      value: 'RUN',
      candidates: 'run',
    },
    write: { about: 'with --from-run: add the case to the test file instead' },
    dir,
  },
  about: [
    'The cases in NAME.test.yaml beside NAME.yaml define what each step returns, what the operator does, and the expected result. Nothing is executed and no connection is made. Tests the given runbooks, or all that have cases.',
  ],
  notes: [
    'Exit codes: 0 all cases passed, 1 a case failed or coverage is too low, 2 a file is invalid.',
  ],
} as const satisfies CommandSpec;

/** `runbook new` */
export const create = {
  summary: 'Create a runbook and its tests',
  argument: { name: 'NAME', count: 'one' },
  options: {
    title: { about: 'the title of the incident (default: from NAME)', value: 'TEXT' },
    severity: { about: 'the severity', value: 'LEVEL', values: SEVERITIES },
    template: {
      about: 'the template',
      value: 'TEMPLATE',
      values: ['diagnose-and-fix', 'shell', 'checklist'],
    },
    engine: {
      about: 'the database engine',
      value: 'ENGINE',
      values: [...SERVER_ENGINES, 'none'],
    },
    target: {
      about: 'where scripts run',
      value: 'TARGET',
      values: ['local', 'ssh', 'docker', 'kubernetes'],
    },
    dir: {
      about: 'where to write the files',
      value: 'FOLDER',
      candidates: 'folder',
      default: 'runbooks',
    },
    from: {
      about: 'draft it from a page in Markdown',
      value: 'FILE',
      candidates: 'file',
    },
    force: { about: 'overwrite existing files' },
  },
  about: [
    'The new runbook is valid and its tests pass: change it step by step, and keep them passing. In a terminal, you are asked for options you leave out. The JSON Schemas for editors are written beside the runbook if they are missing.',
    'Templates: diagnose-and-fix inspects a database, changes something behind a gate, and verifies the result; shell does the same with scripts; checklist has instructions and questions.',
    'From a page, each block of shell or SQL becomes a step, with the text above it as its reason; <POD> becomes an input; other text becomes an instruction. What changes something gets a gate. The draft is valid, and goes on from one step to the next: where it branches and what can be undone is yours to write.',
  ],
} as const satisfies CommandSpec;

/** `runbook schema` */
export const schema = {
  summary: 'Print the JSON Schema of runbooks, for editors',
  options: {
    library: { about: 'print the schema of library files' },
    test: { about: 'print the schema of test files' },
    config: { about: 'print the schema of config files' },
    transcript: { about: 'print the schema of `runbook transcript --format json`' },
  },
  about: [
    'Editors with YAML support use the schema for completion and hover texts. Save it, and refer to it in the first line of a runbook:',
    [
      '  runbook schema > runbook.schema.json',
      '  # yaml-language-server: $schema=./runbook.schema.json',
    ].join('\n'),
  ],
} as const satisfies CommandSpec;

/** `runbook lsp` */
export const lsp = {
  summary: 'Serve editors: check and complete runbooks while you write',
  options: {
    stdio: { about: 'use standard input and output, as without it' },
    dir,
  },
  about: [
    'A language server (LSP) for runbooks. Your editor starts it; how to set it up: docs/author/editor.md. It reports what `runbook validate` reports while you type, completes keys, steps, targets and names in expressions, explains what is under the cursor, finds definitions, and renames steps. It runs no step and connects to nothing.',
  ],
  notes: ['Exit codes: 0 the editor ended the session, 1 the editor is gone.'],
} as const satisfies CommandSpec;
