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
  name: 'A complete run',
  says: 'A queue is stuck: reads, a change, a destructive change, and the end.',
  database: 'shop',
  prepare: ({ kim }) => kim.writeWork('worker.log', LOG),
  scenes: [
    {
      name: 'The opening page',
      says: 'What the run is on, its limits, what you need, and what happens in each phase. Nothing has run. Enter starts it: reads run by themselves until a decision is needed.',
      moves: [start(['run', 'stuck-jobs'], '⏎ start')],
      larger: true,
    },
    {
      name: 'A read before it starts',
      says: 'With `s` on the opening page, or `--step`, every step waits for Enter. The header shows the runbook, the database, LIVE, the elapsed time and the recording. Below the steps reached so far is what Enter will run, and where; from 120 columns on the two stand side by side.',
      looks: { LIVE: { color: 1, inverse: true, bold: true }, 'Which queue?': { bold: true } },
      moves: [key('s', NEXT)],
      larger: true,
    },
    {
      name: 'Details',
      says: 'The action in full, and all findings so far. Esc closes it.',
      moves: [key('d', /Details/)],
    },
    {
      name: 'Help',
      says: 'The keys that work now, and the signs of the steps. Esc closes it.',
      moves: [key('escape', gone('Details')), key('?', '── Always')],
    },
    {
      name: 'A result and its decision',
      says: 'The rows, the finding and the values behind it, above the next step.',
      moves: [key('escape', NEXT), key('enter', /jobs wait in mail/)],
      larger: true,
    },
    {
      name: 'A running script',
      says: 'The elapsed time and live output.',
      moves: [key('enter', /job 104: bad address/)],
    },
    {
      name: 'A note',
      says: 'A note can be written at any time, also while an action runs. Enter saves it, Esc discards it.',
      moves: [key('n', 'Note'), type('the deploy was at 03:05', 'the deploy was at 03:05')],
    },
    {
      name: 'A stop is requested',
      says: 'After Ctrl-C, the run stops when the action is done. Ctrl-C again cancels the action.',
      moves: [key('enter', /\^C/), key('ctrl-c', 'end it now')],
    },
    {
      name: 'The run was stopped',
      says: 'Nothing is running. Each choice has a key.',
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
      says: 'What will run, with its values, target, operator, warning and undo. Only `y` runs it.',
      looks: { CHANGE: { color: 5, inverse: true }, '! A worker': { bold: true } },
      moves: [key('enter', /▸ Free the claims/), key('enter', 'y run it')],
      larger: true,
    },
    {
      name: 'A declined gate',
      says: 'Esc declines. Nothing is run, and the reason is recorded.',
      moves: [key('escape', 'Why not?')],
    },
    {
      name: 'The gate of a destructive change',
      says: 'The affected rows, their number and age. Typing the phrase confirms.',
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
      name: 'A wrong phrase',
      says: 'Nothing is run.',
      moves: [type('yes', 'run it: yes'), key('enter', 'Nothing was run')],
    },
    {
      name: 'Verification',
      says: 'After the action, the check is repeated until its condition is true.',
      moves: [
        key('ctrl-u', /run it: ▏/),
        type('shop', 'run it: shop'),
        key('enter', /check \d+ in /),
      ],
    },
    {
      name: 'The end: resolved',
      says: 'The outcome, the changes, the findings, prevention notes, and the transcript command.',
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
  name: 'Rejected, edited, undone',
  says: 'Too many rows, edited inputs, jumps, and an undo.',
  database: 'shop_eu',
  prepare: ({ kim }) => {
    kim.writeWork('worker.log', LOG);
    kim.writeWork('worker.done', 'no answer\n');
  },
  scenes: [
    {
      name: 'Automatic reads',
      says: '`--auto` starts without the opening page. Reads run by themselves; the run stops at the first change.',
      moves: [start(['run', 'stuck-jobs', '--auto', '--input', 'least_attempts=1'], 'y run it')],
    },
    {
      name: 'Too many rows',
      says: 'The preview has more rows than the step allows, so the step fails and no gate opens.',
      looks: { 'Nothing was run.': { bold: true } },
      moves: [key('y', /mail\.paused[\s\S]*y run it/), ...LOOKED, key('y', 'What next?')],
      larger: true,
    },
    {
      name: 'Edited inputs',
      says: 'The inputs of the run, edited before the step runs again.',
      moves: [key('e', 'retry with these'), key('down', /▸ queue/)],
    },
    {
      name: 'A jump',
      says: 'All steps with their status, and the consequences of a jump.',
      moves: [key('escape', gone('retry with these')), key(':', 'go there')],
    },
    {
      name: 'Back',
      says: 'The consequences of going back are shown first.',
      moves: [key('escape', gone('go there')), key('b', /Back to/)],
    },
    {
      name: 'Undo',
      says: 'The changes that can be undone, most recent first. Each undo has its own gate.',
      moves: [key('escape', gone('Back to')), key('u', 'undo it')],
    },
    {
      name: 'The gate of an undo',
      says: 'An undo is confirmed like any other change.',
      moves: [
        key('enter', 'Why undo'),
        type('the queue was not the cause', 'not the cause'),
        key('enter', /Undo: [\s\S]*y run it/),
      ],
    },
    {
      name: 'The end: aborted',
      says: 'The operator aborted the run. Changes still in place are listed.',
      moves: [
        key('y', 'What next?'),
        key('x', 'Why end the run?'),
        type('the cause is elsewhere', 'is elsewhere'),
        key('enter', 'ABORTED'),
      ],
    },
  ],
};
