import { PHASE_NAMES } from '#events/wording/phrases.ts';
import { harmlessLine } from '#text/harmless.ts';
import { LIGHT } from '#text/theme.ts';
import type { GraphEdge, GraphNode, RunbookGraph } from './drawing.ts';
import { conditionLines } from './drawing.ts';
import type { GraphNodeKind } from './node-kind.ts';

const SHAPES: Readonly<Record<GraphNodeKind, readonly [string, string]>> = {
  read: ['["', '"]'],
  change: ['{{"', '"}}'],
  destructive: ['{{"', '"}}'],
  question: ['[/"', '"/]'],
  pause: ['("', '")'],
  runbook: ['[["', '"]]'],
  parallel: ['[["', '"]]'],
  end: ['(["', '"])'],
};

/** Words that Mermaid reserves where the name of a step could stand. */
const RESERVED =
  /^(end|graph|flowchart|subgraph|class|classdef|click|style|linkstyle|default|direction|href|call)$/;

const LABEL_COLUMNS = 40;

/**
 * Returns a graph as Mermaid, which code hosts draw in Markdown; gates stand out, a run's path is
 * thick.
 */
export function mermaidGraph(graph: RunbookGraph): string {
  const inGroups = graph.groups.flatMap(({ phase, nodes }, index) => [
    `  subgraph Phase${index + 1}["${PHASE_NAMES[phase]}"]`,
    ...graph.nodes.filter(({ id }) => nodes.includes(id)).map((node) => `    ${nodeLine(node)}`),
    '  end',
  ]);
  const grouped = new Set(graph.groups.flatMap(({ nodes }) => nodes));
  const others = graph.nodes.filter(({ id }) => !grouped.has(id));
  return [
    'flowchart TD',
    ...inGroups,
    ...others.map((node) => `  ${nodeLine(node)}`),
    ...graph.edges.map((edge) => `  ${edgeLine(edge)}`),
    ...classLines(
      'change',
      `stroke:${LIGHT.warning.line},stroke-width:3px`,
      graph,
      ({ kind }) => kind === 'change',
    ),
    ...classLines(
      'destructive',
      `stroke:${LIGHT.danger.line},stroke-width:3px`,
      graph,
      isDestructive,
    ),
    ...classLines('visited', `fill:${LIGHT.visited},color:${LIGHT.ink}`, graph, wasVisited),
    ...pathLine(graph),
    '',
  ].join('\n');
}

function nodeLine(node: GraphNode): string {
  const [open, close] = SHAPES[node.kind];
  const times = (node.visits ?? 0) > 1 ? ` (${node.visits} times)` : '';
  const lines = [`${node.title}${times}`, ...node.facts].map(mermaidText);
  return `${nameOf(node.id)}${open}${lines.join('<br/>')}${close}`;
}

function edgeLine(edge: GraphEdge): string {
  const arrow = edge.isByHand ? '-.->' : edge.taken > 0 ? '==>' : '-->';
  const lines = conditionLines(edge, LABEL_COLUMNS).map(mermaidText);
  const times = edge.taken > 1 ? [`(${edge.taken} times)`] : [];
  const label = [...lines, ...times].join('<br/>');
  return `${nameOf(edge.from)} ${arrow}${label === '' ? '' : `|"${label}"|`} ${nameOf(edge.to)}`;
}

function isDestructive({ kind }: GraphNode): boolean {
  return kind === 'destructive';
}

function wasVisited({ visits }: GraphNode): boolean {
  return (visits ?? 0) > 0;
}

function classLines(
  name: string,
  style: string,
  { nodes }: RunbookGraph,
  isOne: (node: GraphNode) => boolean,
): readonly string[] {
  const names = nodes.filter(isOne).map(({ id }) => nameOf(id));
  if (names.length === 0) return [];
  return [`  classDef ${name} ${style}`, `  class ${names.join(',')} ${name}`];
}

function pathLine({ edges }: RunbookGraph): readonly string[] {
  const taken = edges.flatMap((edge, index) => (edge.taken > 0 ? [index] : []));
  return taken.length === 0
    ? []
    : [`  linkStyle ${taken.join(',')} stroke:${LIGHT.accent.line},stroke-width:4px`];
}

/** IDs contain no capital letters, so this cannot collide with another step's name. */
function nameOf(id: string): string {
  return RESERVED.test(id) ? `Step_${id}` : id;
}

/** Mermaid interprets quotes, backticks and `%%{…}%%`, and Markdown hosts interpret HTML. */
function mermaidText(text: string): string {
  return harmlessLine(text)
    .replace(/["<>&#`]|%(?=[%{])/g, (char) => `#${char.charCodeAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}
