import { defaultTimeoutMs } from '#runbook/kinds/action-kinds.ts';
import type { ActionStep, Runbook } from '#runbook/model/runbook.ts';
import { type JudgedLine, literal } from '#safety/effects/judge-line.ts';
import { notReadText } from '#safety/effects/not-read.ts';

/** A classified ad-hoc command, with the content of its gate. */
type AdhocCommand = {
  readonly id: string;
  readonly title: string;
  readonly judged: JudgedLine;
  /** The phrase to type for anything that is not certainly a mere change. */
  readonly phrase: string;
};

/**
 * Returns a command as a runbook of one step, so that it is compiled like any other: all but a
 * proven read have a gate that cannot be bypassed.
 */
export function adhocRunbook(command: AdhocCommand, around: Runbook): Runbook {
  const { id, title, judged } = command;
  const { source } = around;
  const step = {
    id,
    title,
    why: undefined,
    phase: 'diagnose',
    span: { start: 0, end: 0 },
    if: undefined,
    forEach: undefined,
    next: [],
    maxVisits: 1,
    does: actionOf(command),
  } as const;
  const { name, severity, summary } = around;
  return {
    source,
    name,
    title,
    severity,
    summary,
    impact: undefined,
    symptoms: [],
    prerequisites: [],
    inputs: [],
    targets: around.targets,
    steps: judged.refused === undefined ? [step] : [],
    prevention: [],
    related: [],
  };
}

function actionOf({ judged, phrase }: AdhocCommand): ActionStep {
  const { body, effect, certain, because } = judged;
  return {
    kind: body.kind,
    body,
    effect,
    declared: undefined,
    readBecause: undefined,
    preview: undefined,
    confirm: {
      level: effect === 'change' && certain ? 'key' : 'type',
      phrase: literal(phrase),
      warning: undefined,
      notRead: effect === 'read' ? undefined : notReadText(effect, certain, because),
    },
    expect: undefined,
    verify: undefined,
    undo: undefined,
    retry: undefined,
    timeoutMs: defaultTimeoutMs(body.kind),
  };
}
