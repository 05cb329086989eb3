import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Effect } from '#runbook/model/runbook.ts';
import { EFFECTS } from '#runbook/model/terms.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { MOST_SHOWN, onePerPlace } from './one-per-place.ts';
import type { EffectReport } from './report.ts';

/** The author's reason for declaring a read, and the span of the action's text. */
type Vouched = {
  readonly readBecause: string | undefined;
  readonly place: Span | undefined;
};

/** Returns the diagnostics of an effect that an author declared for an action. */
export function againstClaim(
  claimed: Effect | undefined,
  { readBecause, place }: Vouched,
  report: EffectReport,
): readonly Diagnostic[] {
  if (claimed === undefined) return [];
  const isLower = EFFECTS.indexOf(claimed) < EFFECTS.indexOf(report.effect);
  if (isLower && report.certain) return tooLow(claimed, report);
  if (isLower) return readBecause === undefined ? notProven(report) : [];
  const isUnneeded = readBecause !== undefined && report.effect === 'read' && place !== undefined;
  return isUnneeded ? [unneeded(place)] : [];
}

const NAMED: Readonly<Record<Effect, string>> = {
  read: 'a read',
  change: 'a change',
  destructive: 'destructive',
};

function tooLow(claimed: Effect, { effect, because }: EffectReport): readonly Diagnostic[] {
  return because
    .filter((one) => one.certain && one.effect === effect)
    .slice(0, MOST_SHOWN)
    .map(({ text, span }) => ({
      severity: 'error',
      code: 'effect-too-low',
      message: `this is ${NAMED[effect]}, not a ${claimed}: ${text}`,
      span,
      hint: `write effect: ${effect}`,
    }));
}

function notProven({ because }: EffectReport): readonly Diagnostic[] {
  return onePerPlace(because).map(({ text, span }) => ({
    severity: 'error',
    code: 'effect-not-proven',
    message: `this is not proven to only read: ${text}`,
    span,
    hint: 'write effect: change, or say with read_because: why it only reads',
  }));
}

function unneeded(place: Span): Diagnostic {
  return {
    severity: 'warning',
    code: 'effect-reason-unneeded',
    message: 'this is proven to only read',
    span: place,
    hint: 'leave read_because: out',
  };
}
