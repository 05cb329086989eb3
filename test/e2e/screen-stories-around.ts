import { gone, key, resize, type Story, start, turnTo, type } from './screen-story.ts';

const NEXT = '── Next ──';
const LIST = '── Runbooks ──';

/** The page of `runbook` alone. */
export const PAGE: Story = {
  name: 'The start page',
  says: '`runbook` without arguments: unfinished runs, runbooks, and a box for an error.',
  database: 'shop_start',
  prepare: async ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '');
    await kim.run(['run', 'stuck-jobs', '--step']);
  },
  scenes: [
    {
      name: 'The list',
      says: 'Unfinished runs come first, with their step and operator; then the runbooks, with severity and last run. Nothing is selected at first.',
      moves: [start([], 'stuck-jobs')],
      larger: true,
    },
    {
      name: 'An unfinished run is selected',
      says: 'Enter resumes the run where it stopped. Changes need a new confirmation.',
      looks: { 'stuck-jobs': { bold: true } },
      moves: [key('down', 'resumes this run')],
    },
    {
      name: 'A search',
      says: '`/` searches names, summaries, symptoms and people.',
      moves: [
        key('escape', gone('resumes this run')),
        key('/', 'Search:'),
        type('stuck', /▸ stuck-jobs/),
      ],
    },
    {
      name: 'A search that finds nothing',
      says: 'Tab looks the text up as an error.',
      moves: [key('ctrl-u', /Search: ▏/), type('zebra', 'No match.')],
    },
    {
      name: 'An error and its suggested runbooks',
      says: 'Paste an error, or press Tab and type it. The matching line is shown; passwords are masked.',
      moves: [
        key('ctrl-u', /Search: ▏/),
        key('tab', gone('Search:')),
        type('FATAL:  sorry, too many clients already', /▸ too-many-connections/),
      ],
      larger: true,
    },
    {
      name: 'Help of the start page',
      says: 'All keys of the start page.',
      moves: [key('escape', LIST), key('?', 'j k scroll')],
    },
  ],
};

/** One run, two people. */
export const TEAM: Story = {
  name: 'Two people',
  says: 'lee watches what kim does, and takes the run over.',
  database: 'shop_team',
  prepare: ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '03:12:07 worker-3 claimed 16 jobs\n');
  },
  scenes: [
    {
      name: 'Watched from another terminal',
      says: 'The same screen, read-only. The last line names the operator.',
      moves: [
        start(['run', 'stuck-jobs', '--auto'], 'y run it'),
        start(['attach'], 'read-only · kim is asked', 'lee'),
      ],
    },
    {
      name: 'Stop at a gate',
      says: 'Ctrl-C while nothing is running asks whether to continue, pause or abort.',
      moves: [turnTo('kim’s terminal', 0, 'y run it'), key('ctrl-c', 'Stop here?')],
    },
    {
      name: 'Pause a run',
      says: '`q` pauses a waiting run, and shows how to resume it.',
      moves: [key('c', gone('Stop here?')), key('q', 'Pause the run?')],
    },
    {
      name: 'Paused',
      says: 'Back in the shell: the status of the run, and how to resume it.',
      moves: [key('y', /runbook resume/)],
      asItIs: true,
    },
    {
      name: 'Another operator takes over',
      says: 'The handover summary comes first, on one page. Enter continues.',
      moves: [start(['resume'], 'Ctrl-C cancels', 'lee')],
      asItIs: true,
    },
    {
      name: 'The gate again',
      says: 'The open gate is shown again, under the new operator.',
      moves: [key('enter', /lee on [\s\S]*y run it/)],
    },
    {
      name: 'A small terminal',
      says: 'Below 80 × 24 only the current step is shown, with everything the decision needs.',
      moves: [resize(60, 15, (screen) => screen.split('\n')[1] === '─'.repeat(60))],
      asItIs: true,
    },
  ],
};

/** Nothing is changed. */
export const DRY: Story = {
  name: 'Dry run',
  says: 'Reads run. Changes are shown, and not run.',
  database: 'shop_dry',
  prepare: ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '03:12:07 worker-3 claimed 16 jobs\n');
  },
  scenes: [
    {
      name: 'DRY RUN',
      says: 'The header shows DRY RUN instead of LIVE.',
      looks: { 'DRY RUN': { bold: true, inverse: true } },
      moves: [start(['run', 'stuck-jobs', '--step', '--dry-run'], NEXT)],
    },
    {
      name: 'The gate of a dry run',
      says: 'What would run, with its rows. `y` continues as if it had.',
      moves: [
        key('enter', /▸ Does a job move/),
        key('enter', /▸ Free the claims/),
        key('enter', /y continue/),
        key('y', /▸ Pause new mail/),
        key('enter', /mail\.paused[\s\S]*y continue/),
        key('y', /▸ Drop bad jobs/),
        key('enter', /DESTRUCTIVE[\s\S]*y continue/),
      ],
    },
    {
      name: 'The end of a dry run',
      says: 'Changes that were not run are listed.',
      moves: [key('y', 'RESOLVED')],
    },
  ],
};
