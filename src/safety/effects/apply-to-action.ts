import type { Diagnostic } from '../../runbook/diagnostic.ts';
import type { ActionStep, Body, Confirm, Effect, Undo } from '../../runbook/runbook.ts';
import type { Template } from '../../runbook/template.ts';
import { againstClaim } from './against-claim.ts';
import type { EffectReport } from './effect-report.ts';
import type { Judged } from './judged.ts';
import { mustRead } from './must-read.ts';

type JudgeBody = (body: Body) => Judged;

/**
 * Returns an action with the effect it has, and adds what is wrong to `problems`. What runs without a
 * gate by where it stands, and so has to be a read, is named in `read`.
 */
export function applyToAction(
  action: ActionStep,
  judge: JudgeBody,
  problems: Diagnostic[],
  read: string | undefined,
): ActionStep {
  const own = judge(action.body);
  const effect = effectOf(action, own, problems, read);
  for (const [body, what] of [
    [action.preview?.body, 'a preview'],
    [action.verify?.body, 'a verification'],
  ] as const)
    if (body !== undefined) problems.push(...mustRead(judge(body), what));
  if (action.declared === undefined && own.problems.length === 0)
    problems.push(...misplaced(action, own.report, effect));
  return {
    ...action,
    effect,
    confirm: confirmFor(effect, action.confirm),
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
  if (read === undefined && kind !== 'probe') {
    const place = textOf(body)?.span;
    problems.push(...againstClaim(claimed, { readBecause, place }, own.report));
    return claimed ?? own.report.effect;
  }
  const isVouched = readBecause !== undefined && !own.report.certain;
  if (!isVouched) problems.push(...mustRead(own, read ?? 'the statement of a probe'));
  return 'read';
}

function textOf(body: Body): Template | undefined {
  if (body.kind === 'shell') return body.script;
  return body.kind === 'sql' ? Object.values(body.texts)[0] : undefined;
}

/** What only a read, or only a change, can have; with a declared effect the reader has said it. */
function misplaced(
  { preview, retry, body }: ActionStep,
  { because }: EffectReport,
  effect: Effect,
): readonly Diagnostic[] {
  const [reason] = because;
  const severity = 'error';
  const shown = preview && textOf(preview.body);
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
  const what = body.kind === 'shell' ? 'this script' : 'this statement';
  return [
    {
      severity,
      code: 'retry-of-change',
      message: `${what} is not tried again by itself, since it is not a read: ${reason.text}`,
      span: reason.span,
      hint: 'leave retry: out, or write effect: read with read_because:',
    },
  ];
}

/** Whatever the author asked for, what destroys something asks for a phrase. */
function confirmFor(effect: Effect, confirm: Confirm): Confirm {
  return effect === 'destructive' ? { ...confirm, level: 'type' } : confirm;
}

function undoOf(
  undo: Undo | undefined,
  judge: JudgeBody,
  problems: Diagnostic[],
): Undo | undefined {
  if (undo?.kind !== 'action') return undo;
  const { report, problems: wrong } = judge(undo.body);
  problems.push(...wrong);
  const isWorse = wrong.length === 0 && report.effect === 'destructive';
  const effect = isWorse ? 'destructive' : undo.effect;
  return { ...undo, effect, confirm: confirmFor(effect, undo.confirm) };
}
