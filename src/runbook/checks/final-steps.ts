import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { Step } from '../model/runbook.ts';
import type { Source, Span } from '../yaml/source.ts';
import { idPlace } from './flow.ts';

/** Returns an error for each step of `finally` that ends the run, and each jump into or out of it. */
export function finalSteps(source: Source, steps: readonly Step[]): readonly Diagnostic[] {
  const final = new Map(steps.map(({ id, isFinal = false }) => [id, isFinal]));
  return steps.flatMap((step) => {
    const { id, isFinal = false, does, next } = step;
    return [
      ...(isFinal && does.kind === 'finish' ? [endsAgain(id, idPlace(source, step))] : []),
      ...next.flatMap(({ goto, span: at }) =>
        goto !== undefined && final.get(goto) === !isFinal ? [crosses(goto, isFinal, at)] : [],
      ),
    ];
  });
}

function endsAgain(id: string, span: Span): Diagnostic {
  const hint = 'the outcome is that of the steps before; make it a step that does something';
  return errorAt('step-kind', span, `"${id}" is in finally:, when the run has ended already`, hint);
}

function crosses(goto: string, isFinal: boolean, span: Span): Diagnostic {
  return isFinal
    ? errorAt('unknown-step', span, `finally: has no step "${goto}"`, 'name one of its own steps')
    : errorAt(
        'unknown-step',
        span,
        `"${goto}" is a step of finally:, which runs by itself at the end`,
        'name a finish step, after which it runs',
      );
}
