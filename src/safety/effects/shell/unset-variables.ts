import type { Span } from '#runbook/yaml/source.ts';
import { words } from '#text/words.ts';
import { everyNode, type ParseShell, type ShellNode } from './tree/node.ts';
import { isPassedOn } from './variables.ts';

/** Variables that bash sets itself. */
const OF_BASH = new RegExp(
  `^(?:BASH\\w*|EPOCH\\w+|${words(`
  PWD OLDPWD UID EUID PPID RANDOM SRANDOM SECONDS LINENO HOSTNAME HOSTTYPE OSTYPE MACHTYPE IFS PS4
  OPTIND OPTARG OPTERR PIPESTATUS FUNCNAME GROUPS DIRSTACK SHLVL SHELLOPTS _
  `).join('|')})$`,
);

/** Commands whose words are names of variables that they set. */
const SETTING = /^(?:read|mapfile|readarray|getopts|printf|let|wait|coproc|unset)$/;

/** Nodes with the names of variables that they may set. */
const SETTERS: ReadonlySet<string> = new Set(
  words(`variable_assignment for_statement select_statement declaration_command unset_command
  binary_expression unary_expression postfix_expression`),
);

/** Commands after which any variable may be set, or need not be. */
const UNKNOWABLE = /^(?:eval|source|\.)$/;

/** Expansions that say themselves what holds for a variable that is not set. */
const OPTIONAL = /^\$\{!|^\$\{#?\w+(?:\[[^\]]*\])?:?[-=+?]/;

/** A variable that a script reads, and where. */
type Reading = { readonly name: string; readonly span: Span };

/**
 * Returns the variables that a script reads although nothing in it, in `given` or in what scripts
 * inherit sets them, at their first place. A script in which that cannot be told has none.
 */
export function unsetVariables(
  script: string,
  parse: ParseShell,
  given: readonly string[],
): readonly Reading[] {
  if (!script.includes('$')) return [];
  const nodes = [...everyNode(parse(script))];
  if (nodes.some((node) => isUnknowable(node, script))) return [];
  const set = new Set([...given, ...nodes.flatMap((node) => namesSetBy(node, script))]);
  const readings = nodes.flatMap((node) => readingOf(node, script));
  const first = new Map(readings.toReversed().map((one) => [one.name, one]));
  return [...first.values()]
    .filter(({ name }) => !set.has(name) && !OF_BASH.test(name) && !isPassedOn(name))
    .toSorted((a, b) => a.span.start - b.span.start);
}

function isUnknowable(node: ShellNode, script: string): boolean {
  if (node.type !== 'command') return node.type === 'ERROR' || node.type === 'MISSING';
  const name = nameOf(node, script);
  return UNKNOWABLE.test(name) || (name === 'set' && textOf(node, script).includes(' +'));
}

function nameOf(command: ShellNode, script: string): string {
  const name = command.children.find(({ type }) => type === 'command_name');
  return name === undefined ? '' : textOf(name, script);
}

/** Returns the names that a node may set; those of an optional expansion need not be set. */
function namesSetBy(node: ShellNode, script: string): readonly string[] {
  const text = textOf(node, script);
  if (node.type === 'command' && SETTING.test(nameOf(node, script)))
    return [...everyNode(node)].map((word) => textOf(word, script).replace(/[[=].*$/s, ''));
  if (node.type === 'expansion' && OPTIONAL.test(text))
    return readingOf(node, script).map(({ name }) => name);
  if (!SETTERS.has(node.type)) return [];
  return node.children.map((child) => textOf(child, script).replace(/\[.*$/s, ''));
}

function readingOf(node: ShellNode, script: string): readonly Reading[] {
  if (node.type !== 'simple_expansion' && node.type !== 'expansion') return [];
  const variable = [...everyNode(node)].find(({ type }) => type === 'variable_name');
  const name = variable === undefined ? '' : textOf(variable, script);
  return /^[A-Za-z_]\w*$/.test(name) ? [{ name, span: node.span }] : [];
}

function textOf({ span }: ShellNode, script: string): string {
  return script.slice(span.start, span.end);
}
