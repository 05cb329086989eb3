import { gone, key, resize, type Story, start, turnTo, type } from './screen-story.ts';

const NEXT = '── Next ──';
const LIST = '── Runbooks ──';

/** The page of `runbook` alone. */
export const PAGE: Story = {
  name: 'The start page',
  says: '`runbook` alone: what there is to run, what was left, and a box for an error.',
  database: 'shop_start',
  prepare: async ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '');
    await kim.run(['run', 'stuck-jobs']);
  },
  scenes: [
    {
      name: 'The list',
      says: 'Runs that were left stand first, with where they stopped and who had them; then the runbooks, with how bad it is and when they were last run. Nothing is selected before you choose.',
      moves: [start([], 'never run')],
      larger: true,
    },
    {
      name: 'A run that was left is chosen',
      says: 'Enter takes over the run where it stopped. A change asks again.',
      looks: { 'stuck-jobs': { bold: true } },
      moves: [key('down', 'resumes this run')],
    },
    {
      name: 'A search',
      says: 'Letters search names, summaries, symptoms and people.',
      moves: [key('escape', gone('resumes this run')), type('stuck', /▸ stuck-jobs/)],
    },
    {
      name: 'A search that finds nothing',
      says: 'What was typed can be looked at as an error.',
      moves: [key('ctrl-u', /Search: ▏/), type('zebra', 'No match.')],
    },
    {
      name: 'An error, and the runbook it calls for',
      says: 'A pasted error, or Tab: which runbook it calls for, and by which line. A password in it is not shown.',
      moves: [
        key('ctrl-u', /Search: ▏/),
        key('tab', gone('Search:')),
        type('FATAL:  sorry, too many clients already', /▸ too-many-connections/),
      ],
      larger: true,
    },
    {
      name: 'Help of the start page',
      says: 'What the keys do.',
      moves: [key('escape', LIST), key('ctrl-u', gone('clients')), key('?', 'any key')],
    },
  ],
};

/** One run, two people. */
export const TEAM: Story = {
  name: 'Two people',
  says: 'lee follows what kim does, and takes it over.',
  database: 'shop_team',
  prepare: ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '03:12:07 worker-3 claimed 16 jobs\n');
  },
  scenes: [
    {
      name: 'Followed from another terminal',
      says: 'The same screen, read-only: the last line says who is asked.',
      moves: [
        start(['run', 'stuck-jobs', '--auto'], 'y run it'),
        start(['attach'], 'read-only · kim is asked', 'lee'),
      ],
    },
    {
      name: 'To stop at a gate',
      says: 'Ctrl-C where nothing runs asks whether to go on, to leave the run, or to end it.',
      moves: [turnTo('kim’s terminal', 0, 'y run it'), key('ctrl-c', 'Stop here?')],
    },
    {
      name: 'To leave a run',
      says: '`q` leaves a run that waits; it says how to go on with it later.',
      moves: [key('c', gone('Stop here?')), key('q', 'Pause the run?')],
    },
    {
      name: 'Left',
      says: 'The shell is back, with where the run stands and how to go on with it.',
      moves: [key('y', /runbook resume/)],
      asItIs: true,
    },
    {
      name: 'A run of somebody else is taken over',
      says: 'What whoever takes it over has to know comes first; Enter goes on.',
      moves: [start(['resume'], 'Ctrl-C cancels', 'lee')],
      asItIs: true,
    },
    {
      name: 'The gate, put again',
      says: 'The gate that was open is put again, under the new name.',
      moves: [key('enter', 'Enter takes over the run'), key('enter', /lee on [\s\S]*y run it/)],
    },
    {
      name: 'A terminal that is too small',
      says: 'Below 80 × 24 the step stands alone, and what matters for the decision stays.',
      moves: [resize(60, 15, (screen) => screen.split('\n')[1] === '─'.repeat(60))],
      asItIs: true,
    },
  ],
};

/** Nothing is changed. */
export const DRY: Story = {
  name: 'A dry run',
  says: 'Reads run, changes are shown and not run.',
  database: 'shop_dry',
  prepare: ({ kim }) => {
    kim.writeWork('worker.done', 'no answer\n');
    kim.writeWork('worker.log', '03:12:07 worker-3 claimed 16 jobs\n');
  },
  scenes: [
    {
      name: 'DRY RUN',
      says: 'The header says DRY RUN in place of LIVE.',
      looks: { 'DRY RUN': { bold: true, inverse: true } },
      moves: [start(['run', 'stuck-jobs', '--dry-run'], NEXT)],
    },
    {
      name: 'The gate of a dry run',
      says: 'What would run, with its rows. `y` goes on as if it had.',
      moves: [
        key('enter', /▸ Does a job move/),
        key('enter', /▸ Free the claims/),
        key('enter', /y go on/),
        key('y', /▸ Pause new mail/),
        key('enter', /mail\.paused[\s\S]*y go on/),
        key('y', /▸ Drop bad jobs/),
        key('enter', /DESTRUCTIVE[\s\S]*y go on/),
      ],
    },
    {
      name: 'The end of a dry run',
      says: 'What was shown and not run is listed.',
      moves: [key('y', 'RESOLVED')],
    },
  ],
};
