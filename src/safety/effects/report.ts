import type { Effect } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';

/** Why an action is not, or may not be, a read. */
export type Reason = {
  /** Present tense, lower case, no full stop, e.g. `pg_terminate_backend() ends a session`. */
  readonly text: string;
  /** In the text that was inferred, in UTF-16 offsets. */
  readonly span: Span;
  readonly effect: Exclude<Effect, 'read'>;
  /** Whether this is known; otherwise it is only not known to be harmless. */
  readonly certain: boolean;
};

/** What an action does at most, as far as its text tells. */
export type EffectReport = {
  /** `read` only when proven; `change` when it cannot be told. */
  readonly effect: Effect;
  /** In the order of the text; empty for a read. */
  readonly because: readonly Reason[];
  /** Whether the effect is known: false where a `change` is only what is left of not knowing. */
  readonly certain: boolean;
};

/** Returns the reason for an effect that is known. */
export function known(effect: Reason['effect'], text: string, span: Span): Reason {
  return { text, span, effect, certain: true };
}

/** Returns the reason for not taking something for a read. */
export function unsure(text: string, span: Span): Reason {
  return { text, span, effect: 'change', certain: false };
}

/** Returns what is left when everything that speaks against a read has been collected. */
export function reportOf(reasons: readonly Reason[]): EffectReport {
  const because = reasons.toSorted((a, b) => a.span.start - b.span.start);
  const destructive = because.some(({ effect }) => effect === 'destructive');
  const effect = destructive ? 'destructive' : because.length > 0 ? 'change' : 'read';
  const certain = effect === 'read' || because.some((one) => one.certain && one.effect === effect);
  return { effect, because, certain };
}
