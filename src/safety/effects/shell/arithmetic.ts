import { type Reason, unsure } from '../effect-report.ts';
import type { Judging } from './judging.ts';
import { printsNumber } from './number-output.ts';
import type { ShellNode } from './tree.ts';
import { mayBeSet } from './variables.ts';

/** Bash keeps these to numbers by itself. */
const NUMBERS = new Set(
  'RANDOM SECONDS LINENO EPOCHSECONDS BASHPID UID EUID PPID OPTIND BASH_LINENO'.split(' '),
);

const ALLOWED = new Set(
  `binary_expression unary_expression postfix_expression ternary_expression parenthesized_expression
  arithmetic_expansion compound_statement number variable_name word simple_expansion expansion
  special_variable_name command_substitution variable_assignment test_operator`.split(/\s+/),
);

/**
 * Judges a calculation. Bash evaluates the values of variables in it as code: a variable that holds
 * `a[$(reboot)]` reboots. So every variable must be known to hold a number.
 */
export function judgeArithmetic(node: ShellNode, judging: Judging): readonly Reason[] {
  const doubt = doubtAbout(node, judging);
  const doubts = doubt === undefined ? [] : [unsure(doubt, judging.outer(node.span))];
  if (node.type === 'command_substitution')
    return [...doubts, ...judging.statements(node, 'inherited')];
  if (doubt !== undefined) return doubts;
  return node.children.flatMap((child) => judgeArithmetic(child, judging));
}

function doubtAbout(node: ShellNode, judging: Judging): string | undefined {
  const text = judging.script.slice(node.span.start, node.span.end);
  if (node.type === text) return undefined;
  if (!ALLOWED.has(node.type)) return `${text} in a calculation is evaluated as code`;
  if (node.type === 'command_substitution')
    return printsNumber(node, judging) ? undefined : 'what a command prints is evaluated as code';
  if (node.type === 'special_variable_name')
    return /^[?#$]$/.test(text) ? undefined : `$${text} in a calculation is evaluated as code`;
  if (node.type !== 'variable_name' && node.type !== 'word') return undefined;
  if (judging.numeric.has(text) || NUMBERS.has(text) || /^\d+$/.test(text)) return undefined;
  return mayBeSet(text)
    ? `the value of ${text} in a calculation is evaluated as code; compare it with [ ] instead`
    : `${text} has a meaning of its own`;
}
