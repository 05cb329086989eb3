import { EXIT, RunbookError } from '../../errors.ts';
import { counted } from '../../events/phrases.ts';
import { readJournal } from '../../run/journal-read.ts';
import { readOutput } from '../../run/output-read.ts';
import type { RunFolder } from '../../run/run-store.ts';
import { suspectSecrets } from '../../safety/suspect-secrets.ts';

/** Where in a run something looks like a secret that nobody declared. */
export type SuspectPlace = {
  /** An event by its number, or a file of the run. */
  readonly place: string;
  readonly rule: string;
  readonly looksLike: string;
};

/** Looks through the events and outputs of a run for what looks like a secret and was not masked. */
export function suspectsInRun(run: RunFolder): readonly SuspectPlace[] {
  const { records } = readJournal(run.journal);
  const files = records.flatMap(({ event }) =>
    event.type === 'step.finished' ? event.outputs.map(({ file }) => file) : [],
  );
  return [
    ...records.flatMap(({ seq, event }) => placesIn(`event ${seq}`, JSON.stringify(event))),
    ...files.flatMap((file) => placesIn(file, readOutput(run, file) ?? '')),
  ];
}

function placesIn(place: string, text: string): readonly SuspectPlace[] {
  const found = suspectSecrets(text).map(({ rule, looksLike }) => ({ place, rule, looksLike }));
  return found.filter(
    (each, index) => found.findIndex(({ looksLike }) => looksLike === each.looksLike) === index,
  );
}

/**
 * Says on standard error what looks like a secret before a record leaves the machine; with `strict` it
 * throws instead, and nothing leaves.
 */
export function reportSuspects(run: RunFolder, strict: boolean): void {
  const suspects = suspectsInRun(run);
  if (suspects.length === 0) return;
  const lines = suspects.map(({ place, rule, looksLike }) => `  ${place}: ${looksLike} (${rule})`);
  const message = [
    `${counted(suspects.length, 'value')} in the run ${run.id} may be a secret that nobody declared:`,
    ...lines,
  ].join('\n');
  if (strict)
    throw new RunbookError(message, {
      code: 'undeclared-secret',
      exitCode: EXIT.unresolved,
      hint: 'nothing was written; declare the input as secret, or leave --strict away after a look',
    });
  process.stderr.write(`runbook: ${message}\n`);
}
