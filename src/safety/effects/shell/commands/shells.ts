import { type Reason, unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Call, Judge, Judging } from '../judging.ts';
import { judgeJoined } from './wrappers.ts';

/** Flags of a shell that do not affect what its script does. */
export const SHELL_FLAGS = '-eulx -c -o: --norc --noprofile --login';

/** Judges `bash -c script`, `sh`, or a shell that reads its script from standard input. */
export const judgeShell: Judge = (call, judging) => {
  const {
    given,
    operands,
    reasons: doubts,
  } = readFlags(call, {
    flags: SHELL_FLAGS,
    stopsAtOperand: true,
  });
  const options = given.filter(({ flag, value }) => flag === '-o' && value?.text !== 'pipefail');
  const reasons = [
    ...doubts,
    ...options.map(() => unsure(`${call.name} -o may change what its script means`, call.span)),
  ];
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
  return script === undefined
    ? [...reasons, ...judgeInput(call, judging, dialect)]
    : [...reasons, unsure(`what ${script.text ?? 'this file'} does is not known`, script.span)];
};

/** Judges a script on the standard input of a shell. */
export function judgeInput(
  { name, span, stdin }: Call,
  judging: Judging,
  dialect: 'bash' | 'any',
): readonly Reason[] {
  return typeof stdin === 'object'
    ? judging.nested({ ...stdin, stdin: 'output', dialect })
    : [unsure(`${name} reads a script that is not known`, span)];
}

/** Judges `su user -c script`. */
export const judgeSu: Judge = (call, judging) => {
  const { given, reasons } = readFlags(call, { flags: '-l -c: -s: --login --command= --shell=' });
  const values = (names: RegExp) =>
    given.flatMap(({ flag, value }) => (names.test(flag) && value !== undefined ? [value] : []));
  const scripts = values(/^-(?:c|-command)$/);
  const shells = values(/^-(?:s|-shell)$/).filter(
    ({ text }) => !/^(?:\/usr)?\/bin\/(?:ba|da)?sh$/.test(text ?? ''),
  );
  return [
    ...reasons,
    ...shells.map(({ span }) => unsure('what this shell does is not known', span)),
    ...(scripts.length === 0 ? [unsure(`${call.name} opens a shell`, call.span)] : []),
    ...scripts.flatMap((script) => judgeJoined([script], call, judging, call.stdin)),
  ];
};
