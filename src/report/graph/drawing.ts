import { canFallThrough } from '#runbook/checks/flow.ts';
import type { Outcome, Phase, Runbook, Step } from '#runbook/model/runbook.ts';
import { wrapTo } from '#text/width.ts';
import { type GraphNodeKind, nodeFacts, nodeKind } from './node-kind.ts';

/** A step, or the end of a run, in a drawing. */
export type GraphNode = {
  readonly id: string;
  readonly title: string;
  readonly kind: GraphNodeKind;
  /** The outcome of the run here; only on steps that end it. */
  readonly outcome: Outcome | undefined;
  /** Further facts about the step, one per line: its condition, its repetition, its branches. */
  readonly facts: readonly string[];
  /** The number of visits by the run; `undefined` without a run. */
  readonly visits: number | undefined;
};

/** A transition from one step to another. */
export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  /** The conditions of the transition, with `otherwise` among them if others precede it. */
  readonly conditions: readonly string[];
  /** The number of times the run took it; 0 without a run. */
  readonly taken: number;
  /** True for a transition that is not in the runbook: the operator jumped. */
  readonly isByHand: boolean;
};

/** Consecutive steps of one phase. */
export type GraphGroup = { readonly phase: Phase; readonly nodes: readonly string[] };

/** A runbook as steps and transitions. */
export type RunbookGraph = {
  readonly title: string;
  readonly groups: readonly GraphGroup[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** True if it shows the path of a run. */
  readonly isOfRun: boolean;
};

/** The end of a run without a `finish` step. */
export const FINISHED = 'finished';

/**
 * Returns the graph of a runbook. With the path of a run, the IDs of its steps and {@link FINISHED}
 * where it passed the last one, it counts the visits and transitions.
 */
export function runbookGraph(runbook: Runbook, entered?: readonly string[]): RunbookGraph {
  // A run also enters the steps inside a step; the drawing has only the outer ones.
  const known = new Set([...runbook.steps.map(({ id }) => id), FINISHED]);
  const path = entered?.filter((id) => known.has(id));
  const edges = withPath(waysOf(runbook), path ?? []);
  const nodes = runbook.steps.map(
    (step): GraphNode => ({
      id: step.id,
      title: step.title,
      kind: nodeKind(step),
      outcome: step.does.kind === 'finish' ? step.does.outcome : undefined,
      facts: nodeFacts(step),
      visits: path?.filter((id) => id === step.id).length,
    }),
  );
  const end: GraphNode = {
    id: FINISHED,
    title: 'end',
    kind: 'end',
    outcome: undefined,
    facts: [],
    visits: path?.filter((id) => id === FINISHED).length,
  };
  return {
    title: runbook.title,
    groups: groupsOf(runbook.steps),
    nodes: edges.some(({ to }) => to === FINISHED) ? [...nodes, end] : nodes,
    edges,
    isOfRun: path !== undefined,
  };
}

type Way = Pick<GraphEdge, 'from' | 'to' | 'conditions'>;

function waysOf({ steps }: Runbook): readonly Way[] {
  const final = steps.find(({ isFinal }) => isFinal)?.id;
  const ways = steps.flatMap((step, index) =>
    waysFrom(step, steps[index + 1]?.id ?? FINISHED, final),
  );
  const merged = new Map<string, Way>();
  for (const way of ways) {
    const key = keyOf(way.from, way.to);
    const conditions = [...(merged.get(key)?.conditions ?? []), ...way.conditions];
    merged.set(key, { ...way, conditions });
  }
  return [...merged.values()];
}

function waysFrom(step: Step, following: string, final: string | undefined): readonly Way[] {
  const { id, does, next } = step;
  if (does.kind === 'finish')
    return [
      ...(step.if === undefined ? [] : [{ from: id, to: following, conditions: ['otherwise'] }]),
      ...(final === undefined ? [] : [{ from: id, to: final, conditions: [] }]),
    ];
  const clauses = canFallThrough(step) ? [...next, { goto: undefined, if: undefined }] : next;
  return clauses.map((clause) => ({
    from: id,
    to: clause.goto ?? following,
    conditions:
      clause.if === undefined ? (clauses.length > 1 ? ['otherwise'] : []) : [clause.if.text],
  }));
}

function withPath(ways: readonly Way[], path: readonly string[]): readonly GraphEdge[] {
  const passed = new Map<string, number>();
  for (const [index, from] of path.entries()) {
    const to = path[index + 1];
    if (to !== undefined) passed.set(keyOf(from, to), (passed.get(keyOf(from, to)) ?? 0) + 1);
  }
  const known = new Set(ways.map(({ from, to }) => keyOf(from, to)));
  const byHand = [...passed].flatMap(([key, taken]): GraphEdge[] => {
    const [from = '', to = ''] = key.split(' ');
    return known.has(key) ? [] : [{ from, to, conditions: [], taken, isByHand: true }];
  });
  const written = ways.map((way) => ({
    ...way,
    taken: passed.get(keyOf(way.from, way.to)) ?? 0,
    isByHand: false,
  }));
  return [...written, ...byHand];
}

function keyOf(from: string, to: string): string {
  return `${from} ${to}`;
}

function groupsOf(steps: readonly Step[]): readonly GraphGroup[] {
  const groups: { phase: Phase; nodes: string[] }[] = [];
  for (const { id, phase } of steps) {
    const last = groups.at(-1);
    if (last?.phase === phase) last.nodes.push(id);
    else groups.push({ phase, nodes: [id] });
  }
  return groups;
}

/** Returns the label of a transition: each of its conditions, wrapped at a width. */
export function conditionLines(
  { conditions, isByHand }: Pick<GraphEdge, 'conditions' | 'isByHand'>,
  width: number,
): readonly string[] {
  if (isByHand) return ['by hand'];
  return conditions.flatMap((condition, index) =>
    wrapTo(index === 0 ? condition : `or ${condition}`, width),
  );
}
