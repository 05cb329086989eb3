import type { Effect } from '#runbook/model/runbook.ts';
import type { Span } from '#runbook/yaml/source.ts';

/** A reason why an action is not, or may not be, a read. */
export type Reason = {
  /**
   * In the present tense, in lower case, without a full stop, e.g.
   * `pg_terminate_backend() ends a session`.
   */
  readonly text: string;
  /** The span in the judged text, in UTF-16 offsets. */
  readonly span: Span;
  readonly effect: Exclude<Effect, 'read'>;
  /** False if it is only not known to be harmless. */
  readonly certain: boolean;
};

/** The maximum effect of an action, inferred from its text. */
export type EffectReport = {
  /** `read` only if proven; `change` if unknown. */
  readonly effect: Effect;
  /** In the order of the text; empty for a read. */
  readonly because: readonly Reason[];
  /** False if a `change` is only assumed, since the effect is unknown. */
  readonly certain: boolean;
};

/** Returns the reason for a known effect. */
export function known(effect: Reason['effect'], text: string, span: Span): Reason {
  return { text, span, effect, certain: true };
}

/** Returns the reason for an unknown effect, which counts as a change. */
export function unsure(text: string, span: Span): Reason {
  return { text, span, effect: 'change', certain: false };
}

/** Combines reasons into a report. Without any, the effect is a read. */
export function reportOf(reasons: readonly Reason[]): EffectReport {
  const because = reasons.toSorted((a, b) => a.span.start - b.span.start);
  const destructive = because.some(({ effect }) => effect === 'destructive');
  const effect = destructive ? 'destructive' : because.length > 0 ? 'change' : 'read';
  const certain = effect === 'read' || because.some((one) => one.certain && one.effect === effect);
  return { effect, because, certain };
}
