import { OpenTerminal } from '../../test/e2e/terminal.ts';
import { START_IS_SHOWN } from './first-frame.js';
import { answered } from './flood.js';

const LETTERS = 'pool';
const SEARCH = 'Search: ';

/** Returns the milliseconds (median of a few) from a letter typed into the search of the start page to its answer. */
export async function letterOnStartPage(args, { env, cwd }) {
  const terminal = new OpenTerminal({ file: process.execPath, args, env, cwd });
  try {
    await terminal.waitFor(START_IS_SHOWN);
    await answered(terminal, '/', SEARCH);
    const times = [];
    for (let length = 1; length <= LETTERS.length; length += 1)
      times.push(
        await answered(terminal, LETTERS[length - 1], `${SEARCH}${LETTERS.slice(0, length)}`),
      );
    return times.toSorted((a, b) => a - b)[times.length >> 1];
  } finally {
    await terminal.close();
  }
}
