import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { readInputs } from '../command-line.ts';
import type { CommandLine } from '../command-spec.ts';
import { readReference } from '../config/reference.ts';
import { showAttached } from '../show-attached.ts';
import type { run as spec } from '../specs/incident.ts';
import { withServer } from './connect.ts';

/** `runbook run NAME --on SERVER`: starts a run on a server, and shows it unless it is detached. */
export async function startOn(
  name: string,
  { argument: runbook, options }: CommandLine<typeof spec>,
): Promise<ExitCode> {
  const { env: environment, input, detach, plain, 'dry-run': dryRun } = options;
  if (environment === undefined)
    throw usageError('--on needs an environment', 'name one of the server: --env NAME');
  refuse(options);
  const inputs = textsOf(readInputs(input));
  const mode = dryRun ? 'dry-run' : 'live';
  return await withServer(name, async (runs) => {
    const id = await runs.start({ runbook, environment, inputs, mode });
    if (!detach) return await showAttached(runs, id, { plain, isNew: true });
    process.stdout.write(`${id}\n${runs.pageOf(id)}\n`);
    return EXIT.ok;
  });
}

/** Reads of a team run by themselves, and its runbooks are those of the server. */
function refuse({ step, dir }: CommandLine<typeof spec>['options']): void {
  if (step) throw usageError('--step is not possible with --on', 'leave it out');
  if (dir.length > 0)
    throw usageError('--dir is not possible with --on', 'the server has runbooks of its own');
}

/** A secret must not leave this machine, and what a reference names here means nothing there. */
function textsOf(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const texts = Object.entries(given).map(([name, written]) => {
    const reference = readReference(written);
    if (reference.kind === 'text') return [name, reference.text] as const;
    throw usageError(
      `the input "${name}" is a reference, and a run on a server takes texts`,
      'secrets come from the environment on the worker; a text that begins like this: text:…',
    );
  });
  return Object.fromEntries(texts);
}
