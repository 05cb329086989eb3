import type { Body, Step } from './runbook.ts';

/** Returns every body that a step can execute itself, the branches of a parallel one included. */
export function bodiesOf({ does }: Pick<Step, 'does'>): readonly Body[] {
  if (does.kind === 'parallel') return does.steps.flatMap(bodiesOf);
  if (does.kind === 'wait') return does.until === undefined ? [] : [does.until.body];
  if (!('body' in does)) return [];
  const { body, preview, verify, undo } = does;
  const reverting = undo?.kind === 'action' ? undo.body : undefined;
  return [body, preview?.body, verify?.body, reverting].filter((each) => each !== undefined);
}
