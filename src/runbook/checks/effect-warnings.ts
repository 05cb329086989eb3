import type { Diagnostic } from '../diagnostic.ts';
import type { ActionStep, Runbook, Step } from '../model/runbook.ts';
import type { Source } from '../yaml/source.ts';
import { canFallThrough, flowOf, idPlace, isAboutAnswer } from './flow.ts';
import { fastLoops } from './loops.ts';

/**
 * Returns the warnings that depend on the effects of actions: destructive actions without a
 * preview, a verification or an undo, and loops that never wait. Call it again once effects have
 * been inferred.
 */
export function effectWarnings({ source, steps }: Runbook): readonly Diagnostic[] {
  return [
    ...steps.flatMap((step) => unguarded(source, step)),
    ...steps.flatMap((step, index) => fallsInto(step, steps[index + 1])),
    ...fastLoops(source, flowOf(steps)),
  ];
}

/** Returns a warning if a run continues with something destructive because no clause applies. */
function fallsInto(step: Step, following: Step | undefined): readonly Diagnostic[] {
  const [first] = step.next.filter(isAboutAnswer);
  if (first === undefined || following === undefined || !canFallThrough(step)) return [];
  if (!('body' in following.does) || following.does.effect !== 'destructive') return [];
  // That is said already where a clause leads there.
  if (step.next.some(({ goto }) => goto === following.id)) return [];
  return [
    {
      severity: 'warning',
      code: 'next-not-total',
      message: `if no clause applies, the run continues with "${following.id}", which is destructive`,
      span: first.span,
      hint: `add a last clause without if:, e.g. - goto: ${following.id} if that is meant`,
    },
  ];
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
