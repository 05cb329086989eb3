import { EXIT } from '#errors.ts';
import { type RunFlaw, type VerifiedRun, verifyRun } from '#run/store/verify-run.ts';
import { counted } from '#text/count.ts';
import { harmless } from '#text/harmless.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { transcriptVerify as spec } from '../../specs/records.ts';
import { storeHere } from '../../surroundings.ts';

/** `runbook transcript verify`: verifies a run against its journal. Returns 1 if anything was altered. */
export async function verify({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const run = await storeHere().open(argument ?? 'latest');
  const verified = await verifyRun(run);
  const text = options.json
    ? JSON.stringify({ run: run.id, ok: verified.flaws.length === 0, ...verified }, null, 2)
    : sentences(run.id, verified).join('\n');
  process.stdout.write(`${text}\n`);
  return verified.flaws.length === 0 ? EXIT.ok : EXIT.unresolved;
}

function sentences(id: string, verified: VerifiedRun): readonly string[] {
  const { events, outputs, runbooks, head, tornBytes, unnamed, flaws } = verified;
  const looked = `${counted(events, 'event')}, ${counted(outputs, 'output')}, ${counted(runbooks, 'runbook')}`;
  const torn =
    tornBytes > 0 ? `, except for a torn last line of ${counted(tornBytes, 'byte')}` : '';
  return [
    flaws.length === 0
      ? `${id} is unaltered${torn}: ${looked}.`
      : `${id} was ALTERED${torn} (${looked} checked):`,
    ...flaws.map((flaw) => `  ${placeOf(flaw)} ${harmless(flaw.what)}`),
    ...(tornBytes > 0 ? ['A crash caused it; runbook resume removes it.'] : []),
    ...unnamed.map((file) => `${harmless(file)} belongs to no event: its step was interrupted.`),
    `The hash of the last line is ${head}. Compare it with an earlier transcript:`,
    'it is the only sign of lines removed at the end, or rewritten from some line on.',
  ];
}

function placeOf({ file, line }: RunFlaw): string {
  return line === undefined ? harmless(file) : `${file}, line ${line}`;
}
