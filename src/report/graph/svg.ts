import { PHASE_NAMES } from '#events/wording/phrases.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { GraphEdge, RunbookGraph } from './drawing.ts';
import {
  entryY,
  type GraphLayout,
  laneX,
  layOut,
  MEASURES,
  type PlacedBranch,
  type PlacedGroup,
  type PlacedNode,
} from './layout.ts';
import type { GraphNodeKind } from './node-kind.ts';
import { SVG_STYLE } from './svg-style.ts';

/** Returns a graph as an SVG picture that reads from top to bottom, with light and dark mode. */
export function svgGraph(graph: RunbookGraph): string {
  const layout = layOut(graph);
  const { width, height } = layout;
  const title = svgText(graph.title);
  const ways = graph.edges.toSorted((a, b) => a.taken - b.taken);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<style>${SVG_STYLE}</style>`,
    arrowhead('arrow', 'head'),
    arrowhead('arrow-taken', 'head-taken'),
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...layout.groups.map((group) => band(group, width)),
    `<text class="heading" x="${MEASURES.margin}" y="${MEASURES.margin + 14}">${title}</text>`,
    ...ways.map((edge) => way(layout, edge)),
    ...layout.nodes.flatMap((placed) => labels(placed)),
    ...layout.nodes.map((placed) => svgNode(placed, graph.isOfRun)),
    '</svg>',
    '',
  ].join('\n');
}

function arrowhead(id: string, style: string): string {
  return `<defs><marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="${style}" d="M0 0 8 4 0 8z"/></marker></defs>`;
}

function band({ group, y, height }: PlacedGroup, width: number): string {
  const { margin } = MEASURES;
  return [
    `<rect class="band" x="${margin}" y="${y}" width="${width - 2 * margin}" height="${height}" rx="6"/>`,
    `<text class="phase" x="${margin + 16}" y="${y + 17}">${PHASE_NAMES[group.phase].toUpperCase()}</text>`,
  ].join('\n');
}

function way(layout: GraphLayout, edge: GraphEdge): string {
  const taken = edge.taken > 0;
  const style = `way${taken ? ' taken' : ''}${edge.isByHand ? ' by-hand' : ''}`;
  const arrow = taken ? 'arrow-taken' : 'arrow';
  return `<path class="${style}" marker-end="url(#${arrow})" d="${route(layout, edge)}"/>`;
}

function route(layout: GraphLayout, edge: GraphEdge): string {
  const from = layout.nodes.find(({ node }) => node.id === edge.from);
  const to = layout.nodes.find(({ node }) => node.id === edge.to);
  const lane = layout.lanes.get(edge.to);
  const branch = from?.branches.find((candidate) => candidate.edge === edge);
  if (from === undefined || to === undefined) return '';
  const center = MEASURES.nodeLeft + 72;
  if (branch === undefined || lane === undefined)
    return `M${center} ${from.y + from.height}V${to.y}`;
  const end = MEASURES.nodeLeft + MEASURES.nodeWidth;
  return `M${branch.fromX} ${branch.y}H${laneX(lane.column)}V${entryY(to)}H${end + 1}`;
}

function labels({ branches, down, y, height }: PlacedNode): readonly string[] {
  return [
    ...branches.flatMap(branchLabel),
    ...(down?.lines ?? []).map((line, index) =>
      label(
        line,
        down?.edge,
        MEASURES.nodeLeft + 84,
        y + height + 18 + index * MEASURES.conditionLine,
      ),
    ),
  ];
}

function branchLabel({ lines, y, edge }: PlacedBranch): readonly string[] {
  const top = y - (lines.length * MEASURES.conditionLine) / 2 + 11;
  return lines.map((line, index) =>
    label(line, edge, MEASURES.conditionLeft, top + index * MEASURES.conditionLine),
  );
}

function label(line: string, edge: GraphEdge | undefined, x: number, y: number): string {
  const style = edge !== undefined && edge.taken > 0 ? 'condition on-path' : 'condition';
  return `<text class="${style}" x="${x}" y="${y}">${svgText(line)}</text>`;
}

const TAGS: Readonly<Record<GraphNodeKind, string>> = {
  read: 'READ',
  change: 'GATE · CHANGE',
  destructive: 'GATE · DESTRUCTIVE',
  question: 'ASKS',
  pause: 'WAITS',
  runbook: 'RUNBOOK',
  parallel: 'AT THE SAME TIME',
  end: 'END',
};

/** Returns a step of a drawing: its box, its kind, its title and its facts. */
function svgNode(placed: PlacedNode, isOfRun: boolean): string {
  const { node, number, titleLines, factLines, y } = placed;
  const visits = node.visits ?? 0;
  const fate = !isOfRun ? [] : [visits > 0 ? 'visited' : 'passed-by'];
  const x = MEASURES.nodeLeft + 14;
  const top = y + 22;
  const facts = top + titleLines.length * MEASURES.titleLine;
  const times = visits > 1 ? ` · ${visits} TIMES` : '';
  const tag = `${number} · ${TAGS[node.kind]}${times}`;
  const style = [node.kind, node.outcome, ...fate].filter((name) => name !== undefined).join(' ');
  return [
    `<g class="node ${style}">`,
    ...boxes(placed),
    `<text class="tag" x="${x}" y="${y + 17}">${tag}</text>`,
    ...titleLines.map((line, index) =>
      text('title', line, x, top + 14 + index * MEASURES.titleLine),
    ),
    ...factLines.map((line, index) =>
      text('fact', line, x, facts + 11 + index * MEASURES.factLine),
    ),
    '</g>',
  ].join('\n');
}

function boxes({ node, y, height }: PlacedNode): readonly string[] {
  const { nodeLeft: x, nodeWidth: width } = MEASURES;
  const rounding = node.kind === 'end' ? Math.min(20, height / 2) : 4;
  const box = (by: number, style: string) =>
    `<rect class="${style}" x="${x + by}" y="${y + by}" width="${width - 2 * by}" height="${height - 2 * by}" rx="${rounding}"/>`;
  switch (node.kind) {
    case 'runbook':
      return [box(0, 'box'), box(4, 'inner')];
    case 'parallel':
      return [
        `<rect class="box" x="${x + 5}" y="${y + 5}" width="${width}" height="${height}" rx="4"/>`,
        box(0, 'box'),
      ];
    case 'destructive':
    case 'change':
      return [box(0, 'box'), `<rect class="bar" x="${x}" y="${y}" width="7" height="${height}"/>`];
    default:
      return [box(0, 'box')];
  }
}

function text(style: string, line: string, x: number, y: number): string {
  return `<text class="${style}" x="${x}" y="${y}">${svgText(line)}</text>`;
}

/** Returns a text escaped for an SVG document, on one line. */
function svgText(text: string): string {
  return harmlessLine(text).replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
