import type { Diagnostic } from '#runbook/diagnostic.ts';
import { ACTION_KINDS } from '#runbook/kinds/action-kinds.ts';
import type { ActionStep, Confirm, Effect, Undo } from '#runbook/model/runbook.ts';
import { rulesOf } from '../kinds/rules.ts';
import { againstClaim } from './against-claim.ts';
import type { Judged } from './judged.ts';
import { type JudgeBody, mustRead, readPart } from './must-read.ts';
import { isUnproven, notReadText } from './not-read.ts';
import { onePerPlace } from './one-per-place.ts';
import type { EffectReport } from './report.ts';

/**
 * Returns an action with its effect, and adds diagnostics to `problems`. `read` describes an action
 * that runs without a gate because of its position, and so must be a read.
 */
export function applyToAction(
  action: ActionStep,
  judge: JudgeBody,
  problems: Diagnostic[],
  read: string | undefined,
): ActionStep {
  const own = judge(action.body, action.readBecause);
  const effect = effectOf(action, own, problems, read);
  const { preview, verify } = action;
  const shown = preview && readPart(preview, judge, problems, 'a preview');
  const verified = verify && readPart(verify, judge, problems, 'a verification');
  if (action.declared === undefined && own.problems.length === 0)
    problems.push(...misplaced(action, own.report, effect));
  const unsaid = isSaid(action) ? undefined : own;
  return {
    ...action,
    body: own.body,
    effect,
    preview: shown,
    verify: verified,
    confirm: confirmFor(effect, action.confirm, unsaid, { problems, isUndo: false }),
    undo: undoOf(action.undo, judge, problems),
  };
}

function effectOf(
  action: ActionStep,
  own: Judged,
  problems: Diagnostic[],
  read: string | undefined,
): Effect {
  const { declared, readBecause, kind, body } = action;
  const claimed = declared ?? (readBecause === undefined ? undefined : 'read');
  if (own.problems.length > 0) {
    problems.push(...own.problems);
    return claimed ?? action.effect;
  }
  if (read === undefined && ACTION_KINDS[kind].canChange) {
    const place = rulesOf(body.kind).written(body)?.span;
    problems.push(...againstClaim(claimed, { readBecause, place }, own.report));
    return claimed ?? own.report.effect;
  }
  const isVouched = readBecause !== undefined && !own.report.certain;
  if (!isVouched) problems.push(...mustRead(own, read ?? 'the statement of a probe'));
  return 'read';
}

/**
 * Returns diagnostics of parts that only a read, or only a change, can have. Not for a declared
 * effect.
 */
function misplaced(
  { preview, retry, body }: ActionStep,
  { because }: EffectReport,
  effect: Effect,
): readonly Diagnostic[] {
  const [reason] = because;
  const severity = 'error';
  const shown = preview && rulesOf(preview.body.kind).written(preview.body);
  if (effect === 'read' && shown !== undefined)
    return [
      {
        severity,
        code: 'preview-of-read',
        message: 'a read needs no preview',
        span: shown.span,
        hint: 'it runs without a gate',
      },
    ];
  if (effect === 'read' || retry === undefined || reason === undefined) return [];
  return [
    {
      severity,
      code: 'retry-of-change',
      message: `${ACTION_KINDS[body.kind].called} is not tried again by itself, since it is not a read: ${reason.text}`,
      span: reason.span,
      hint: reason.certain
        ? 'leave retry: out; the operator retries a change, through its gate'
        : 'leave retry: out, or say with read_because: why it only reads',
    },
  ];
}

/** Returns whether the author declared the effect. */
function isSaid({ declared, readBecause }: ActionStep): boolean {
  return declared !== undefined || readBecause !== undefined;
}

/**
 * Returns the confirmation of an action. Regardless of the author's setting, a typed phrase is
 * required for a destructive action, and for an undeclared one whose effect is unknown.
 */
function confirmFor(
  effect: Effect,
  confirm: Confirm,
  unsaid: Judged | undefined,
  { problems, isUndo }: { readonly problems: Diagnostic[]; readonly isUndo: boolean },
): Confirm {
  const level = effect === 'destructive' ? 'type' : confirm.level;
  if (effect !== 'change' || unsaid === undefined || unsaid.problems.length > 0)
    return { ...confirm, level };
  const { report } = unsaid;
  const [reason] = onePerPlace(report.because.filter(({ certain }) => !certain));
  if (!isUnproven(report) || reason === undefined) return { ...confirm, level };
  problems.push({
    severity: 'warning',
    code: 'effect-unproven',
    message: `this is not proven to only read, and its gate asks for a typed phrase: ${reason.text}`,
    span: reason.span,
    hint: `write effect: change and it asks for a key${isUndo ? '' : ', or read_because: why it only reads'}`,
  });
  const because = onePerPlace(report.because).map(({ text }) => text);
  return { ...confirm, level: 'type', notRead: notReadText(effect, false, because) };
}

function undoOf(
  undo: Undo | undefined,
  judge: JudgeBody,
  problems: Diagnostic[],
): Undo | undefined {
  if (undo?.kind !== 'action') return undo;
  const own = judge(undo.body, undefined);
  problems.push(...own.problems);
  const effect = own.report.effect === 'destructive' ? 'destructive' : undo.effect;
  const unsaid = undo.declared === undefined ? own : undefined;
  return {
    ...undo,
    body: own.body,
    effect,
    confirm: confirmFor(effect, undo.confirm, unsaid, { problems, isUndo: true }),
  };
}
