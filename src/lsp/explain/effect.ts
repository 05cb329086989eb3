import type { ActionStep, Runbook, Step } from '#runbook/model/runbook.ts';

/** Returns what the step at an offset can do, and what its gate asks for; nothing if it runs no action. */
export function effectText(runbook: Runbook, offset: number): string | undefined {
  const step = innermost(runbook.steps, offset);
  return step !== undefined && 'effect' in step.does ? textOf(step.does, step.id) : undefined;
}

function innermost(steps: readonly Step[], offset: number): Step | undefined {
  const step = steps.find(({ span }) => span.start <= offset && offset <= span.end);
  const inside = step?.does.kind === 'parallel' ? innermost(step.does.steps, offset) : undefined;
  return inside ?? step;
}

function textOf({ effect, confirm, readBecause }: ActionStep, id: string): string {
  if (effect === 'read' && readBecause !== undefined)
    return `**Read-only** on your word, which is shown and recorded: it runs without a gate.`;
  if (effect === 'read') return '**Read-only**, as is proven: it runs without a gate.';
  const word = effect === 'destructive' ? 'Destructive' : 'A change';
  const asks =
    confirm.level === 'key' ? 'asks for a key' : `asks to type \`${confirm.phrase?.text ?? id}\``;
  const why = confirm.notRead === undefined ? '' : `\n\n${confirm.notRead}`;
  return `**${word}**: it stops at its gate, which ${asks}.${why}`;
}
