import type { ShellNode } from './tree.ts';

/** Reports whether what a substitution prints is a number whatever happens. */
export function printsNumber(node: ShellNode, scope: Scope): boolean {
  const statements = node.children.filter((child) => child.type.length > 2);
  const only = statements.length === 1 ? statements[0] : undefined;
  const last = only?.type === 'pipeline' ? only.children.at(-1) : only;
  if (last?.type !== 'command') return false;
  const text = scope.script.slice(last.span.start, last.span.end);
  return NUMBER_COMMANDS.test(text) && !scope.functions.has(text.split(' ')[0] ?? '');
}

/** The script, and its functions by name, which stand before commands of the same name. */
type Scope = { readonly script: string; readonly functions: ReadonlyMap<string, number> };

const NUMBER_COMMANDS =
  /^(?:wc -[lcmw]|date (?:-u )?\+%s|nproc|id -u|pgrep -c \w+|grep -[icEFPvwx]*c[iEFPvwx]* (?:'[^']*'|[\w.-]+))$/;
