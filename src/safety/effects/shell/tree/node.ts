import type { Span } from '#runbook/yaml/source.ts';

/** A node of the syntax tree of a bash script, free of the parser's own memory. */
export type ShellNode = {
  readonly type: string;
  /** The role in the parent, e.g. `argument` or `redirect`. */
  readonly field: string | undefined;
  readonly span: Span;
  readonly children: readonly ShellNode[];
  /** What a `MISSING` node should have been. */
  readonly expected?: string;
};

/** Parses a bash script; what cannot be parsed is left in the tree as `ERROR` and `MISSING` nodes. */
export type ParseShell = (script: string) => ShellNode;

/** The part of web-tree-sitter's `TreeCursor` that {@link readTree} needs. */
export type TreeCursor = {
  readonly nodeType: string;
  readonly nodeIsMissing: boolean;
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
};

/** Deeper trees are not read: everything below becomes an `ERROR`. */
const DEEPEST = 150;

/** Nodes whose leading white space belongs to them; the parser gives it to others by mistake. */
const OWN_SPACE = /^(?:string_content|raw_string|ansi_c_string|heredoc_\w+|comment|regex|word)$/;

/** Returns the tree under a cursor as plain data. */
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
