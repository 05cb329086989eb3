import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EXIT } from '#errors.ts';
import { runFile } from '../run/command.ts';
import type { OpenedRunbook } from './opened-runbook.ts';

/**
 * Runs a runbook where the fault of a drill has an effect: here, or in a modified environment, e.g.
 * with another name server, in a process that has this terminal. Returns the exit code of the run.
 */
export async function runWhereItIsFelt(
  { name, file, given }: OpenedRunbook,
  options: { readonly plain: boolean; readonly surroundings: readonly string[] | undefined },
): Promise<number> {
  const { plain, surroundings = [] } = options;
  if (surroundings.length === 0) return await runFile(file, { given, plain, auto: false });
  const variables = Object.entries(given).map(
    ([input, value]) => [`RUNBOOK_DRILL_${input.toUpperCase()}`, input, value] as const,
  );
  const [program = process.execPath, ...args] = [
    ...surroundings,
    ...[process.execPath, process.argv[1] ?? '', 'run', name],
    ...variables.flatMap(([variable, input]) => ['--input', `${input}=env:${variable}`]),
    ...(plain ? ['--plain'] : []),
  ];
  const env = Object.fromEntries(variables.map(([variable, , value]) => [variable, value]));
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A Ctrl-C at the terminal reaches both processes; the run handles it.
  const passOn = (signal: NodeJS.Signals) => void (signal === 'SIGINT' || child.kill(signal));
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : EXIT.aborted;
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
