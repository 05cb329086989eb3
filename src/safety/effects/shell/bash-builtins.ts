import { unsure } from '../effect-report.ts';
import type { Judge } from './judging.ts';
import { flagged } from './rule.ts';
import { mayBeSet } from './variables.ts';

/** `read`, `mapfile`, `getopts`: operands from an index on name the variables they set. */
export const setting =
  (flags: string, from = 0): Judge =>
  (call, judging) => {
    const { words } = call;
    const bad = words.slice(from).filter(({ text }) => {
      const name = text?.replace(/^-[a-z]*/, '') ?? '';
      return /^[A-Za-z_]\w*$/.test(name) && !mayBeSet(name);
    });
    return [
      ...flagged({ flags })(call, judging),
      ...words.flatMap((word) =>
        word.text === undefined
          ? [unsure(`${call.name} sets a variable that is not known`, word.span)]
          : /\[/.test(word.text)
            ? [unsure(`${call.name} evaluates the index of an array`, word.span)]
            : [],
      ),
      ...bad.map(({ text, span }) => unsure(`${text} has a meaning of its own`, span)),
    ];
  };

/** `set -euo pipefail` changes how the script runs; `set -a` what its commands are given. */
export const judgeSet: Judge = ({ words }) => {
  const operands = words.findIndex(({ text }) => text === '--');
  return (operands === -1 ? words : words.slice(0, operands)).flatMap(({ text, span }) =>
    text !== undefined &&
    /^(?:[-+][eufxvhBET]*o?|pipefail|errexit|nounset|xtrace|noglob|posix)$/.test(text)
      ? []
      : [unsure('set with this may change what later commands mean', span)],
  );
};

export const judgeShopt: Judge = ({ words }) =>
  words.flatMap(({ text, span }) =>
    /^(?:-[spqu]+|extglob|nullglob|failglob|globstar|dotglob|nocaseglob|nocasematch|inherit_errexit|lastpipe)$/.test(
      text ?? '',
    )
      ? []
      : [unsure('shopt with this may change what later commands mean', span)],
  );

/** `printf`: `-v` sets a variable, and so does `%n` in the format. */
export const judgePrintf: Judge = ({ words }) => {
  const [first, second] = words;
  const format = first?.text === '--' ? second : first;
  return format === undefined ||
    (format.text !== undefined && !/^-|%[-+ 0#']*[\d*]*(?:\.[\d*]*)?n/.test(format.text))
    ? []
    : [unsure('printf with this format may set a variable', format.span)];
};
