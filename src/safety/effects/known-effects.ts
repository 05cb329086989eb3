import { byWord } from '#text/words.ts';
import type { Reason } from './report.ts';

/** The known effect of a kind of statement, or of a function. */
export type KnownEffect = Pick<Reason, 'effect' | 'text'>;

/** Texts by the names that they apply to; a key may be several names. */
type Texts = Readonly<Record<string, string>>;

/** Returns the effects of two tables by name. */
export function knownEffects(
  tables: Readonly<Record<KnownEffect['effect'], Texts>>,
): ReadonlyMap<string, KnownEffect> {
  const of = (effect: KnownEffect['effect']) =>
    Array.from(byWord(tables[effect]), ([name, text]): [string, KnownEffect] => [
      name,
      { effect, text },
    ]);
  return new Map([...of('destructive'), ...of('change')]);
}
