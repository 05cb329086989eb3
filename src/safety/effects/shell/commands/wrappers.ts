import { type Reason, unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Call, Judge, Judging } from '../judging.ts';
import { UNKNOWN_PART } from '../paths.ts';
import { unknown } from '../rule.ts';
import { mayBeSet } from '../variables.ts';
import type { Word } from '../words.ts';

/** Judges a command that runs another command after its flags; `alone` judges it without one. */
export const wrapper =
  (
    spec: Omit<FlagSpec, 'stopsAtOperand'> & { readonly skip?: number; readonly alone?: Judge },
  ): Judge =>
  (call, judging) => {
    const { operands, reasons } = readFlags(call, { ...spec, stopsAtOperand: true });
    const inner = operands.slice(spec.skip ?? 0);
    return [...reasons, ...judgeInner(inner, spec.alone, call, judging)];
  };

/** Makes a judge that never proves a read: of the wrapped judge only known effects are kept. */
export const unproven =
  (judge: Judge): Judge =>
  (call, judging) => [
    unsure(`${call.name} is not proven to only read`, call.span),
    ...judge(call, judging).filter(({ certain }) => certain),
  ];

function judgeInner(
  words: readonly Word[],
  alone: Judge | undefined,
  call: Call,
  judging: Judging,
): readonly Reason[] {
  if (words.length > 0) return judging.command(words, call.stdin);
  return (alone ?? unknown('alone is not known to only read'))(call, judging);
}

/** Judges `command`, which with `-v` only describes a command. */
export const judgeCommandBuiltin: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, { flags: '-vVp', stopsAtOperand: true });
  const asks = given.some(({ flag }) => flag !== '-p');
  return asks ? reasons : [...reasons, ...judgeInner(operands, undefined, call, judging)];
};

/** Judges `env NAME=value … command`; alone it prints the environment. */
export const judgeEnv: Judge = (call, judging) => {
  const { operands, reasons } = readFlags(call, {
    flags: '-i -0 -u: --ignore-environment --unset= --null',
    stopsAtOperand: true,
  });
  return [...reasons, ...judgeAfterVariables(operands, () => [], call, judging)];
};

/** Judges `sudo` and `doas`: the command has the same effect as another user. */
export const judgeSudo: Judge = (call, judging) => {
  const [first] = call.words;
  if (first?.text === '-l' && call.words.length === 1) return [];
  const { given, operands, reasons } = readFlags(call, {
    flags: '-u: -g: -nEHi --user= --group= --non-interactive --set-home --login',
    stopsAtOperand: true,
  });
  const login = given.some(({ flag }) => /^(?:-i|--login)$/.test(flag));
  const expands = login && operands.some(({ text }) => text === undefined || text.includes('$'));
  const doubts = expands ? [unsure(`${call.name} -i expands this once more`, call.span)] : [];
  return [...reasons, ...doubts, ...judgeAfterVariables(operands, undefined, call, judging)];
};

function judgeAfterVariables(
  words: readonly Word[],
  alone: Judge | undefined,
  call: Call,
  judging: Judging,
): readonly Reason[] {
  const first = words.findIndex(({ prefix }) => !/^\w+=/.test(prefix));
  const variables = first === -1 ? words : words.slice(0, first);
  return [
    ...variables.flatMap(judgeVariable),
    ...judgeInner(first === -1 ? [] : words.slice(first), alone, call, judging),
  ];
}

/** Judges a word `NAME=value` that sets a variable for a command. */
export function judgeVariable(word: Word): readonly Reason[] {
  const name = /^(\w+)=/.exec(word.prefix)?.[1];
  const value = word.outline.slice(word.outline.indexOf('=') + 1);
  return name !== undefined && word.count === 'one' && mayBeSet(name, value)
    ? []
    : [unsure(`${name ?? 'this variable'} may change what the command does`, word.span)];
}

/**
 * Judges `xargs`, which appends any number of words to a command, or inserts them into its words.
 */
export const judgeXargs: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: `-0rtx -n: -P: -I: -d: -s: --null --no-run-if-empty --max-args= --max-procs= --delimiter=
      --verbose`,
    stopsAtOperand: true,
  });
  if (operands.length === 0) return reasons;
  const { span } = call;
  const added: Word = {
    text: undefined,
    prefix: '',
    outline: UNKNOWN_PART,
    count: 'any',
    span,
    exactAt: undefined,
  };
  const replaced = given.flatMap(({ flag, value }) => (flag === '-I' ? [value?.text] : []));
  const inner = replaced.reduce(
    (words, text) => words.map((word) => withUnknown(word, text)),
    operands,
  );
  const isReplacing = given.every(({ flag }) => /^-[I0rtPd]$/.test(flag));
  const words = replaced.length === 1 && isReplacing ? inner : [...inner, added];
  return [...reasons, ...judging.command(words, 'nothing')];
};

/** Replaces a text in a word with an unknown value, of which an outline may be known. */
export function withUnknown(
  word: Word,
  placeholder: string | undefined,
  outline = UNKNOWN_PART,
): Word {
  const { text } = word;
  const at = placeholder === undefined ? 0 : (text ?? '').indexOf(placeholder);
  return text === undefined || at === -1
    ? word
    : {
        ...word,
        text: undefined,
        prefix: at === 0 ? (outline.split(UNKNOWN_PART)[0] ?? '') : text.slice(0, at),
        outline: text.replaceAll(placeholder ?? '', outline),
        exactAt: undefined,
      };
}

/** Flags of watch that only affect when and how it displays. */
export const WATCH_FLAGS = `-n: -tegcxbpw -d? --interval= --differences? --no-title --color --exec
  --beep --errexit --chgexit --precise --no-wrap`;

/** Judges `watch`, which passes its words to a shell, or with `-x` runs them directly. */
export const judgeWatch: Judge = (call, judging) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: WATCH_FLAGS,
    stopsAtOperand: true,
  });
  const asIs = given.some(({ flag }) => flag === '-x' || flag === '--exec');
  return [
    ...reasons,
    ...(asIs ? judging.command(operands, call.stdin) : judgeJoined(operands, call, judging)),
  ];
};

/** Judges words that another shell parses again, joined by spaces. */
export function judgeJoined(
  words: readonly Word[],
  call: Call,
  judging: Judging,
  stdin: Call['stdin'] = 'output',
): readonly Reason[] {
  const [first] = words;
  if (first === undefined)
    return [unsure(`${call.name} alone is not known to only read`, call.span)];
  const unclear = words.find(({ text }) => text === undefined);
  if (unclear !== undefined)
    return [unsure(`${call.name} reads this value as code once more`, unclear.span)];
  const text = words.map((word) => word.text).join(' ');
  const span = { start: first.span.start, end: words.at(-1)?.span.end ?? first.span.end };
  const exactAt = words.length === 1 ? first.exactAt : undefined;
  return judging.nested({ text, span, exactAt, stdin, dialect: 'any' });
}
