import type { Body, Step } from './runbook.ts';

/** Returns the bodies of a step by the part that executes them. */
export function bodiesByPart({ does }: Pick<Step, 'does'>): Readonly<Record<string, Body>> {
  if (does.kind === 'wait') return does.until === undefined ? {} : { verify: does.until.body };
  if (!('body' in does)) return {};
  const { body, preview, verify, undo } = does;
  return {
    action: body,
    ...(preview === undefined ? {} : { preview: preview.body, recheck: preview.body }),
    ...(verify === undefined ? {} : { verify: verify.body }),
    ...(undo?.kind === 'action' ? { undo: undo.body } : {}),
  };
}

/** Returns every body that a step can execute itself, the branches of a parallel one included. */
export function bodiesOf(step: Pick<Step, 'does'>): readonly Body[] {
  if (step.does.kind === 'parallel') return step.does.steps.flatMap(bodiesOf);
  return [...new Set(Object.values(bodiesByPart(step)))];
}
