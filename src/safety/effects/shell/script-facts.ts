import { printsNumber } from './number-output.ts';
import { everyNode, type ShellNode } from './tree.ts';
import type { WordScope } from './words.ts';

/** Returns the variables of a script, but for those it is given, that only ever hold whole numbers. */
export function numericIn(
  tree: ShellNode,
  scope: WordScope,
  given: ReadonlySet<string>,
): ReadonlySet<string> {
  const numeric = new Set<string>();
  const other = new Set(given);
  for (const node of everyNode(tree)) {
    if (node.type === 'variable_assignment' || node.type === 'for_statement') {
      const isNumeric = valuesOf(node).every((value) => isNumber(value, scope));
      (isNumeric ? numeric : other).add(nameOf(node, scope.script) ?? '');
    } else for (const name of alsoSet(node, scope.script)) other.add(name);
  }
  return new Set([...numeric].filter((name) => !other.has(name)));
}

/**
 * Returns where functions are defined, by name. A function counts where nothing keeps it from being
 * defined: not inside `if`, `( )`, before `&`.
 */
export function functionsIn(tree: ShellNode, script: string): ReadonlyMap<string, number> {
  const functions = new Map<string, number>();
  for (const [index, node] of tree.children.entries()) {
    const name = node.type === 'function_definition' ? nameOf(node, script) : undefined;
    const isApart = tree.children[index + 1]?.type === '&';
    if (name !== undefined && !isApart && !functions.has(name)) functions.set(name, node.span.end);
  }
  return functions;
}

/** Returns the names of variables that a node may set to anything. */
function alsoSet(node: ShellNode, script: string): readonly string[] {
  const text = script.slice(node.span.start, node.span.end);
  if (node.type === 'word') return [text];
  if (node.type === 'expansion') return /^\$\{(\w+):?=/.exec(text)?.slice(1) ?? [];
  if (node.type !== 'declaration_command') return [];
  const names = node.children.filter(({ type }) => type === 'variable_name');
  return names.map(({ span }) => script.slice(span.start, span.end));
}

function nameOf(node: ShellNode, script: string): string | undefined {
  const name = node.children.find(({ field }) => field === 'name' || field === 'variable');
  return name && script.slice(name.span.start, name.span.end);
}

function valuesOf(node: ShellNode): readonly ShellNode[] {
  const values = node.children.filter(({ field }) => field === 'value');
  return values.length === 0 ? [node] : values;
}

function isNumber(value: ShellNode, scope: WordScope): boolean {
  const text = scope.script.slice(value.span.start, value.span.end);
  if (value.type === 'number' || value.type === 'brace_expression') return /^[{}.\d]+$/.test(text);
  if (value.type === 'arithmetic_expansion') return true;
  if (value.type === 'command_substitution')
    return /^\$\(seq [\d ]+\)$/.test(text) || printsNumber(value, scope);
  return /^\$(?:\{#\w+\}|[?#$])$/.test(text);
}
