import { gone, happens, key, type Place, type Story, start, type } from './screen-story.ts';

const NEXT = '── Next ──';

/** Questions, steps inside of steps, a failure, a crash: what is asked of the operator along the way. */
export const MAIL: Story = {
  name: 'Questions, branches, failures, a crash',
  says: 'Mail is late. No database is needed.',
  database: 'mail',
  scenes: [
    {
      name: 'A question: a line of text',
      says: 'The answer is typed and recorded. After Esc, letters are keys again.',
      moves: [
        start(['run', 'mail-relay', '--step'], 'Since when?'),
        type('at 3:02, Ünal & Söhne', 'Söhne'),
      ],
    },
    {
      name: 'A question: a choice',
      says: 'Arrows or numbers choose.',
      moves: [key('enter', /invoices/), key('down', /▸ 2/)],
    },
    {
      name: 'A question: a secret',
      says: 'The text is neither shown nor stored.',
      moves: [key('enter', /token of the relay/), type('correct horse', /> •+|> \*+/)],
    },
    {
      name: 'Parallel steps',
      says: 'Concurrent reads, each with its output.',
      moves: [key('enter', NEXT), key('enter', /220 relay-1[\s\S]*220 relay-2/)],
      larger: true,
    },
    {
      name: 'A failed branch',
      says: 'The result of each branch, and the finding. The next step waits.',
      moves: [happens('both end', ({ kim }) => kim.writeWork('go', ''), NEXT)],
    },
    {
      name: 'A retry',
      says: 'The read failed: the attempt, the error, and the time of the next attempt.',
      moves: [key('enter', /attempt 2 (?:of 2 )?in/)],
    },
    {
      name: 'A step failed',
      says: 'The error, and every choice.',
      moves: [key('ctrl-c', 'What next?')],
    },
    {
      name: 'A skipped step',
      says: 'Skipping a step requires a reason.',
      moves: [key('s', 'Why skip this step?'), key('enter', 'a reason is required')],
    },
    {
      name: 'An undecidable condition',
      says: 'The condition, its values, and the branches. The operator chooses one and gives a reason.',
      moves: [
        type('the relay answers by hand', 'answers by hand'),
        key('enter', /▸ How much waits\?/),
        key('enter', 'cannot decide'),
      ],
      larger: true,
    },
    {
      name: 'A runbook inside another',
      says: 'The header shows both. The list shows the inner steps below their step.',
      moves: [
        key('1', 'Why this branch?'),
        type('it looked long', 'looked long'),
        key('enter', NEXT),
        key('enter', /▸ Is it up\?/),
      ],
      larger: true,
    },
    {
      name: 'A running change',
      says: 'The confirmed change is running.',
      moves: [key('enter', /▸ Restart it/), key('enter', 'y run it'), key('y', /▶ Restart it/)],
    },
    {
      name: 'After a crash: outcome unknown',
      says: 'The program was killed during a change. The change is not repeated; the operator decides.',
      moves: [
        happens('it is killed with kill -9', kill, () => true),
        start(['resume'], /token: /),
        type('correct horse', /token: /),
        key('enter', 'The outcome is unknown'),
      ],
      larger: true,
    },
    {
      name: 'A wait',
      says: 'The run continues when the wait is over.',
      moves: [
        key('m', 'What is the evidence?'),
        type('its uptime is 1 minute', '1 minute'),
        key('enter', /▶ Let it settle/),
      ],
    },
    {
      name: 'A manual step',
      says: 'The instruction, and how to report the result.',
      moves: [
        key('ctrl-c', 'end it now'),
        key('ctrl-c', 'What next?'),
        key('s', 'Why skip'),
        type('no time', 'no time'),
        key('enter', 'Is it done?'),
      ],
    },
    {
      name: 'Evidence',
      says: 'The operator describes what they saw.',
      moves: [key('y', 'What did you see?'), type('it came after 20 s', 'after 20 s')],
    },
    {
      name: 'The end: escalated',
      says: 'The summary says who continues.',
      moves: [key('enter', 'ESCALATED')],
    },
  ],
};

/** What there is much of: wide tables, long outputs. */
export const LONG: Story = {
  name: 'Wide tables and long outputs',
  says: 'Everything that does not fit can be scrolled to.',
  database: 'shop_us',
  scenes: [
    {
      name: 'A wide table',
      says: 'Columns that do not fit are named. Output from a server cannot control the terminal.',
      moves: [start(['run', 'long-output', '--step'], NEXT), key('enter', 'not shown')],
      larger: true,
    },
    {
      name: 'Row by row',
      says: 'The full output shows every column of every row.',
      moves: [key('o', /row 1/i)],
    },
    {
      name: 'Sideways',
      says: 'As a table, scrolled with the arrow keys.',
      moves: [key('t', 'sideways'), key('right', /^ +role /m), key('right', /^ +state /m)],
    },
    {
      name: 'Search',
      says: '`/` searches in the pager.',
      moves: [
        key('escape', gone('sideways')),
        key('enter', /▸ Does it go on/),
        key('o', 'request 1 was'),
        key('/', /^ \//m),
        type('request 273', 'request 273'),
      ],
    },
    {
      name: 'A match',
      says: '`n` and `N` go to the next and the previous match.',
      moves: [key('enter', 'request 273 was')],
    },
    {
      name: 'The target of an ad-hoc command',
      says: '`!` asks for the target, if there are several, and for the command.',
      moves: [key('escape', gone('request 273')), key('!', 'Run a command on which target?')],
    },
    {
      name: 'The result of an ad-hoc command',
      says: 'A read-only command runs at once. The run stays where it was.',
      moves: [
        key('enter', 'SQL on db'),
        type('SELECT queue, attempts FROM job ORDER BY attempts DESC LIMIT 3', 'LIMIT 3'),
        key('enter', /Command !1[\s\S]*mail/),
      ],
    },
    {
      name: 'The gate of an ad-hoc command',
      says: 'A command that is not proven read-only needs a confirmation. The gate says why.',
      moves: [
        key('!', 'Run a command on which target?'),
        key('enter', 'SQL on db'),
        type('DELETE FROM job', 'FROM job'),
        key('enter', /Type \S+ to run it/),
      ],
    },
  ],
};

/** The script of the change goes on without the program, and comes to its end. */
async function kill({ kim, terminal }: Place): Promise<void> {
  terminal.kill('SIGKILL');
  await terminal.exited;
  kim.writeWork('back', '');
}
