import { type Diagnostic, type DiagnosticCode, errorAt } from '../diagnostic.ts';
import { compileExpression, type Expression, type Wanted } from '../expression/cel.ts';
import type { Names } from '../expression/known-names.ts';
import type { NameUse } from '../expression/names-read.ts';
import { parseTemplate, type Template } from '../expression/template.ts';
import { keySpan, nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';

/** A path below a node: keys and indexes. */
export type Path = readonly (string | number)[];

/** A name that an expression reads, and the path of that expression in the mapping. */
export type PlacedUse = { readonly path: Path; readonly use: NameUse };

/** Reads the parts of one located mapping into conditions and templates. */
export type PartReader = {
  readonly span: (path: Path) => Span;
  readonly keySpan: (path: Path) => Span;
  readonly has: (path: Path) => boolean;
  readonly isHandler: (path: Path) => boolean;
  readonly report: (code: DiagnosticCode, span: Span, message: string, hint?: string) => void;
  readonly warn: (code: DiagnosticCode, span: Span, message: string, hint: string) => void;
  readonly condition: (path: Path, names: Names) => Expression | undefined;
  /** An expression that yields a list. */
  readonly list: (path: Path, names: Names) => Expression | undefined;
  /** An expression that yields a number. */
  readonly number: (path: Path, names: Names) => Expression | undefined;
  readonly template: (path: Path, names: Names) => Template | undefined;
  /** Every name read so far. */
  readonly uses: readonly PlacedUse[];
};

/** Creates a reader of the parts below `node`; every problem is added to `problems`. */
export function createPartReader(node: LocatedNode, problems: Diagnostic[]): PartReader {
  const uses: PlacedUse[] = [];
  const scalarAt = (path: Path) => {
    const found = nodeAt(node, path);
    return found?.kind === 'scalar' ? found : undefined;
  };
  const note = (path: Path, expression: Expression | undefined) => {
    for (const use of expression?.names ?? []) uses.push({ path, use });
  };
  const expression = (path: Path, names: Names, wanted: Wanted) => {
    const scalar = scalarAt(path);
    if (scalar === undefined) return undefined;
    const compiled = compileExpression(scalar.text, scalar.offsets, problems, { wanted, names });
    note(path, compiled);
    return compiled;
  };
  return {
    uses,
    span: (path) => nodeAt(node, path)?.span ?? node.span,
    keySpan: (path) => keySpan(node, path),
    has: (path) => nodeAt(node, path) !== undefined,
    isHandler: (path) => {
      const found = nodeAt(node, path);
      return found?.kind === 'mapping' && found.isHandler === true;
    },
    report: (code, span, message, hint) => problems.push(errorAt(code, span, message, hint)),
    warn: (code, span, message, hint) =>
      problems.push({ severity: 'warning', code, message, span, hint }),
    condition: (path, names) => expression(path, names, 'condition'),
    list: (path, names) => expression(path, names, 'list'),
    number: (path, names) => expression(path, names, 'number'),
    template: (path, names) => {
      const scalar = scalarAt(path);
      if (scalar === undefined) return undefined;
      const { text, span, offsets } = scalar;
      const template = parseTemplate(text, span, offsets, problems, names);
      for (const placeholder of template.placeholders) note(path, placeholder.expression);
      return template;
    },
  };
}
