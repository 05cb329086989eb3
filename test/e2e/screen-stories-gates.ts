import { gone, happens, key, type Story, start, type } from './screen-story.ts';

const GATE = /Type \S+ to run it: /;
const NEXT = '── Next ──';

/** A `y` that comes at once after another is taken for a key that is held down. */
const LOOKED = [key('d', '1–'), key('escape', 'y run it')];

/** What the worker has said before it hung. */
const LOG = `${[
  '03:12:07 worker-3 claimed 16 jobs',
  '03:12:07 worker-3 job 101: sent',
  '03:12:08 worker-3 job 104: bad address, tried again in 60s',
].join('\n')}\n`;

export const QUEUE: Story = {
  name: 'A run from its start to its end',
  says: 'A queue is stuck, and the run frees it: reads, a change, what cannot be taken back, the end.',
  database: 'shop',
  prepare: ({ kim }) => kim.writeWork('worker.log', LOG),
  scenes: [
    {
      name: 'A read waits to start',
      says: 'The header says which runbook runs on which database, that it is LIVE, since when, and that it is recorded. On the left are the steps, on the right what Enter will run and where.',
      looks: { LIVE: { color: 1, inverse: true, bold: true }, 'Which queue?': { bold: true } },
      moves: [start(['run', 'stuck-jobs'], NEXT)],
      larger: true,
    },
    {
      name: 'Details',
      says: 'All about what will run: the whole text, the limits, where it goes on. Esc closes it.',
      moves: [key('d', /Details/)],
    },
    {
      name: 'Help',
      says: 'Every key that works now, and the signs of the steps. Any key closes it.',
      moves: [key('escape', gone('Details')), key('?', 'any other key')],
    },
    {
      name: 'A result, and what was decided from it',
      says: 'The rows, the finding, and the values that led to it stand above the step that comes next.',
      moves: [key('x', NEXT), key('enter', /jobs wait in mail/)],
      larger: true,
    },
    {
      name: 'A script runs',
      says: 'How long it has run, and the end of what it prints, as it prints it.',
      moves: [key('enter', /job 104: bad address/)],
    },
    {
      name: 'A note',
      says: 'A line for the record, at any time, also while something runs. Enter writes it down, Esc does not.',
      moves: [key('n', 'Note'), type('the deploy was at 03:05', 'the deploy was at 03:05')],
    },
    {
      name: 'A stop is asked for',
      says: 'After Ctrl-C the run stops as soon as the step is done; Ctrl-C again ends the step now.',
      moves: [key('enter', /\^C/), key('ctrl-c', 'end it now')],
    },
    {
      name: 'The run was stopped',
      says: 'Nothing runs. Every way to go on has its key.',
      moves: [
        happens(
          'the script ends',
          ({ kim }) => kim.writeWork('worker.done', 'no answer\n'),
          'Stopped. What next?',
        ),
      ],
    },
    {
      name: 'The gate of a change',
      says: 'What will run with its values, where and under which name, what to beware of, and how it can be undone. `y` runs it, and nothing else does.',
      looks: { CHANGE: { color: 5, inverse: true }, '! A worker': { bold: true } },
      moves: [key('enter', /▸ Free the claims/), key('enter', 'y run it')],
      larger: true,
    },
    {
      name: 'Why not',
      says: 'Esc declines. Nothing is run, and the reason goes into the record.',
      moves: [key('escape', 'Why not?')],
    },
    {
      name: 'The gate of what destroys',
      says: 'The rows that will be hit, how many, and when they were read. It is confirmed by typing the phrase.',
      looks: { DESTRUCTIVE: { color: 1, inverse: true }, '! What is': { bold: true } },
      moves: [
        key('escape', gone('Why not?')),
        key('y', /▸ Pause new mail/),
        key('enter', /mail\.paused[\s\S]*y run it/),
        key('y', /▸ Drop bad jobs/),
        key('enter', GATE),
      ],
      larger: true,
    },
    {
      name: 'Another text than the phrase',
      says: 'Nothing is run, and the screen says so.',
      moves: [type('yes', 'run it: yes'), key('enter', 'Nothing was run')],
    },
    {
      name: 'It is checked whether it worked',
      says: 'The action was run; its verification is repeated until it holds.',
      moves: [
        key('ctrl-u', /run it: ▏/),
        type('shop', 'run it: shop'),
        key('enter', /check \d+ in /),
      ],
    },
    {
      name: 'The end, resolved',
      says: 'How it ended, what was found and changed, what keeps it from coming back, and how to read the record.',
      moves: [
        happens(
          'the workers empty the queue',
          ({ query }) => query(`DELETE FROM job WHERE queue = 'mail'`),
          'RESOLVED',
        ),
      ],
      larger: true,
    },
  ],
};

export const REFUSED: Story = {
  name: 'Refused, changed, undone',
  says: 'More rows than the step may touch; inputs that are changed; jumps, and what was done taken back.',
  database: 'shop_eu',
  prepare: ({ kim }) => {
    kim.writeWork('worker.log', LOG);
    kim.writeWork('worker.done', 'no answer\n');
  },
  scenes: [
    {
      name: 'Reads run by themselves',
      says: 'AUTO in the header: reads were let run by `a` or `--auto`. The run has stopped by itself at the first change.',
      moves: [start(['run', 'stuck-jobs', '--auto', '--input', 'least_attempts=1'], 'y run it')],
    },
    {
      name: 'A gate that is refused: too many rows',
      says: 'The preview has more rows than the step may touch, so no gate is opened. It is a failure like any other, with its menu.',
      looks: { AUTO: { inverse: true }, 'Nothing was run.': { bold: true } },
      moves: [key('y', /mail\.paused[\s\S]*y run it/), ...LOOKED, key('y', 'What next?')],
      larger: true,
    },
    {
      name: 'Inputs are changed',
      says: 'The values of the run, to be changed before the step is tried again.',
      moves: [key('e', 'retry with these'), key('down', /▸ queue/)],
    },
    {
      name: 'Where to jump',
      says: 'Every step, how it stands, and what going there means: what will run again, and what asks again.',
      moves: [key('escape', gone('retry with these')), key('j', 'go there')],
    },
    {
      name: 'Back',
      says: 'What going back will run again is said before it is done.',
      moves: [key('escape', gone('go there')), key('b', /Back to/)],
    },
    {
      name: 'What to undo',
      says: 'What was done and can be taken back, the last first. Each comes to a gate of its own.',
      moves: [key('escape', gone('Back to')), key('u', 'undo it')],
    },
    {
      name: 'The gate of an undo',
      says: 'What takes it back is confirmed like any other change.',
      moves: [
        key('enter', 'Why undo'),
        type('the queue was not the cause', 'not the cause'),
        key('enter', /Undo: [\s\S]*y run it/),
      ],
    },
    {
      name: 'The end, given up',
      says: 'The operator ended the run for good. What was changed and not taken back is named.',
      moves: [
        key('y', 'What next?'),
        key('x', 'Why end the run?'),
        type('the cause is elsewhere', 'is elsewhere'),
        key('enter', 'ABORTED'),
      ],
    },
  ],
};
