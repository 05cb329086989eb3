import type { Diagnostic } from '../diagnostic.ts';
import type { ActionStep, Runbook, Step } from '../model/runbook.ts';
import type { Source } from '../yaml/source.ts';
import { flowOf, idPlace } from './flow.ts';
import { fastLoops } from './loops.ts';

/**
 * Returns the warnings that depend on the effects of actions: destructive actions without a
 * preview, a verification or an undo, and loops that never wait. Call it again once effects have
 * been inferred.
 */
export function effectWarnings({ source, steps }: Runbook): readonly Diagnostic[] {
  return [...steps.flatMap((step) => unguarded(source, step)), ...fastLoops(source, flowOf(steps))];
}

function unguarded(source: Source, step: Step): readonly Diagnostic[] {
  const { does } = step;
  if (!('body' in does) || does.effect !== 'destructive') return [];
  return MISSING.filter(({ isMissing }) => isMissing(does)).map(({ code, what, hint }) => ({
    severity: 'warning',
    code,
    message: `"${step.id}" is destructive, and ${what}`,
    span: idPlace(source, step),
    hint,
  }));
}

type Missing = {
  readonly code: Diagnostic['code'];
  readonly isMissing: (does: ActionStep) => boolean;
  readonly what: string;
  readonly hint: string;
};

const MISSING: readonly Missing[] = [
  {
    code: 'no-preview',
    isMissing: ({ kind, preview }) => kind === 'sql' && preview === undefined,
    what: 'nothing shows the affected rows',
    hint: 'add preview: with the rows, and use ${{ preview.rows }} in the statement',
  },
  {
    code: 'no-verify',
    isMissing: ({ verify, expect }) => verify === undefined && expect === undefined,
    what: 'nothing shows whether it worked',
    hint: 'add verify: with a read, or expect: with a condition',
  },
  {
    code: 'no-undo',
    isMissing: ({ undo }) => undo === undefined,
    what: 'nothing says how it is taken back',
    hint: 'add undo: with a statement or a script, or undo: { none: why there is none }',
  },
];
