import type { Runbook, Step } from '../runbook/runbook.ts';

/** A step, or the end of a run, in a drawing. */
export type GraphNode = {
  readonly id: string;
  readonly title: string;
  readonly shape: 'read' | 'gate' | 'question' | 'end';
  /** How often the run came here; without a run, `undefined`. */
  readonly visits: number | undefined;
};

/** A way from one step to another. */
export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  /** The condition, or nothing for the default and for the order of the file. */
  readonly label: string | undefined;
  /** True when the run went this way. */
  readonly isTaken: boolean;
};

/** A runbook as steps and ways between them. */
export type RunbookGraph = {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
};

/** Returns the graph of a runbook; with the path of a run, what it passed is marked. */
export function runbookGraph(runbook: Runbook, path?: readonly string[]): RunbookGraph {
  const ways = new Set(path?.map((step, index) => `${step} ${path[index + 1] ?? 'finished'}`));
  const edges = runbook.steps
    .flatMap((step, index) => edgesOf(step, runbook.steps[index + 1]?.id ?? 'finished'))
    .map((edge) => ({ ...edge, isTaken: ways.has(`${edge.from} ${edge.to}`) }));
  const nodes = runbook.steps.map(
    (step): GraphNode => ({
      id: step.id,
      title: step.title,
      shape: shapeOf(step),
      visits: path?.filter((id) => id === step.id).length,
    }),
  );
  return { title: runbook.title, nodes, edges };
}

function edgesOf(step: Step, following: string): readonly Omit<GraphEdge, 'isTaken'>[] {
  if (step.does.kind === 'finish' && step.if === undefined) return [];
  const clauses = step.next.map((clause) => ({
    from: step.id,
    to: clause.goto ?? following,
    label: clause.if?.text,
  }));
  const hasDefault = step.next.at(-1)?.if === undefined && step.next.length > 0;
  const inOrder = { from: step.id, to: following, label: undefined };
  return hasDefault ? clauses : [...clauses, inOrder];
}

function shapeOf({ does }: Step): GraphNode['shape'] {
  switch (does.kind) {
    case 'sql':
    case 'shell':
    case 'probe':
      return does.effect === 'read' ? 'read' : 'gate';
    case 'ask':
    case 'manual':
      return 'question';
    case 'wait':
    case 'runbook':
    case 'parallel':
      return 'read';
    case 'finish':
      return 'end';
  }
}
