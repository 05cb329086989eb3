import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Body } from '#runbook/model/runbook.ts';
import type { JudgedBody } from '../kinds/action-rules.ts';
import { rulesOf } from '../kinds/rules.ts';
import { againstClaim } from './against-claim.ts';
import type { Judged } from './judged.ts';
import { onePerPlace } from './one-per-place.ts';

/**
 * Returns the diagnostics of an action that runs without a gate: it is not a read, or not proven to
 * be one. `vouched` is given if the author may declare a reason.
 */
export function mustRead(
  { report, problems }: Judged,
  what: string,
  vouched?: { readonly readBecause: string | undefined; readonly body: Body },
): readonly Diagnostic[] {
  if (problems.length > 0) return problems;
  if (vouched?.readBecause !== undefined) {
    const claim = {
      readBecause: vouched.readBecause,
      place: rulesOf(vouched.body.kind).written(vouched.body)?.span,
    };
    if (report.effect === 'read' || !report.certain) return againstClaim('read', claim, report);
  }
  return onePerPlace(report.because).map(({ text, span, certain }) => ({
    severity: 'error',
    code: 'effect-not-read',
    message: certain
      ? `${what} has to be a read: ${text}`
      : `${what} has to be proven to only read: ${text}`,
    span,
    hint: certain
      ? 'leave it to a step with a gate'
      : vouched === undefined
        ? 'write it so that it can be proven, or make it a step of its own with read_because:'
        : 'write it so that it can be proven, or say with read_because: why it only reads',
  }));
}

/** Judges a body; `readBecause` is the author's reason for declaring it as a read. */
export type JudgeBody = (body: Body, readBecause: string | undefined) => JudgedBody;

/** Returns a part of a step that runs without a gate, judged; adds to `problems` if it is not a read. */
export function readPart<
  Part extends { readonly body: Body; readonly readBecause?: string | undefined },
>(part: Part, judge: JudgeBody, problems: Diagnostic[], what: string): Part {
  const own = judge(part.body, part.readBecause);
  problems.push(...mustRead(own, what, { body: part.body, readBecause: part.readBecause }));
  return { ...part, body: own.body };
}
