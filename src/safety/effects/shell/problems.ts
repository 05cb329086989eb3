import type { Span } from '#runbook/yaml/source.ts';
import { isSyntaxError } from './tree/guard.ts';
import type { ParseShell, ShellNode } from './tree/node.ts';

/** A syntax error in a script. */
type ShellProblem = { readonly message: string; readonly span: Span };

/**
 * Returns the syntax errors of a script, outermost ones only. The parser also rejects some valid
 * bash, so an error is a hint, not a proof.
 */
export function shellProblems(script: string, parse: ParseShell): readonly ShellProblem[] {
  return problemsIn(parse(script), script);
}

function problemsIn(node: ShellNode, script: string): readonly ShellProblem[] {
  if (!isSyntaxError(script, node)) return node.children.flatMap((one) => problemsIn(one, script));
  if (node.expected !== undefined)
    return [{ message: `there is no ${node.expected} here`, span: node.span }];
  const missing = node.children.flatMap((one) => problemsIn(one, script));
  if (missing.length > 0) return missing;
  const word = /^\S*/.exec(script.slice(node.span.start, node.span.end))?.[0] ?? '';
  const end = node.span.start + word.length;
  return [{ message: `bash syntax error at or near "${word}"`, span: { ...node.span, end } }];
}
