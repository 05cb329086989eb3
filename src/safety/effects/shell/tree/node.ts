import type { Span } from '#runbook/yaml/source.ts';

/** A node of a bash script's syntax tree, copied out of the parser's memory. */
export type ShellNode = {
  readonly type: string;
  /** The role in the parent, e.g. `argument` or `redirect`. */
  readonly field: string | undefined;
  readonly span: Span;
  readonly children: readonly ShellNode[];
  /** The expected kind of a `MISSING` node. */
  readonly expected?: string;
};

/** Parses a bash script. Errors are `ERROR` and `MISSING` nodes in the tree. */
export type ParseShell = (script: string) => ShellNode;

/** The part of web-tree-sitter's `TreeCursor` that {@link readTree} needs. */
type TreeCursor = {
  readonly nodeType: string;
  readonly nodeIsMissing: boolean;
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
};

/** The maximum depth of a tree: deeper nodes become an `ERROR`. */
const DEEPEST = 150;

/** Nodes that include their leading white space; the parser wrongly includes it in others too. */
const OWN_SPACE = /^(?:string_content|raw_string|ansi_c_string|heredoc_\w+|comment|regex|word)$/;

/** Copies the tree under a cursor to plain data. */
export function readTree(cursor: TreeCursor, script: string, depth = 0): ShellNode {
  const children: ShellNode[] = [];
  const { nodeType, startIndex, endIndex } = cursor;
  const lead = OWN_SPACE.test(nodeType) ? 0 : leadingSpace(script, startIndex, endIndex);
  const node: ShellNode = {
    type: cursor.nodeIsMissing ? 'MISSING' : depth > DEEPEST ? 'ERROR' : nodeType,
    field: cursor.currentFieldName ?? undefined,
    span: { start: startIndex + lead, end: endIndex },
    children,
    ...(cursor.nodeIsMissing ? { expected: nodeType } : {}),
  };
  if (depth > DEEPEST || !cursor.gotoFirstChild()) return node;
  do children.push(readTree(cursor, script, depth + 1));
  while (cursor.gotoNextSibling());
  cursor.gotoParent();
  return node;
}

function leadingSpace(script: string, start: number, end: number): number {
  const text = script.slice(start, end);
  return text.length - text.trimStart().length;
}

/** Yields a node and everything below it, in the order of the text. */
export function* everyNode(node: ShellNode): Generator<ShellNode> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}
