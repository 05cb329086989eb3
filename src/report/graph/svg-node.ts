import { MEASURES, type PlacedNode } from './layout.ts';
import type { GraphNodeKind } from './node-kind.ts';
import { svgText } from './svg-text.ts';

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
export function svgNode(placed: PlacedNode, isOfRun: boolean): string {
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
