import { EXIT, RunbookError } from '#errors.ts';
import { openPrompts } from '#report/plain/prompts.ts';
import { summaryLines } from '#report/summary.ts';
import { endRun } from '#run/end.ts';
import { readRun } from '#run/store/read-run.ts';
import { onlyArgument, readArguments } from '../../arguments.ts';
import { storeHere, surroundingsHere } from '../../surroundings.ts';

/** `runbook runs end`: ends an unfinished run for good, without reaching anything it ran on. */
export async function endUnfinishedRun(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, { why: { type: 'string' } });
  const recorded = await readRun(await storeHere().open(onlyArgument(positionals, 'run')));
  const why = values.why?.trim() || (await askWhy(recorded.record.id));
  const view = await endRun(recorded, surroundingsHere(), why);
  process.stdout.write(`${summaryLines(view).join('\n')}\n`);
  return EXIT.ok;
}

async function askWhy(id: string): Promise<string> {
  const refused = (message: string) =>
    new RunbookError(message, {
      code: 'not-confirmed',
      exitCode: EXIT.notConfirmed,
      hint: 'the run is as it was; --why TEXT ends it without asking',
    });
  if (process.stdin.isTTY !== true) throw refused('nobody can be asked why here');
  const prompts = openPrompts(process.stdin, process.stdout);
  try {
    process.stdout.write(`${id} ends here, for good. What it changed stays as it is.\n`);
    const reply = await prompts.ask('Why? (Enter alone leaves it as it is): ');
    if (reply.kind !== 'line' || reply.text.trim() === '') throw refused('the run was not ended');
    return reply.text.trim();
  } finally {
    prompts.close();
  }
}
