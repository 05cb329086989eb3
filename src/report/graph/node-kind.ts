import type { Step } from '#runbook/model/runbook.ts';

/** What a step is, as far as a drawing tells it apart. */
export type GraphNodeKind =
  | 'read'
  | 'change'
  | 'destructive'
  | 'question'
  | 'pause'
  | 'runbook'
  | 'parallel'
  | 'end';

/** Returns what a step is, as far as a drawing tells it apart. */
export function nodeKind({ does }: Step): GraphNodeKind {
  switch (does.kind) {
    case 'sql':
    case 'shell':
    case 'probe':
      return does.effect;
    case 'ask':
    case 'manual':
      return 'question';
    case 'wait':
      return 'pause';
    case 'finish':
      return 'end';
    default:
      return does.kind;
  }
}

/** Returns what a drawing says of a step besides its title, a line each. */
export function nodeFacts(step: Step): readonly string[] {
  const { does, forEach } = step;
  return [
    ...(does.kind === 'finish' ? [`ends ${does.outcome}`] : []),
    ...(step.if === undefined ? [] : [`only if ${step.if.text}`]),
    ...(forEach === undefined ? [] : [`for each ${forEach.as} of ${forEach.items.text}`]),
    ...(does.kind === 'runbook' ? [`runbook ${does.runbook.name}`] : []),
    ...(does.kind === 'parallel' ? does.steps.map(({ title }) => `∥ ${title}`) : []),
  ];
}
