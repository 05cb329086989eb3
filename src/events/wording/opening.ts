import { ACTION_KIND_NAMES, isActionKind } from '#runbook/kinds/action-kinds.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { PHASES, type Phase } from '#runbook/model/terms.ts';
import { counted } from '#text/count.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { RunView, StepState, StepView } from '../view/run-view.ts';

/** The facts about a run on its opening page, in the order of the page. */
export type OpeningFacts = {
  readonly targets: readonly string[];
  /** The inputs that measure or switch something, without secrets, e.g. `idle for 10m`. */
  readonly limits: readonly string[];
  /** The other inputs, without secrets, e.g. the application's error. */
  readonly given: readonly (readonly [name: string, text: string])[];
  /** The prerequisites; one that no step checks has the state `waiting`. */
  readonly needs: readonly { readonly text: string; readonly state: StepState }[];
  readonly phases: readonly { readonly phase: Phase; readonly text: string }[];
};

/** A number, a duration or a switch. */
const LIMIT = /^(?:\d[\d.]*[a-z]*|true|false)$/;

/** Returns the facts of the opening page. */
export function openingFacts(view: RunView): OpeningFacts {
  const given = view.inputs.flatMap(({ name, secret, value }) =>
    secret || value === null || value === ''
      ? []
      : [[name, harmlessLine(inputText(value))] as const],
  );
  return {
    targets: targetTexts(view.targets),
    limits: given.flatMap(([name, text]) =>
      isLimit(text) ? [`${name.replaceAll('_', ' ')} ${text}`] : [],
    ),
    given: given.filter(([, text]) => !isLimit(text)),
    needs: (view.prerequisites ?? []).map((text) => {
      const step = view.steps.find(({ id, title }) => isPrerequisite(id) && title === text);
      return { text, state: step?.state ?? 'waiting' };
    }),
    phases: PHASES.flatMap((phase) => {
      const text = phaseText(view, phase);
      return text === '' ? [] : [{ phase, text }];
    }),
  };
}

function isLimit(text: string): boolean {
  return LIMIT.test(text);
}

/** Returns the targets with their names if there are several; those at one address share a line. */
function targetTexts(targets: RunView['targets']): readonly string[] {
  const addresses = [...new Set(Object.values(targets))];
  if (addresses.length === 1) return addresses;
  return addresses.map((address) => {
    const names = Object.keys(targets).filter((name) => targets[name] === address);
    return `${names.join(', ')}: ${address}`;
  });
}

function isPrerequisite(id: string): boolean {
  return /^prerequisite-\d+$/.test(id);
}

function phaseText({ steps, mode }: RunView, phase: Phase): string {
  // The steps of other runbooks have a slash in their ID; those runbooks are counted instead.
  const own = steps.filter((step) => step.phase === phase && !step.id.includes('/'));
  const count = (is: (step: StepView) => boolean) => own.filter(is).length;
  const changes = count(({ kind, effect }) => isActionKind(kind) && effect !== 'read');
  const reads = count(({ kind, effect }) => READS.has(kind) && effect === 'read');
  const gate = mode === 'live' ? 'each stops at its gate' : 'shown in full, not run';
  return [
    [reads, counted(reads, 'read-only check')] as const,
    [changes, `${counted(changes, 'change')} (${gate})`] as const,
    [count(({ kind }) => kind === 'manual'), 'instructions for you'] as const,
    [count(({ kind }) => kind === 'ask'), 'questions for you'] as const,
    [count(({ kind }) => kind === 'runbook'), 'other runbooks'] as const,
  ]
    .flatMap(([found, text]) => (found === 0 ? [] : [text]))
    .join(', ');
}

const READS: ReadonlySet<StepView['kind']> = new Set([...ACTION_KIND_NAMES, 'wait']);
