import { known, unsure } from '../effect-report.ts';
import type { Judge } from './judging.ts';

/** Signals a process can get without ending, by number and name. */
const GENTLE = /^(?:SIG)?(?:HUP|USR1|USR2|CONT|WINCH|URG|1|10|12|18)$/;

/** `kill`, `pkill`, `killall`: signal 0 only asks, some make a process do something, most end it. */
export const judgeKill: Judge = ({ name, span, words }) => {
  const texts = words.map(({ text }) => text ?? '');
  const [first = '', second = ''] = texts;
  if (name === 'kill' && (first === '-l' || first === '-L')) return [];
  if (name === 'killall' && /^(?:-l|--list)$/.test(first)) return [];
  const signal = /^(?:-s|--signal|-n)$/.test(first)
    ? second
    : /^-(?:-signal=)?((?:SIG)?[A-Z]+\d?|\d+)$/.exec(first)?.[1];
  const others = texts.slice(signal === undefined ? 0 : 1);
  const isPlain = name === 'kill' || words.every(({ text }) => text !== undefined);
  const isLast = !others.some((text) => /^-(?:[A-Z]|\d|s|-signal)/.test(text)) || signal === second;
  if (signal === '0' && isPlain && isLast) return [];
  if (signal !== undefined && GENTLE.test(signal) && isPlain)
    return [known('change', `${name} -${signal} signals processes`, span)];
  return words.length === 0
    ? [unsure(`${name} alone is not understood`, span)]
    : [known('destructive', `${name} ends processes`, span)];
};
