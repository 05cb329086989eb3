import { openPrompts } from '#report/plain/prompts.ts';
import type { RecordedRun } from '#run/store/read-run.ts';
import { counted } from '#text/count.ts';
import type { Presentation } from '../../present-run.ts';
import { handoverTexts } from '../handover.ts';

/** The number of lines of the prompt, with the one above it. */
const PROMPT_LINES = 2;
const FEWEST_LINES = 5;

/**
 * Shows the handover summary of a run, one screen at a time, and returns whether the operator
 * continues with it.
 */
export async function takeOver(
  records: RecordedRun['records'],
  presentation: Presentation,
): Promise<boolean> {
  const { stdin, stdout } = process;
  const texts = handoverTexts(records, true);
  const write = (page: readonly string[]) => stdout.write(`${page.join('\n')}\n`);
  if (presentation === 'lines') {
    write(texts);
    return true;
  }
  const room = Math.max(FEWEST_LINES, (stdout.rows ?? Number.POSITIVE_INFINITY) - PROMPT_LINES);
  const prompts = openPrompts(stdin, stdout);
  try {
    for (let start = 0; start < texts.length; start += room) {
      const left = texts.length - start - room;
      write([...texts.slice(start, start + room), ...(left > 0 ? [] : [''])]);
      const question =
        left > 0
          ? `Enter shows ${counted(left, 'more line')}, Ctrl-C cancels: `
          : 'Enter takes over the run, Ctrl-C cancels: ';
      const reply = await prompts.ask(question);
      if (reply.kind !== 'line') return false;
    }
    return true;
  } finally {
    prompts.close();
    // A stream notices the removal of its listener only after this turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
