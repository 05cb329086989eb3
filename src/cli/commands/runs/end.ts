import { EXIT, RunbookError } from '#errors.ts';
import { withPrompts } from '#report/plain/prompts.ts';
import { summaryLines } from '#report/summary.ts';
import { endRun as endRecorded } from '#run/end.ts';
import { readRun } from '#run/store/read-run.ts';
import type { CommandLine } from '../../command-spec.ts';
import { say } from '../../say.ts';
import type { runsEnd as spec } from '../../specs/records.ts';
import { storeHere, surroundingsHere } from '../../surroundings.ts';

/** `runbook runs end`: marks an unfinished run as aborted. Contacts no server. */
export async function endRun({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const recorded = await readRun(await storeHere().open(argument));
  const why = options.why?.trim() || (await askWhy(recorded.record.id));
  const view = await endRecorded(recorded, surroundingsHere(), why);
  say(summaryLines(view).join('\n'));
  return EXIT.ok;
}

async function askWhy(id: string): Promise<string> {
  const refused = (message: string) =>
    new RunbookError(message, {
      code: 'not-confirmed',
      exitCode: EXIT.notConfirmed,
      hint: 'the run is unchanged; --why TEXT skips the question',
    });
  if (process.stdin.isTTY !== true) throw refused('no terminal to ask for a reason');
  process.stdout.write(`${id} will be marked as aborted. Nothing is reverted.\n`);
  const reply = await withPrompts((prompts) => prompts.ask('Why? (Enter cancels): '));
  if (reply.kind !== 'line' || reply.text.trim() === '') throw refused('cancelled');
  return reply.text.trim();
}
