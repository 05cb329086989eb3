import type { GraphEdge, RunbookGraph } from './drawing.ts';
import type { PlacedBranch, PlacedGroup, PlacedNode } from './layout.ts';
import { entryY, type GraphLayout, laneX, layOut, MEASURES } from './layout.ts';
import { svgNode } from './svg-node.ts';
import { SVG_STYLE } from './svg-style.ts';
import { svgText } from './svg-text.ts';

const PHASES = { diagnose: 'DIAGNOSE', fix: 'FIX', verify: 'VERIFY' } as const;

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
    `<text class="phase" x="${margin + 16}" y="${y + 17}">${PHASES[group.phase]}</text>`,
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
