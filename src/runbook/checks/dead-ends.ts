import type { Diagnostic } from '../diagnostic.ts';
import type { Step } from '../model/runbook.ts';
import type { Source } from '../yaml/source.ts';
import { canFallThrough, type Flow, idPlace, isAboutAnswer, reachableFrom } from './flow.ts';

/** Returns warnings about unreachable steps and about clauses that fall through unexpectedly. */
export function deadEnds(source: Source, flow: Flow): readonly Diagnostic[] {
  const reached = reachableFrom(flow, [0]);
  return flow.steps.flatMap((step, index) => {
    if (reached[index] !== 1) return [unreachable(source, step)];
    if (step.isFinal) return [];
    const open = openNext(flow, step, index);
    return [
      ...open,
      ...(flow.ways[index]?.includes(flow.steps.length) ? [noFinish(source, step)] : []),
    ];
  });
}

function unreachable(source: Source, step: Step): Diagnostic {
  return {
    severity: 'warning',
    code: 'unreachable-step',
    message: `no step leads to "${step.id}"`,
    span: idPlace(source, step),
    hint: `add goto: ${step.id} to the clause that should lead here, or remove the step`,
  };
}

function noFinish(source: Source, step: Step): Diagnostic {
  return {
    severity: 'warning',
    code: 'no-finish',
    message: `the run ends as unresolved after "${step.id}"`,
    span: idPlace(source, step),
    hint: 'add a finish step, or a next: that continues elsewhere',
  };
}

/**
 * Falling through to the next step is normal. It is only doubtful where that step is also the
 * target of a clause, or ends the run: the author then most likely meant the clauses to be
 * exhaustive.
 */
function openNext({ steps }: Flow, step: Step, index: number): readonly Diagnostic[] {
  const following = steps[index + 1];
  const answers = step.next.filter(isAboutAnswer);
  const [first] = answers;
  if (following === undefined || following.isFinal || first === undefined || !canFallThrough(step))
    return [];
  const isMeant = step.next.some(({ goto }) => goto === following.id);
  if (!isMeant && following.does.kind !== 'finish') return [];
  return [
    {
      severity: 'warning',
      code: 'next-not-total',
      message: `if no clause applies, the run continues with "${following.id}"`,
      span: first.span,
      hint: `add a last clause without if:, e.g. - goto: ${following.id}`,
    },
  ];
}
