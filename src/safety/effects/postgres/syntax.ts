/** A JSON object of the tree. */
export type Fields = Readonly<Record<string, unknown>>;

/** A node of the tree: its kind, e.g. `FuncCall`, and its fields. */
export type PostgresNode = { readonly type: string; readonly fields: Fields };

/** A statement, with its offset in bytes of UTF-8. */
export type PostgresStatement = {
  readonly node: PostgresNode;
  readonly at: number;
};

/** Returns the statements of a tree. */
export function statementsOf(tree: unknown): readonly PostgresStatement[] {
  return listIn(fieldsOf(tree), 'stmts').flatMap((entry) => {
    const fields = fieldsOf(entry);
    const [node] = nodesIn(fields.stmt);
    const at = typeof fields.stmt_location === 'number' ? fields.stmt_location : 0;
    return node === undefined ? [] : [{ node, at }];
  });
}

/** Fields with a node whose kind is implied by the field. */
const UNNAMED: ReadonlyMap<string, string> = new Map([
  ['larg', 'SelectStmt'],
  ['rarg', 'SelectStmt'],
  ['typeName', 'TypeName'],
]);

/** Returns the nodes directly in a value. A node is an object under its capitalized kind. */
export function nodesIn(value: unknown): readonly PostgresNode[] {
  const found: PostgresNode[] = [];
  collect(value, found);
  return found;
}

function collect(value: unknown, found: PostgresNode[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else
    for (const [key, inner] of Object.entries(fieldsOf(value))) {
      const type = isName(key) ? key : unnamed(key, inner);
      if (type === undefined) collect(inner, found);
      else found.push({ type, fields: fieldsOf(inner) });
    }
}

function unnamed(key: string, value: unknown): string | undefined {
  return Object.keys(fieldsOf(value)).some(isName) ? undefined : UNNAMED.get(key);
}

function isName(key: string): boolean {
  return key >= 'A' && key < '[';
}

/** Yields a node and all nodes below it. Trees can be deeper than the call stack. */
export function* everyNode(root: PostgresNode): Generator<PostgresNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    waiting.push(...nodesIn(node.fields).toReversed());
  }
}

/** Returns the parts of a qualified name, e.g. `['pg_catalog', 'now']`. */
export function namesIn(value: unknown): readonly string[] {
  return nodesIn(value).map(({ fields }) => (typeof fields.sval === 'string' ? fields.sval : ''));
}

/** Returns a list field of an object; empty if there is none. */
export function listIn(fields: Fields, key: string): readonly unknown[] {
  const list = fields[key];
  return Array.isArray(list) ? list : [];
}

/** Returns a value as an object; empty for any other type. */
export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

/** Converts an offset in bytes of UTF-8 to an offset in UTF-16 code units. */
export function offsetOfByte(text: string, bytes: number): number {
  let at = 0;
  for (let counted = 0; counted < bytes && at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    counted += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code < 0x10000 ? 1 : 2;
  }
  return at;
}
