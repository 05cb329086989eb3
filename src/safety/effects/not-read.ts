import type { Effect } from '#runbook/model/runbook.ts';
import type { EffectReport } from './report.ts';

/** Returns whether something is, as far as is known, at most a change, and more of it is unknown. */
export function isUnproven({ effect, because }: EffectReport): boolean {
  return effect === 'change' && because.some(({ certain }) => !certain);
}

/** Returns why an action is not taken for a read, as the sentence that its gate shows. */
export function notReadText(
  effect: Exclude<Effect, 'read'>,
  isProven: boolean,
  because: readonly string[],
): string {
  const reasons = because.join('; ');
  if (!isProven) return `It cannot be proven to only read: ${reasons}`;
  return effect === 'destructive' ? `It destroys: ${reasons}` : `It changes: ${reasons}`;
}
