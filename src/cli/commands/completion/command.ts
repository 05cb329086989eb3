import { EXIT } from '#errors.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { completion as spec } from '../../specs/setup.ts';
import { COMPLETION_SCRIPTS } from './scripts.ts';

/** `runbook completion`: prints the completion script of a shell. */
export function completion({ argument }: CommandLine<typeof spec>): number {
  process.stdout.write(COMPLETION_SCRIPTS[argument]);
  return EXIT.ok;
}
