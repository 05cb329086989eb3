import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { nodeAt } from './document.ts';
import { parseDuration } from './duration.ts';
import { compileExpression, type Expression } from './expression.ts';
import type { LocatedNode } from './located-yaml.ts';
import { checkNames, type Shape } from './names.ts';
import type { Span } from './source.ts';
import { parseTemplate, type Template } from './template.ts';

/** The names an expression may use where it stands. */
export type Names = { readonly [name: string]: Shape };

/** A path below a node: keys and indexes. */
export type Path = readonly (string | number)[];

/** Reads the parts of one located mapping into conditions, templates and durations. */
export type PartReader = {
  readonly span: (path: Path) => Span;
  readonly report: (code: DiagnosticCode, span: Span, message: string, hint?: string) => void;
  readonly condition: (path: Path, names: Names) => Expression | undefined;
  readonly template: (path: Path, names: Names) => Template | undefined;
  readonly duration: (path: Path, fallback: string) => number;
};

/** Creates a reader of the parts below `node`; everything wrong is added to `problems`. */
export function createPartReader(node: LocatedNode, problems: Diagnostic[]): PartReader {
  const scalarAt = (path: Path) => {
    const found = nodeAt(node, path);
    return found?.kind === 'scalar' ? found : undefined;
  };
  return {
    span: (path) => nodeAt(node, path)?.span ?? node.span,
    report: (code, span, message, hint) =>
      problems.push({
        severity: 'error',
        code,
        message,
        span,
        ...(hint === undefined ? {} : { hint }),
      }),
    condition: (path, names) => {
      const scalar = scalarAt(path);
      if (scalar === undefined) return undefined;
      const compiled = compileExpression(scalar.text, scalar.offsets, problems, 'condition');
      if (compiled !== undefined) checkNames(compiled, names, problems);
      return compiled;
    },
    template: (path, names) => {
      const scalar = scalarAt(path);
      if (scalar === undefined) return undefined;
      const template = parseTemplate(scalar.text, scalar.span, scalar.offsets, problems);
      for (const { expression } of template.placeholders) checkNames(expression, names, problems);
      return template;
    },
    duration: (path, fallback) =>
      parseDuration(scalarAt(path)?.text ?? fallback) ?? parseDuration(fallback) ?? 0,
  };
}
