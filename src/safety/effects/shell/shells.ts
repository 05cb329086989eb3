import { type Reason, unsure } from '../effect-report.ts';
import { readFlags } from './flags.ts';
import type { Call, Judge, Judging } from './judging.ts';
import { judgeJoined } from './wrappers.ts';

/** Flags of a shell that do not change what its script does. */
export const SHELL_FLAGS = '-eulxns -c -o: --norc --noprofile --login --posix';

/** `bash -c script`, `sh`, or a shell that reads its script from standard input. */
export const judgeShell: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: SHELL_FLAGS,
    stopsAtOperand: true,
  });
  const dialect = /^(?:r?bash)$/.test(call.name) ? 'bash' : 'any';
  const [script] = operands;
  if (given.some(({ flag }) => flag === '-c')) {
    if (script === undefined)
      return [...reasons, unsure(`${call.name} -c without a script`, call.span)];
    if (script.text === undefined)
      return [...reasons, unsure(`${call.name} reads this value as code`, script.span)];
    const { text, span, exactAt } = script;
    return [...reasons, ...judging.nested({ text, span, exactAt, stdin: call.stdin, dialect })];
  }
  const readsInput = script === undefined || given.some(({ flag }) => flag === '-s');
  return readsInput
    ? [...reasons, ...judgeInput(call, judging, dialect)]
    : [...reasons, unsure(`what ${script.text ?? 'this file'} does is not known`, script.span)];
};

/** Judges a script that a shell is given on its standard input. */
export function judgeInput(
  { name, span, stdin }: Call,
  judging: Judging,
  dialect: 'bash' | 'any',
): readonly Reason[] {
  return typeof stdin === 'object'
    ? judging.nested({ ...stdin, stdin: 'output', dialect })
    : [unsure(`${name} reads a script that is not known`, span)];
}

/** `su user -c script`. */
export const judgeSu: Judge = (call, judging) => {
  const { given, reasons } = readFlags(call, { flags: '-l -c: -s: --login --command= --shell=' });
  const script = given.find(({ flag }) => flag === '-c' || flag === '--command')?.value;
  const shell = given.find(({ flag }) => flag === '-s' || flag === '--shell')?.value;
  if (shell !== undefined && !/^(?:\/usr)?\/bin\/(?:ba|da)?sh$/.test(shell.text ?? ''))
    return [...reasons, unsure('what this shell does is not known', shell.span)];
  return script === undefined
    ? [...reasons, unsure(`${call.name} opens a shell`, call.span)]
    : [...reasons, ...judgeJoined([script], call, judging, call.stdin)];
};

/** `trap script SIGNAL …`: the script runs later. */
export const judgeTrap: Judge = (call, judging) => {
  const [script] = call.words;
  if (script === undefined || script.text === '-' || script.text === '' || script.text === '-p')
    return [];
  if (script.text === undefined) return [unsure('trap keeps this value as code', script.span)];
  const { text, span, exactAt } = script;
  return judging.nested({ text, span, exactAt, stdin: 'output', dialect: 'bash' });
};
