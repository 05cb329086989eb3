import type { EventOf } from '#events/log/event.ts';
import { sha256 } from '#run/sha256.ts';

/** The columns of a run that are settled when it is created, and that decide about rights and values. */
export type SettledColumns = {
  readonly environment: string;
  readonly label: string;
  readonly textSha256: string;
  readonly inputs: Readonly<Record<string, string>>;
};

/** Returns the digest of inputs by name, whatever their order. */
export function digestOfInputs(inputs: Readonly<Record<string, string>>): string {
  return sha256(JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Returns why the row of a run is not believed: it differs from what the run began with. */
export function alteredRun(
  row: SettledColumns,
  { environment, worker, runbook }: EventOf<'run.started'>,
): string | undefined {
  // A run of a team has a worker, and each of them records the environment.
  if (worker === undefined) return undefined;
  const { inputs = digestOfInputs(row.inputs) } = worker;
  const pairs = [
    ['the environment', row.environment, environment],
    ['the label', row.label, worker.label],
    ['the runbook', row.textSha256, runbook.sha256],
    ['the inputs', digestOfInputs(row.inputs), inputs],
  ] as const;
  const altered = pairs.flatMap(([name, now, then]) => (now === then ? [] : [name]));
  if (altered.length === 0) return undefined;
  return `the control plane was altered: ${altered.join(' and ')} of the run differs from its journal`;
}
