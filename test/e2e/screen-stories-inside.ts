import { gone, happens, key, type Place, type Story, start, type } from './screen-story.ts';

const NEXT = '── Next ──';

/** Questions, steps inside of steps, a failure, a crash: what is asked of the operator along the way. */
export const MAIL: Story = {
  name: 'Questions, branches, failures, a crash',
  says: 'Mail is late. Nothing of this needs a database.',
  database: 'mail',
  scenes: [
    {
      name: 'A question: a line of text',
      says: 'The answer is typed and goes into the record. Esc gives the letters back to the other keys.',
      moves: [start(['run', 'mail-relay'], 'Since when?'), type('at 3:02, Ünal & Söhne', 'Söhne')],
    },
    {
      name: 'A question: a choice',
      says: 'The arrows choose, and so do the numbers.',
      moves: [key('enter', /invoices/), key('down', /▸ 2/)],
    },
    {
      name: 'A question: a secret',
      says: 'What is typed is not shown, and is not written down.',
      moves: [key('enter', /token of the relay/), type('correct horse', /> •+|> \*+/)],
    },
    {
      name: 'Steps side by side',
      says: 'Reads that run at the same time, each with what it prints under its name.',
      moves: [key('enter', NEXT), key('enter', /220 relay-1[\s\S]*220 relay-2/)],
      larger: true,
    },
    {
      name: 'A branch that failed',
      says: 'What each has said, and the finding from it. The next step waits.',
      moves: [happens('both end', ({ kim }) => kim.writeWork('go', ''), NEXT)],
    },
    {
      name: 'It will be tried again',
      says: 'The read failed; how often it was tried, what it said, and when it is tried again.',
      moves: [key('enter', /attempt 2 (?:of 2 )?in/)],
    },
    {
      name: 'A step failed',
      says: 'What it said, and every way to go on.',
      moves: [key('ctrl-c', 'What next?')],
    },
    {
      name: 'Why it is passed over',
      says: 'To pass over a step takes a reason.',
      moves: [key('s', 'Why skip this step?'), key('enter', 'a few words')],
    },
    {
      name: 'A condition that cannot be decided',
      says: 'The condition, the values there are, and the ways it could go. Nothing is assumed: the operator chooses, and says why.',
      moves: [
        type('the relay answers by hand', 'answers by hand'),
        key('enter', /▸ How much waits\?/),
        key('enter', 'cannot decide'),
      ],
      larger: true,
    },
    {
      name: 'Inside of another runbook',
      says: 'The header shows both, the list shows its steps below the one that they are inside of.',
      moves: [
        key('1', 'Why this branch?'),
        type('it looked long', 'looked long'),
        key('enter', NEXT),
        key('enter', /▸ Is it up\?/),
      ],
      larger: true,
    },
    {
      name: 'A change runs',
      says: 'What was confirmed runs now.',
      moves: [key('enter', /▸ Restart it/), key('enter', 'y run it'), key('y', /▶ Restart it/)],
    },
    {
      name: 'After a crash: an outcome that is not known',
      says: 'The program was killed while a change ran. What it did is not known, so it is not run again: the operator looks, and says.',
      moves: [
        happens('it is killed with kill -9', kill, () => true),
        start(['resume'], /token: /),
        type('correct horse', /token: /),
        key('enter', 'may or may not'),
      ],
      larger: true,
    },
    {
      name: 'A wait',
      says: 'The run goes on by itself when it is over.',
      moves: [
        key('m', 'What is the evidence?'),
        type('its uptime is 1 minute', '1 minute'),
        key('enter', /▶ Let it settle/),
      ],
    },
    {
      name: 'Something to do by hand',
      says: 'What a person has to do, and how it is reported.',
      moves: [
        key('ctrl-c', 'end it now'),
        key('ctrl-c', 'What next?'),
        key('s', 'Why skip'),
        type('no time', 'no time'),
        key('enter', 'Is it done?'),
      ],
    },
    {
      name: 'What was seen',
      says: 'Evidence, in the words of who did it.',
      moves: [key('y', 'What did you see?'), type('it came after 20 s', 'after 20 s')],
    },
    {
      name: 'The end, handed on',
      says: 'It ended with somebody else: the summary says who has to go on.',
      moves: [key('enter', 'ESCALATED')],
    },
  ],
};

/** What there is much of: wide tables, long outputs. */
export const LONG: Story = {
  name: 'Wide tables and long outputs',
  says: 'What does not fit is not lost.',
  database: 'shop_us',
  scenes: [
    {
      name: 'A table that is too wide',
      says: 'Columns that do not fit are named. What a server sends cannot act on the terminal.',
      moves: [start(['run', 'long-output'], NEXT), key('enter', 'not shown')],
      larger: true,
    },
    {
      name: 'Row by row',
      says: 'The full output has every column of every row, one below the other.',
      moves: [key('o', /row 1/i)],
    },
    {
      name: 'Sideways',
      says: 'As a table, moved sideways with the arrows.',
      moves: [key('t', 'sideways'), key('right', /^ +role /m), key('right', /^ +state /m)],
    },
    {
      name: 'A search is typed',
      says: 'In the pager, `/` looks for a text.',
      moves: [
        key('escape', gone('sideways')),
        key('enter', /▸ Does it go on/),
        key('o', 'request 1 was'),
        key('/', /^ \//m),
        type('request 273', 'request 273'),
      ],
    },
    {
      name: 'A search that found something',
      says: '`n` and `N` go to the next one and the one before.',
      moves: [key('enter', 'request 273 was')],
    },
    {
      name: 'Where a command of one’s own is run',
      says: '`!` asks where, if there are several places, and what.',
      moves: [key('escape', gone('request 273')), key('!', 'of your own where?')],
    },
    {
      name: 'What a command of one’s own returned',
      says: 'A read runs at once. The run stands where it stood.',
      moves: [
        key('enter', 'SQL on db'),
        type('SELECT queue, attempts FROM job ORDER BY attempts DESC LIMIT 3', 'LIMIT 3'),
        key('enter', /Command !1[\s\S]*mail/),
      ],
    },
    {
      name: 'The gate of a command of one’s own',
      says: 'What is not proven to only read comes to a gate, which says why.',
      moves: [
        key('!', 'of your own where?'),
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
