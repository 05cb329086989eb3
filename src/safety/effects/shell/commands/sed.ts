import { known, type Reason, unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';
import { change } from '../rule.ts';
import type { Word } from '../words.ts';

/** Judges `sed script file …`. A script can run commands and write files. */
export const judgeSed: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: `-nErsuz -e: --quiet --silent --regexp-extended --expression= --null-data --separate
      --unbuffered --posix`,
    changing: { '-i? --in-place?': change('changes the file it reads') },
  });
  const expressions = given.flatMap(({ flag, value }) =>
    value !== undefined && (flag === '-e' || flag === '--expression') ? [value] : [],
  );
  const scripts = expressions.length > 0 ? expressions : operands.slice(0, 1);
  return [...reasons, ...scripts.flatMap(judgeScript)];
};

/** Matches text up to a delimiter, which must not be inside a bracket expression. */
const pattern = (mark: string) =>
  String.raw`(?:(?!${mark})[^\\\n[]|\\[^\n]|\[\^?\]?(?:(?!${mark})[^\]\\\n[]|\[:\w+:\])*\])*`;

const ADDRESS = String.raw`(?:\d+|\$|/${pattern('/')}/I?)`;
const SUBSTITUTION = String.raw`s(?<mark>[/|#,:@!~%_])${pattern(String.raw`\k<mark>`)}\k<mark>(?:(?!\k<mark>)[^\\\n]|\\[^\n])*\k<mark>[gpI\d]*`;
const COMMAND = `(?:[dpqPDNnhHgGx=]|${SUBSTITUTION})`;

/** Scripts of addresses with commands that print, delete and substitute. */
const READS = new RegExp(
  `^\\s*(?:(?:${ADDRESS}(?:,${ADDRESS})?\\s*!?\\s*)?${COMMAND}\\s*(?:;\\s*|\\n\\s*|$))*$`,
);

function judgeScript({ text, span }: Word): readonly Reason[] {
  if (text !== undefined && READS.test(text)) return [];
  return text !== undefined && /(?:^|[;\s/\d$])w\s/.test(text)
    ? [known('change', 'sed w writes a file', span)]
    : [unsure('this sed script is not proven to only read', span)];
}
