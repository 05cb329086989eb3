import type { GraphEdge, GraphNode, RunbookGraph } from './runbook-graph.ts';

const MERMAID: Readonly<Record<GraphNode['shape'], readonly [string, string]>> = {
  read: ['["', '"]'],
  gate: ['{{"', '"}}'],
  question: ['[/"', '"/]'],
  end: ['(["', '"])'],
};

/** Returns a graph as Mermaid, which code hosts draw in Markdown; gates stand out, a run's path is thick. */
export function mermaidGraph(graph: RunbookGraph): string {
  const nodes = graph.nodes.map((node) => {
    const [open, close] = MERMAID[node.shape];
    return `  ${node.id}${open}${mermaidText(titleOf(node))}${close}`;
  });
  const edges = graph.edges.map(({ from, to, label, isTaken }) => {
    const arrow = isTaken ? '==>' : '-->';
    return `  ${from} ${arrow}${label === undefined ? '' : `|"${mermaidText(label)}"|`} ${to}`;
  });
  const gates = graph.nodes.filter(({ shape }) => shape === 'gate').map(({ id }) => id);
  const style =
    gates.length === 0
      ? []
      : ['  classDef gate stroke:#c33,stroke-width:3px', `  class ${gates.join(',')} gate`];
  return [
    'flowchart TD',
    ...nodes,
    ...endOf(graph, '  finished(["end"])'),
    ...edges,
    ...style,
    '',
  ].join('\n');
}

const DOT: Readonly<Record<GraphNode['shape'], string>> = {
  read: 'shape=box',
  gate: 'shape=octagon, color="#cc3333", penwidth=3',
  question: 'shape=parallelogram',
  end: 'shape=box, style=rounded',
};

/** Returns a graph in the language of Graphviz. */
export function dotGraph(graph: RunbookGraph): string {
  const nodes = graph.nodes.map(
    (node) => `  ${dotText(node.id)} [label=${dotText(titleOf(node))}, ${DOT[node.shape]}];`,
  );
  const edges = graph.edges.map((edge) => `  ${dotEdge(edge)};`);
  const end = endOf(graph, '  "finished" [label="end", shape=doublecircle];');
  return [
    `digraph ${dotText(graph.title)} {`,
    '  rankdir=TB;',
    ...nodes,
    ...end,
    ...edges,
    '}',
    '',
  ].join('\n');
}

function dotEdge({ from, to, label, isTaken }: GraphEdge): string {
  const facts = [
    ...(label === undefined ? [] : [`label=${dotText(label)}`]),
    ...(isTaken ? ['penwidth=3'] : []),
  ];
  return `${dotText(from)} -> ${dotText(to)}${facts.length === 0 ? '' : ` [${facts.join(', ')}]`}`;
}

function endOf({ edges }: RunbookGraph, line: string): readonly string[] {
  return edges.some(({ to }) => to === 'finished') ? [line] : [];
}

function titleOf({ title, visits }: GraphNode): string {
  return visits === undefined || visits < 2 ? title : `${title} (${visits} times)`;
}

/** Mermaid reads quotes, and Markdown hosts HTML, as their own. */
function mermaidText(text: string): string {
  return text.replace(/["<>&#]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll(/\s+/g, ' ');
}

function dotText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
