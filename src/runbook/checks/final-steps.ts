import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { Step } from '../model/runbook.ts';

/** Returns an error for each step of `finally` that ends the run, and each jump into or out of it. */
export function finalSteps(steps: readonly Step[]): readonly Diagnostic[] {
  const final = new Set(steps.flatMap(({ id, isFinal }) => (isFinal ? [id] : [])));
  return steps.flatMap(({ id, isFinal = false, does, next, span }) => [
    ...(isFinal && does.kind === 'finish' ? [endsAgain(id, span)] : []),
    ...next.flatMap(({ goto, span: at }) =>
      goto === undefined || final.has(goto) === isFinal ? [] : [crosses(goto, isFinal, at)],
    ),
  ]);
}

function endsAgain(id: string, span: Step['span']): Diagnostic {
  const hint = 'the outcome is that of the steps before; make it a step that does something';
  return errorAt('step-kind', span, `"${id}" is in finally:, when the run has ended already`, hint);
}

function crosses(goto: string, isFinal: boolean, span: Step['span']): Diagnostic {
  return isFinal
    ? errorAt('unknown-step', span, `finally: has no step "${goto}"`, 'name one of its own steps')
    : errorAt(
        'unknown-step',
        span,
        `"${goto}" is a step of finally:, which runs by itself at the end`,
        'name a finish step, after which it runs',
      );
}
