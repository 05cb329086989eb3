import { type Reason, unsure } from '../effect-report.ts';
import type { Judging } from './judging.ts';
import type { ShellNode } from './tree.ts';
import { mayBePassedOn, mayBeSet } from './variables.ts';
import { readWord } from './words.ts';

/** Judges the variable that `NAME=…`, `for NAME in …` or `${NAME:=…}` sets. */
export function judgeAssignment(node: ShellNode, judging: Judging): readonly Reason[] {
  const name = nameOf(node, judging);
  return mayBeSet(name)
    ? []
    : [unsure(`${name} has a meaning of its own`, judging.outer(node.span))];
}

/** Judges `export`, `declare`, `local` and `readonly`. */
export function judgeDeclaration(node: ShellNode, judging: Judging): readonly Reason[] {
  const [keyword, ...parts] = node.children;
  const options = parts.filter(({ type }) => type === 'word').map((part) => textOf(part, judging));
  const isExport = keyword?.type === 'export' || options.some((option) => /^[-+]\w*x/.test(option));
  return parts.flatMap((part) => {
    const span = judging.outer(part.span);
    if (part.type === 'word') {
      const option = textOf(part, judging);
      return /^-[rxaAgpf]+$/.test(option)
        ? []
        : [unsure(`${textOf(node, judging).split(/\s/)[0]} ${option} is not understood`, span)];
    }
    if (part.type !== 'variable_assignment' && part.type !== 'variable_name')
      return [unsure('the name of a variable is only known when it runs', span)];
    return isExport ? judgeExported(part, judging) : judgeAssignment(part, judging);
  });
}

/** Judges `unset NAME …`. */
export function judgeNames(node: ShellNode, judging: Judging): readonly Reason[] {
  return node.children.slice(1).flatMap((part) => {
    const text = textOf(part, judging);
    return text === '-v' || (part.type === 'variable_name' && mayBeSet(text))
      ? []
      : [unsure(`unset ${text} may change what later commands mean`, judging.outer(part.span))];
  });
}

function judgeExported(part: ShellNode, judging: Judging): readonly Reason[] {
  const name = nameOf(part, judging);
  const value = part.children.find(({ field }) => field === 'value');
  const given = value === undefined ? undefined : readWord([value], judging).text;
  return mayBePassedOn(name, given)
    ? []
    : [unsure(`${name} may change what later commands do`, judging.outer(part.span))];
}

function nameOf(node: ShellNode, judging: Judging): string {
  const text = textOf(node, judging);
  const name = node.children.find(
    ({ field, type }) => field === 'name' || field === 'variable' || type === 'variable_name',
  );
  const own = name === undefined ? text : textOf(name, judging);
  return /^(\w+)\[/.exec(own)?.[1] ?? own;
}

function textOf(node: ShellNode, judging: Judging): string {
  return judging.script.slice(node.span.start, node.span.end);
}
