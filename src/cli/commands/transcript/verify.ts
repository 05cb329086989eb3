import { EXIT } from '#errors.ts';
import { counted } from '#events/wording/phrases.ts';
import { type RunFlaw, type VerifiedRun, verifyRun } from '#run/store/file/verify-run.ts';
import { harmless } from '#text/harmless.ts';
import { readArguments } from '../../arguments.ts';
import { storeHere } from '../../surroundings.ts';

/** `runbook transcript verify`: compares what a run kept with its journal; returns the exit code. */
export function verifyTranscript(args: readonly string[]): number {
  const { values, positionals } = readArguments(args, {
    json: { type: 'boolean', default: false },
  });
  const run = storeHere().openRun(positionals[0] ?? 'latest');
  const verified = verifyRun(run);
  const text = values.json
    ? JSON.stringify({ run: run.id, ok: verified.flaws.length === 0, ...verified }, null, 2)
    : sentences(run.id, verified).join('\n');
  process.stdout.write(`${text}\n`);
  return verified.flaws.length === 0 ? EXIT.ok : EXIT.unresolved;
}

function sentences(id: string, verified: VerifiedRun): readonly string[] {
  const { events, outputs, runbooks, head, tornBytes, unnamed, flaws } = verified;
  const looked = `${counted(events, 'event')}, ${counted(outputs, 'output')}, ${counted(runbooks, 'runbook')}`;
  const torn = tornBytes > 0 ? `, but for a torn last line of ${counted(tornBytes, 'byte')}` : '';
  return [
    flaws.length === 0
      ? `${id} is as it was written${torn}: ${looked}.`
      : `${id} is NOT as it was written${torn} (${looked} looked at):`,
    ...flaws.map((flaw) => `  ${placeOf(flaw)} ${harmless(flaw.what)}`),
    ...(tornBytes > 0 ? ['A crash tore it; runbook resume removes it.'] : []),
    ...unnamed.map((file) => `${harmless(file)} is named by no event: its step was interrupted.`),
    `The hash of its last line is ${head}. Compare it with the one in a transcript made earlier:`,
    'lines that were cut off at the end, or written anew from some line on, show nowhere else.',
  ];
}

function placeOf({ file, line }: RunFlaw): string {
  return line === undefined ? harmless(file) : `${file}, line ${line}`;
}
