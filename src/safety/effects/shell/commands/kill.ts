import { known, unsure } from '../../report.ts';
import type { Judge } from '../judging.ts';

/** Signals a process can get without ending, by number and name. */
const GENTLE = /^(?:SIG)?(?:HUP|USR1|USR2|CONT|WINCH|URG|1|10|12|18)$/;

/** `kill`, `pkill`, `killall`: signal 0 only asks, some make a process do something, most end it. */
export const judgeKill: Judge = ({ name, span, words }) => {
  const texts = words.map(({ text, prefix }) => text ?? prefix);
  const [first = '', second = ''] = texts;
  if (name === 'kill' && /^-[lL]$/.test(first) && /^\w*$/.test(second)) return [];
  const isSplit = /^(?:-s|-n|--signal)$/.test(first);
  const signal = isSplit ? second : /^-(?:-signal=)?((?:SIG)?[A-Z]+\d?|\d+)$/.exec(first)?.[1];
  const others = words.slice(isSplit ? 2 : 1);
  // Of several signals the last one counts. A value that is one, alone, leaves nobody to signal.
  const isOnly =
    others.length > 0 &&
    others.every(({ text, prefix, count }) =>
      count === 'one' && (text ?? prefix) === ''
        ? others.length === 1
        : isPlain(text ?? prefix, count),
    );
  if (signal === '0' && isOnly) return [];
  if (signal === '0') return [unsure(`${name} with more than one signal may end processes`, span)];
  if (signal !== undefined && GENTLE.test(signal) && isOnly)
    return [known('change', `${name} -${signal} signals processes`, span)];
  return words.length === 0
    ? [unsure(`${name} alone is not understood`, span)]
    : [known('destructive', `${name} ends processes`, span)];
};

function isPlain(begins: string, count: string): boolean {
  return count === 'one' && begins !== '' && !begins.startsWith('-');
}
