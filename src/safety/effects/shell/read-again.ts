import type { Span } from '#runbook/yaml/source.ts';
import { SSH_FLAGS } from './commands/remote.ts';
import { SHELL_FLAGS } from './commands/shells.ts';
import { WATCH_FLAGS } from './commands/wrappers.ts';
import { readFlags } from './flags.ts';
import type { Word } from './words.ts';

/** Returns the spans of a command's words that a shell parses again as code. */
export function wordsReadAgain(words: readonly Word[]): readonly Span[] {
  return words.flatMap((word, index) => {
    const reads = READERS.find(({ names }) => names.test(word.text ?? ''))?.reads;
    return reads === undefined ? [] : reads(words.slice(index + 1)).map(({ span }) => span);
  });
}

type Reader = {
  readonly names: RegExp;
  readonly reads: (words: readonly Word[]) => readonly Word[];
};

const READERS: readonly Reader[] = [
  { names: /^(?:eval|parallel)$/, reads: (words) => words },
  { names: /^trap$/, reads: (words) => words.slice(0, 1) },
  { names: /^su$/, reads: (words) => words.slice(-1) },
  { names: /^watch$/, reads: (words) => operandsOf('watch', words, WATCH_FLAGS) },
  { names: /^ssh$/, reads: (words) => operandsOf('ssh', words, SSH_FLAGS).slice(1) },
  {
    names: /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh$/,
    reads: (words) =>
      words.some(({ text }) => /^-\w*c$/.test(text ?? ''))
        ? operandsOf('sh', words, SHELL_FLAGS).slice(0, 1)
        : [],
  },
];

function operandsOf(name: string, words: readonly Word[], flags: string): readonly Word[] {
  const span = words[0]?.span ?? { start: 0, end: 0 };
  const call = { name, span, words, stdin: 'inherited' } as const;
  return readFlags(call, { flags, stopsAtOperand: true }).operands;
}
