import type { Span } from '#runbook/yaml/source.ts';
import { isSyntaxError } from './tree/guard.ts';
import type { ParseShell, ShellNode } from './tree/node.ts';

/** A place where a script is not bash. */
export type ShellProblem = { readonly message: string; readonly span: Span };

/**
 * Returns what is wrong with the syntax of a script, outermost problems only. The parser also
 * refuses a few things that bash reads, so this is a reason to look and no proof.
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
