import { PHASE_NAMES } from '#events/wording/phrases.ts';
import { harmless } from '#text/harmless.ts';
import { LIGHT } from '#text/theme.ts';
import type { GraphEdge, GraphNode, RunbookGraph } from './drawing.ts';
import { conditionLines } from './drawing.ts';
import type { GraphNodeKind } from './node-kind.ts';

const SHAPES: Readonly<Record<GraphNodeKind, string>> = {
  read: 'shape=box',
  change: `shape=octagon, color="${LIGHT.warning.line}", penwidth=3`,
  destructive: `shape=doubleoctagon, color="${LIGHT.danger.line}", penwidth=3`,
  question: 'shape=parallelogram',
  pause: 'shape=box, style=dashed',
  runbook: 'shape=component',
  parallel: 'shape=box3d',
  end: 'shape=box, style=rounded',
};

const LABEL_COLUMNS = 40;

/** Returns a graph in the DOT language of Graphviz; gates stand out, a run's path is thick. */
export function dotGraph(graph: RunbookGraph): string {
  const groups = graph.groups.flatMap(({ phase, nodes }, index) => [
    `  subgraph "cluster_${index}" {`,
    `    label=${dotText(PHASE_NAMES[phase])}; style=filled; color="${LIGHT.band}";`,
    ...graph.nodes.filter(({ id }) => nodes.includes(id)).map((node) => `    ${nodeLine(node)}`),
    '  }',
  ]);
  const grouped = new Set(graph.groups.flatMap(({ nodes }) => nodes));
  const others = graph.nodes.filter(({ id }) => !grouped.has(id));
  return [
    `digraph ${dotText(graph.title)} {`,
    '  rankdir=TB;',
    ...groups,
    ...others.map((node) => `  ${nodeLine(node)}`),
    ...graph.edges.map((edge) => `  ${edgeLine(edge)}`),
    '}',
    '',
  ].join('\n');
}

function nodeLine({ id, title, facts, kind, visits = 0 }: GraphNode): string {
  const label = [visits > 1 ? `${title} (${visits} times)` : title, ...facts].join('\n');
  const visited = visits > 0 ? `, fillcolor="${LIGHT.visited}"` : '';
  const style = SHAPES[kind];
  const filled = style.includes('style=')
    ? style.replace(/style=(\w+)/, 'style="$1,filled"')
    : `${style}, style=filled`;
  return `${dotText(id)} [label=${dotText(label)}, ${filled}${visited || ', fillcolor=white'}];`;
}

function edgeLine(edge: GraphEdge): string {
  const { from, to, taken, isByHand } = edge;
  const times = taken > 1 ? [`(${taken} times)`] : [];
  const label = [...conditionLines(edge, LABEL_COLUMNS), ...times].join('\n');
  const facts = [
    ...(label === '' ? [] : [`label=${dotText(label)}`]),
    ...(taken > 0 ? [`color="${LIGHT.accent.line}"`, 'penwidth=3'] : []),
    ...(isByHand ? ['style=dashed'] : []),
  ];
  return `${dotText(from)} -> ${dotText(to)}${facts.length === 0 ? '' : ` [${facts.join(', ')}]`};`;
}

function dotText(text: string): string {
  const escaped = harmless(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped.replaceAll('\n', '\\n')}"`;
}
