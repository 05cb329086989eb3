import { known, unsure } from '../../report.ts';
import type { Judge } from '../judging.ts';

/** Signals that do not necessarily end a process, by number and name. */
const GENTLE = /^(?:SIG)?(?:HUP|USR1|USR2|CONT|WINCH|URG|1|10|12|18)$/;

/**
 * Judges `kill`, `pkill` and `killall`. Signal 0 only checks for existence, some signals notify,
 * most end the process.
 */
export const judgeKill: Judge = ({ name, span, words }) => {
  // Of a word that a value completes, the signal is not known: -0"$X" may be -09.
  const [first = '', second = ''] = words.map(({ text }) => text ?? '');
  if (name === 'kill' && /^-[lL]$/.test(first) && /^\w*$/.test(second)) return [];
  const isSplit = /^(?:-s|-n|--signal)$/.test(first);
  const signal = isSplit ? second : /^-(?:-signal=)?((?:SIG)?[A-Z]+\d?|\d+)$/.exec(first)?.[1];
  const others = words.slice(isSplit ? 2 : 1);
  // The last of several signals counts. If the only operand is a signal, no process is signaled.
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
  return count === 'one' && !begins.startsWith('-');
}
