import { widthOf, wrapTo } from '#text/width.ts';
import {
  conditionLines,
  type GraphEdge,
  type GraphGroup,
  type GraphNode,
  type RunbookGraph,
} from './drawing.ts';

/** The measures of a drawing, in pixels, for a fixed-width font. */
export const MEASURES = {
  margin: 20,
  nodeLeft: 36,
  nodeWidth: 296,
  titleLine: 19,
  factLine: 15,
  conditionLeft: 344,
  conditionLine: 15,
  laneGap: 14,
  /** Average advance of a character of a title, of a fact and of a condition. */
  titleChar: 8.4,
  smallChar: 7.3,
} as const;

const TITLE_COLUMNS = Math.floor((MEASURES.nodeWidth - 28) / MEASURES.titleChar);
const FACT_COLUMNS = Math.floor((MEASURES.nodeWidth - 28) / MEASURES.smallChar);
const CONDITION_COLUMNS = 42;
const ENTRY = 26;
const PADDING = 12;
const GAP = 30;
const GROUP_GAP = 34;

/** A transition that leaves a step at its right. */
export type PlacedBranch = {
  readonly edge: GraphEdge;
  readonly lines: readonly string[];
  readonly y: number;
  /** The x coordinate where its line starts; it ends at the lane. */
  readonly fromX: number;
};

/** A step with its position; steps are stacked vertically, so x and width are the same for all. */
export type PlacedNode = {
  readonly node: GraphNode;
  /** Its position in the runbook, from 1. */
  readonly number: number;
  readonly titleLines: readonly string[];
  readonly factLines: readonly string[];
  readonly y: number;
  readonly height: number;
  readonly branches: readonly PlacedBranch[];
  /** The transition to the step directly below, and the label of its arrow. */
  readonly down: { readonly edge: GraphEdge; readonly lines: readonly string[] } | undefined;
};

/** The background of the steps of one phase. */
export type PlacedGroup = {
  readonly group: GraphGroup;
  readonly y: number;
  readonly height: number;
};

/**
 * A placed drawing: the steps stacked vertically, with a lane to each target of jumps at the right.
 */
export type GraphLayout = {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly groups: readonly PlacedGroup[];
  /** By the ID of the step that a lane leads to. */
  readonly lanes: ReadonlyMap<string, Lane>;
};

/** Returns the position of every part of a graph. */
export function layOut(graph: RunbookGraph): GraphLayout {
  const nodes: PlacedNode[] = [];
  const opens = new Set(graph.groups.map(({ nodes: [first] }) => first));
  let y = MEASURES.margin + 30;
  for (const node of graph.nodes) {
    if (opens.has(node.id)) y += GROUP_GAP;
    const placed = placeNode(graph, node, y);
    nodes.push(placed);
    y += placed.height + gapBelow(placed);
  }
  const lanes = assignLanes(nodes.map((placed) => jumpsTo(placed, nodes)).filter(isJumpedTo));
  const columns = Math.max(0, ...[...lanes.values()].map(({ column }) => column + 1));
  return {
    width: laneX(columns) + MEASURES.margin,
    height: y + MEASURES.margin,
    nodes,
    groups: graph.groups.map((group) => placeGroup(group, nodes)),
    lanes,
  };
}

/** Returns the x coordinate of a lane's column. */
export function laneX(column: number): number {
  const conditions = CONDITION_COLUMNS * MEASURES.smallChar;
  return Math.round(MEASURES.conditionLeft + conditions + 20 + column * MEASURES.laneGap);
}

/** Returns the y coordinate at which lanes enter a step. */
export function entryY({ y }: Pick<PlacedNode, 'y'>): number {
  return y + 13;
}

function jumpsTo(placed: PlacedNode, nodes: readonly PlacedNode[]): Jumped {
  const { id } = placed.node;
  const branches = nodes.flatMap((other) => other.branches);
  const sources = branches.filter(({ edge }) => edge.to === id).map(({ y }) => y);
  return { id, entry: entryY(placed), sources };
}

function isJumpedTo({ sources }: Jumped): boolean {
  return sources.length > 0;
}

function placeNode(graph: RunbookGraph, node: GraphNode, y: number): PlacedNode {
  const numbers = new Map(graph.nodes.map(({ id }, index) => [id, index + 1]));
  const number = numbers.get(node.id) ?? 0;
  const edges = graph.edges.filter(({ from }) => from === node.id);
  const down = edges.find(({ to, isByHand }) => numbers.get(to) === number + 1 && !isByHand);
  const titleLines = wrapTo(node.title, TITLE_COLUMNS);
  const factLines = node.facts.flatMap((fact) => wrapTo(fact, FACT_COLUMNS));
  const branches: PlacedBranch[] = [];
  let at = y + ENTRY;
  for (const edge of edges.filter((other) => other !== down)) {
    const lines = edgeLines(edge, numbers.get(edge.to));
    const height = lines.length * MEASURES.conditionLine;
    branches.push({
      edge,
      lines,
      y: at + height / 2,
      fromX: MEASURES.conditionLeft + widest(lines) * MEASURES.smallChar + 8,
    });
    at += height + 8;
  }
  const text = titleLines.length * MEASURES.titleLine + factLines.length * MEASURES.factLine;
  return {
    node,
    number,
    titleLines,
    factLines,
    y,
    height: Math.max(22 + text + PADDING, at - y),
    branches,
    down: down === undefined ? undefined : { edge: down, lines: edgeLines(down, undefined) },
  };
}

/** A jump is labeled with the number of its target; the transition downward needs none. */
function edgeLines(edge: GraphEdge, target: number | undefined): readonly string[] {
  const facts = [
    ...(edge.taken > 1 ? [`(${edge.taken} times)`] : []),
    ...(target === undefined ? [] : [`→ ${target}`]),
  ];
  const lines = conditionLines(edge, CONDITION_COLUMNS - 7);
  const last = [...lines.slice(-1), ...facts].join(' ');
  return last === '' ? [] : [...lines.slice(0, -1), ...wrapTo(last, CONDITION_COLUMNS)];
}

function gapBelow({ down }: PlacedNode): number {
  return GAP + (down === undefined ? 0 : down.lines.length * MEASURES.conditionLine);
}

function placeGroup(group: GraphGroup, nodes: readonly PlacedNode[]): PlacedGroup {
  const inside = nodes.filter(({ node }) => group.nodes.includes(node.id));
  const y = (inside[0]?.y ?? 0) - 28;
  const last = inside.at(-1);
  return { group, y, height: (last?.y ?? 0) + (last?.height ?? 0) + 12 - y };
}

function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map(widthOf));
}

/** A vertical line shared by every jump to one step. */
type Lane = {
  /** 0 is nearest to the steps. */
  readonly column: number;
  /** The y coordinate where it enters the step. */
  readonly entry: number;
  readonly top: number;
  readonly bottom: number;
};

/** The target of jumps: where lanes enter it, and where its jumps start. */
type Jumped = {
  readonly id: string;
  readonly entry: number;
  readonly sources: readonly number[];
};

/** Assigns a lane to every target of jumps; short lanes are near the steps, and none overlap. */
function assignLanes(jumped: readonly Jumped[]): ReadonlyMap<string, Lane> {
  const spans = jumped.map(({ id, entry, sources }) => ({
    id,
    entry,
    top: Math.min(entry, ...sources),
    bottom: Math.max(entry, ...sources),
  }));
  const lanes = new Map<string, Lane>();
  for (const { id, ...span } of spans.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    let column = 0;
    while ([...lanes.values()].some((lane) => lane.column === column && touch(lane, span)))
      column += 1;
    lanes.set(id, { ...span, column });
  }
  return lanes;
}

type Extent = { readonly top: number; readonly bottom: number };

function lengthOf({ top, bottom }: Extent): number {
  return bottom - top;
}

function touch(a: Extent, b: Extent): boolean {
  return a.top <= b.bottom + 6 && b.top <= a.bottom + 6;
}
