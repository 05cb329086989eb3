import { type Reason, unsure } from '../effect-report.ts';
import { judgeArithmetic } from './arithmetic.ts';
import { judgeAssignment, judgeDeclaration, judgeNames } from './assignments.ts';
import type { Judging, Stdin } from './judging.ts';
import { judgeRedirects, type Redirected } from './redirects.ts';
import { judgeTestCommand } from './test-command.ts';
import type { ShellNode } from './tree.ts';
import { mayBePassedOn } from './variables.ts';
import { readWord, type Word, type WordScope } from './words.ts';

/** Judges a node of a script and everything below it. */
export function judgeNode(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  switch (node.type) {
    case 'command':
    case 'redirected_statement':
    case 'function_definition':
      return judgeCommand(node, stdin, judging);
    case 'pipeline':
      return judgePipeline(node, stdin, judging);
    case 'compound_statement':
      if (node.children[0]?.type === '((') return judgeArithmetic(node, judging);
      break;
    case 'arithmetic_expansion':
      return judgeArithmetic(node, judging);
    case 'c_style_for_statement':
      return judgeCountingLoop(node, stdin, judging);
    case 'for_statement':
    case 'variable_assignment':
      return [...judgeAssignment(node, judging), ...judgeChildren(node, stdin, judging)];
    case 'declaration_command':
      return [...judgeDeclaration(node, judging), ...judgeValues(node, stdin, judging)];
    case 'unset_command':
      return judgeNames(node, judging);
    case 'test_command':
      return judgeTestCommand(node, judging);
    case 'expansion':
      return [...judgeExpansion(node, judging), ...judgeChildren(node, stdin, judging)];
    case 'subscript':
      return judgeIndex(node, judging);
    case 'file_redirect':
    case 'herestring_redirect':
    case 'heredoc_redirect':
      return judgeCommand(
        { ...node, type: 'redirected_statement', children: [node] },
        stdin,
        judging,
      );
    default:
  }
  return judgeChildren(node, stdin, judging);
}

/** Of several commands that share a text as input, none is known to get all of it. */
function judgeChildren(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  const isShared =
    typeof stdin === 'object' && !(node.type === 'program' && node.children.length === 1);
  return node.children.flatMap((child) => judgeNode(child, isShared ? 'output' : stdin, judging));
}

/** Judges what is expanded beside and inside the assignments of a command. */
function judgeValues(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  return node.children.flatMap((child) => {
    if (child.type.endsWith('_redirect')) return [];
    return child.type === 'variable_assignment'
      ? judgeChildren(child, stdin, judging)
      : judgeNode(child, stdin, judging);
  });
}

function judgePipeline(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  const startsWithPipe = node.children[0]?.type.startsWith('|') === true;
  return node.children.flatMap((child, index) => {
    if (index === 0 && !startsWithPipe) return judgeNode(child, stdin, judging);
    return judgeNode(
      child,
      isEnd(node.children[index - 2], judging) ? 'nothing' : 'output',
      judging,
    );
  });
}

/** `echo | openssl s_client` and `true | nc` are ways to end the input at once. */
function isEnd(before: ShellNode | undefined, { script, functions }: Judging): boolean {
  const text = before && script.slice(before.span.start, before.span.end);
  return text !== undefined && /^(?:echo|true|:)$/.test(text) && !functions.has(text);
}

const isRedirect = ({ type }: ShellNode): boolean => type.endsWith('_redirect');

/** Judges a command or compound statement with the redirections around it. */
function judgeCommand(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  const body = node.children.find((child) => !isRedirect(child));
  const command = node.type === 'command' ? node : body?.type === 'command' ? body : undefined;
  const redirects = [
    ...(command === undefined || command === node ? [] : command.children.filter(isRedirect)),
    ...node.children.filter(isRedirect),
  ];
  const own = command === undefined ? [] : wordsOf(command, judging);
  const isCompound = command === undefined && body !== undefined;
  const prints = isCompound || !isSilent(own, redirects);
  const redirected = judgeRedirects(redirects, stdin, judging, prints);
  const words = [...own, ...redirected.words];
  return [
    ...redirected.reasons,
    ...(isCompound
      ? judgeBody(node, redirected, judging)
      : [
          ...(command === undefined ? [] : judgePassedOn(command, judging)),
          ...(command === undefined ? [] : judgeValues(command, stdin, judging)),
          ...(words.length === 0 ? [] : judgeOwn(words, redirected.stdin, node, judging)),
        ]),
    ...redirected.after.flatMap((one) => judgeNode(one, 'output', judging)),
  ];
}

function judgeBody(
  node: ShellNode,
  { words, stdin }: Redirected,
  judging: Judging,
): readonly Reason[] {
  const misplaced =
    words.length > 0 ? [unsure('words after a redirection', judging.outer(node.span))] : [];
  const parts = node.children.filter((child) => !isRedirect(child));
  const shared = typeof stdin === 'object' ? 'output' : stdin;
  return [...misplaced, ...parts.flatMap((part) => judgeNode(part, shared, judging))];
}

/** A function of the script is judged where it is defined, not where it is called. */
function judgeOwn(
  words: readonly Word[],
  stdin: Stdin,
  node: ShellNode,
  judging: Judging,
): readonly Reason[] {
  const name = words[0]?.text;
  const defined = name === undefined ? undefined : judging.functions.get(name);
  if (defined !== undefined && defined <= node.span.start) return [];
  return judging.command(words, stdin);
}

/** Such a command prints nothing of substance: it only opens what it is redirected to. */
function isSilent(words: readonly Word[], redirects: readonly ShellNode[]): boolean {
  const targets = redirects.map((one) =>
    one.children.filter(({ field }) => field === 'destination'),
  );
  if (targets.some(({ length }) => length > 1)) return false;
  const name = words[0]?.text;
  return (
    words.length === 0 ||
    name === ':' ||
    name === 'true' ||
    (words.length === 1 && (name === 'echo' || name === 'exec'))
  );
}

/** Reads the words of a command; nodes without white space between them are one word. */
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

/** `NAME=value command` gives the variable to the command. */
function judgePassedOn(command: ShellNode, judging: Judging): readonly Reason[] {
  if (!command.children.some(({ type }) => type === 'command_name')) return [];
  return command.children.flatMap((child) => {
    if (child.type !== 'variable_assignment') return [];
    const [name, , value] = child.children;
    const text = name === undefined ? '' : judging.script.slice(name.span.start, name.span.end);
    const given = value === undefined ? '' : readWord([value], judging).text;
    return mayBePassedOn(text, given)
      ? []
      : [unsure(`${text} may change what the command does`, judging.outer(child.span))];
  });
}

function judgeCountingLoop(node: ShellNode, stdin: Stdin, judging: Judging): readonly Reason[] {
  return node.children.flatMap((child) =>
    child.type === 'do_group' || child.type === 'compound_statement'
      ? judgeNode(child, stdin, judging)
      : child.type === 'variable_assignment'
        ? [
            ...judgeAssignment(child, judging),
            ...child.children.flatMap((one) => judgeArithmetic(one, judging)),
          ]
        : judgeArithmetic(child, judging),
  );
}

function judgeExpansion(node: ShellNode, judging: Judging): readonly Reason[] {
  const text = judging.script.slice(node.span.start, node.span.end);
  const span = judging.outer(node.span);
  if (/^\$\{!/.test(text) && !/^\$\{!\w+(?:\[[@*]\]|[@*])\}$/.test(text))
    return [unsure('the value of a variable is evaluated as code', span)];
  if (/@(?![AEKLQUauk])[A-Za-z]\}$/.test(text))
    return [unsure('the value of a variable is evaluated as code', span)];
  const offset = node.children.findIndex(({ type }) => type === ':');
  if (offset >= 0)
    return node.children.slice(offset).flatMap((child) => judgeArithmetic(child, judging));
  return /^\$\{\w+:?=/.test(text) ? judgeAssignment(node, judging) : [];
}

function judgeIndex(node: ShellNode, judging: Judging): readonly Reason[] {
  return node.children.flatMap((child) => {
    const text = judging.script.slice(child.span.start, child.span.end);
    return child.field !== 'index' || text === '@' || text === '*'
      ? []
      : judgeArithmetic(child, judging);
  });
}
