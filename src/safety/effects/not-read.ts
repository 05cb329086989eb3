import type { Effect } from '#runbook/model/runbook.ts';
import type { EffectReport } from './report.ts';

/** Returns whether an effect is a change as far as is known, and part of it is unknown. */
export function isUnproven({ effect, because }: EffectReport): boolean {
  return effect === 'change' && because.some(({ certain }) => !certain);
}

/** Returns the sentence that a gate shows for an action that is not a read. */
export function notReadText(
  effect: Exclude<Effect, 'read'>,
  isProven: boolean,
  because: readonly string[],
): string {
  const reasons = because.join('; ');
  if (!isProven) return `It cannot be proven to only read: ${reasons}`;
  return effect === 'destructive' ? `It destroys: ${reasons}` : `It changes: ${reasons}`;
}
