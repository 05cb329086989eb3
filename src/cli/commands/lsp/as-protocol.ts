import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type Range,
  SymbolKind,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Completion } from '#lsp/complete/completion.ts';
import type { Outline } from '#lsp/symbols.ts';
import type { LocatedDiagnostic } from '#report/diagnostics/located.ts';
import type { Fix } from '#runbook/possible-fixes.ts';
import type { Span } from '#runbook/yaml/source.ts';

/** Returns a span of a document as a range. */
export function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** Returns a diagnostic for an editor; the hint is its second line. */
export function diagnosticOf(problem: LocatedDiagnostic): Diagnostic {
  const { severity, code, message, hint, line, column, endLine, endColumn } = problem;
  return {
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: 'runbook',
    message: hint === null ? message : `${message}\n${hint}`,
    data: { hint },
  };
}

/** Returns what a fix needs of a diagnostic that an editor sends back. */
export function problemOf(
  document: TextDocument,
  { range, code, data }: Diagnostic,
): { readonly code: string; readonly span: Span; readonly hint?: string } {
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const { hint } = (data ?? {}) as { hint?: unknown };
  return { code: String(code), span, ...(typeof hint === 'string' ? { hint } : {}) };
}

/** Returns a fix as the action of an editor. */
export function codeActionOf(
  document: TextDocument,
  problem: Diagnostic,
  { span, text }: Fix,
): CodeAction {
  return {
    title: `Write ${text}`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [problem],
    isPreferred: true,
    edit: { changes: { [document.uri]: [{ range: rangeOf(document, span), newText: text }] } },
  };
}

const KINDS: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  step: CompletionItemKind.Reference,
  target: CompletionItemKind.Module,
  runbook: CompletionItemKind.File,
  input: CompletionItemKind.Variable,
  field: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
};

/** Returns a completion for an editor; the order is that of the list, by rank. */
export function completionOf(
  document: TextDocument,
  completion: Completion,
  index: number,
): CompletionItem {
  const { label, kind, detail, documentation, insert, span, filter, rank = 1 } = completion;
  return {
    label,
    kind: KINDS[kind],
    ...(detail && { detail }),
    ...(documentation && { documentation: { kind: 'markdown', value: documentation } }),
    textEdit: { range: rangeOf(document, span), newText: insert },
    filterText: filter ?? label,
    sortText: `${rank + 1}${String(index).padStart(4, '0')}`,
  };
}

const SYMBOLS: Readonly<Record<Outline['kind'], SymbolKind>> = {
  group: SymbolKind.Namespace,
  step: SymbolKind.Function,
  input: SymbolKind.Variable,
  target: SymbolKind.Module,
};

/** Returns a part of an outline for an editor. */
export function symbolOf(document: TextDocument, outline: Outline): DocumentSymbol {
  const { name, detail, kind, span, selection, children } = outline;
  return {
    name,
    ...(detail && { detail }),
    kind: SYMBOLS[kind],
    range: rangeOf(document, span),
    selectionRange: rangeOf(document, selection),
    children: children.map((child) => symbolOf(document, child)),
  };
}
