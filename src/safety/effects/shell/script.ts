import { words } from '#text/words.ts';
import { type Reason, unsure } from '../report.ts';
import { judgeTestCommand } from './commands/test-command.ts';
import type { Judging, Stdin } from './judging.ts';
import { UNKNOWN_PART } from './paths.ts';
import { isRedirect, judgeRedirects } from './redirects.ts';
import type { ShellNode } from './tree/node.ts';
import { mayBeSet } from './variables.ts';
import { readWord, type Word, type WordScope } from './words.ts';

/**
 * The syntax of scripts that can be proven, besides commands and the nodes with their own rules.
 */
const CORE = new Set(
  words(`program list pipeline subshell compound_statement negated_command if_statement elif_clause
  else_clause while_statement do_group variable_assignments comment command_substitution concatenation
  string string_content raw_string word number variable_name special_variable_name test_operator
  brace_expression simple_expansion file_descriptor heredoc_start heredoc_body heredoc_content
  heredoc_end`),
);

/** Names of the parts of bash that are never proven. */
const OUTSIDE: Readonly<Record<string, string>> = {
  function_definition: 'a function',
  arithmetic_expansion: 'arithmetic',
  c_style_for_statement: 'arithmetic',
  case_statement: 'case',
  ansi_c_string: "a string in $''",
  array: 'an array',
  subscript: 'an array',
  unset_command: 'unset',
  '((': 'arithmetic',
  '&': 'a command in the background',
  '>(': 'a substitution that is written to',
};

/**
 * Judges a node of a script and everything below it. Only lists, pipelines and conditions of
 * commands can be proven. Everything else is unproven, and is still searched for known effects.
 */
export function judgeNode(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  switch (node.type) {
    case 'command':
    case 'redirected_statement':
      return judgeCommand(node, stdin, judging);
    case 'pipeline':
      return judgePipeline(node, stdin, judging);
    case 'variable_assignment':
      return [...judgeAssignment(node, judging), ...judgeChildren(node, stdin, judging)];
    case 'for_statement':
      return [...judgeLoop(node, judging), ...judgeChildren(node, stdin, judging)];
    case 'declaration_command':
      return [...judgeExport(node, judging), ...judgeValues(node, stdin, judging)];
    case 'test_command':
      return judgeTestCommand(node, judging);
    case 'expansion':
      return judgeExpansion(node, judging);
    case 'process_substitution':
      return judgeChildren(node, 'output', judging);
    default:
      return [...judgeType(node, judging), ...judgeChildren(node, stdin, judging)];
  }
}

function judgeType(node: ShellNode, judging: Judging): readonly Reason[] {
  const isToken = node.type === textOf(node, judging);
  if (CORE.has(node.type) || (isToken && OUTSIDE[node.type] === undefined)) return [];
  return outside(node, judging);
}

function outside(node: ShellNode, judging: Judging, what = OUTSIDE[node.type]): readonly Reason[] {
  const name = what ?? node.type.replaceAll('_', ' ');
  return [unsure(`${name} is not proven to only read`, judging.outer(node.span))];
}

function textOf({ span }: ShellNode, { script }: WordScope): string {
  return script.slice(span.start, span.end);
}

/**
 * Judges the children of a node. If several commands share an input text, none is known to read all
 * of it.
 */
function judgeChildren(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  const isShared =
    typeof stdin === 'object' && !(node.type === 'program' && node.children.length === 1);
  return node.children.flatMap((child) => judgeNode(child, isShared ? 'output' : stdin, judging));
}

/** Judges the expansions in the words and assignments of a command. */
function judgeValues(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  return node.children.flatMap((child) => {
    if (isRedirect(child)) return [];
    if (child.type === 'command_name') return judgeChildren(child, stdin, judging);
    return child.type === 'variable_assignment'
      ? judgeChildren(child, stdin, judging)
      : judgeNode(child, stdin, judging);
  });
}

function judgePipeline(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  return node.children.flatMap((child, index) => {
    if (index === 0) return judgeNode(child, stdin, judging);
    const before = node.children[index - 2];
    const isEnd = before !== undefined && /^(?:echo|true|:)$/.test(textOf(before, judging));
    return judgeNode(child, isEnd ? 'nothing' : 'output', judging);
  });
}

/** Judges a command or compound statement with its redirections. */
function judgeCommand(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  const body = node.type === 'command' ? node : node.children.find((child) => !isRedirect(child));
  const isSimple = body?.type === 'command';
  const redirects = [...(isSimple ? body.children : []), ...(body === node ? [] : node.children)];
  const redirected = judgeRedirects(redirects.filter(isRedirect), stdin, judging);
  const { reasons } = redirected;
  if (body === undefined) return reasons;
  if (!isSimple) return [...reasons, ...judgeNode(body, redirected.stdin, judging)];
  return [
    ...reasons,
    ...judgePassedOn(body, judging),
    ...judgeValues(body, stdin, judging),
    ...judging.command(wordsOf(body, judging), redirected.stdin),
  ];
}

/** Reads the words of a command. Adjacent nodes without white space form one word. */
export function wordsOf(command: ShellNode, scope: WordScope): readonly Word[] {
  const groups: ShellNode[][] = [];
  for (const child of command.children) {
    if (child.type === 'variable_assignment' || isRedirect(child)) continue;
    const node = child.type === 'command_name' ? (child.children[0] ?? child) : child;
    const last = groups.at(-1);
    if (last?.at(-1)?.span.end === node.span.start) last.push(node);
    else groups.push([node]);
  }
  return groups.map((nodes) => readWord(nodes, scope));
}

/** Judges the variables that `NAME=value command` sets for a command. */
function judgePassedOn(command: ShellNode, judging: Judging): readonly Reason[] {
  const isRead = wordsOf(command, judging)[0]?.text === 'read';
  return command.children.flatMap((child) => {
    if (child.type !== 'variable_assignment') return [];
    const isSplitting = isRead && textOf(child, judging) === 'IFS=';
    return isSplitting ? [] : judgeAssignment(child, judging);
  });
}

/** Judges a variable that is set, for the script or for programs. */
function judgeAssignment(assignment: ShellNode, judging: Judging): readonly Reason[] {
  const [name, operator, value] = assignment.children;
  const isPlain = name?.type === 'variable_name' && operator?.type === '=';
  const text = name === undefined ? '' : textOf(name, judging);
  const given = value === undefined ? '' : readWord([value], judging).outline;
  return isPlain && mayBeSet(text, given)
    ? []
    : [unsure(`${text} may change what commands do`, judging.outer(assignment.span))];
}

function judgeLoop(node: ShellNode, judging: Judging): readonly Reason[] {
  const [keyword, name, , ...items] = node.children;
  const isPlain = keyword?.type === 'for' && name?.type === 'variable_name';
  const values = items.filter(({ field }) => field === 'value');
  const outlines = [UNKNOWN_PART, ...values.map((value) => readWord([value], judging).outline)];
  return isPlain && outlines.every((outline) => mayBeSet(textOf(name, judging), outline))
    ? []
    : outside(node, judging, 'this loop');
}

/** Judges a declaration. Only `export NAME=value` can be proven. */
function judgeExport(node: ShellNode, judging: Judging): readonly Reason[] {
  const [keyword, ...parts] = node.children;
  const text = keyword === undefined ? '' : textOf(keyword, judging);
  if (text !== 'export') return outside(node, judging, text);
  return parts.flatMap((part) => {
    if (part.type === 'variable_assignment') return judgeAssignment(part, judging);
    const isName = part.type === 'variable_name' && mayBeSet(textOf(part, judging), UNKNOWN_PART);
    return isName ? [] : outside(part, judging, 'this export');
  });
}

/** A default, a length, a substring or a pattern of plain characters. */
const EXPANSION =
  /^\$\{(?:\w+|#\w+|\w+(?:(?::?[-+?]|##?|%%?)[\w ./:@*=,-]*|:\d+(?::\d+)?|\/\/?[\w./:@-]+\/[\w./:@-]*))\}$/;

function judgeExpansion(node: ShellNode, judging: Judging): readonly Reason[] {
  const text = textOf(node, judging);
  if (EXPANSION.test(text) && !/(?:dev|proc|sys)\/(?!null)/.test(text)) return [];
  return [...outside(node, judging, text), ...judgeChildren(node, 'output', judging)];
}
