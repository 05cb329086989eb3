import { appendFileSync } from 'node:fs';

/** A fault that a runbook of the built command was shown to end, or to name, on a real server or target. */
export type Proven = {
  /** The name of the lab's fault, or a few words for one that is made by a test alone. */
  readonly fault: string;
  /** An engine of the lab, or the kind of a real target. */
  readonly on: string;
  readonly runbook: string;
  /** How the run ended; for `triage` the runbook it named. */
  readonly end: string;
};

/**
 * Notes what a test has shown, once it has shown it, in the file that `RUNBOOK_PROVEN` names:
 * `node bin/documents.js FILE` makes the table of the documentation of it.
 */
export function noteProven(proven: Proven): void {
  const file = process.env.RUNBOOK_PROVEN;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(proven)}\n`);
}
