import type { Step } from '#runbook/model/runbook.ts';

/** The kinds of step that a drawing distinguishes. */
export type GraphNodeKind =
  | 'read'
  | 'change'
  | 'destructive'
  | 'question'
  | 'pause'
  | 'runbook'
  | 'parallel'
  | 'end';

/** Returns the kind of a step in a drawing. */
export function nodeKind({ does }: Step): GraphNodeKind {
  switch (does.kind) {
    case 'runbook':
    case 'parallel':
      return does.kind;
    case 'ask':
    case 'manual':
      return 'question';
    case 'wait':
      return 'pause';
    case 'finish':
      return 'end';
    default:
      return does.effect;
  }
}

/** Returns the facts about a step in a drawing besides its title, one per line. */
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
