import { type Reason, unsure } from '../effect-report.ts';
import type { Judging, Stdin } from './judging.ts';
import { ruleFor } from './rules.ts';
import type { Word } from './words.ts';

/** Where an operating system keeps its own programs. */
const SYSTEM_FOLDER = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/;

/** Judges a command by the table of commands; what is not in it is not known to only read. */
export function judgeCommand(
  words: readonly Word[],
  stdin: Stdin,
  judging: Judging,
): readonly Reason[] {
  const [first, ...others] = words;
  if (first === undefined) return [];
  const { text, span } = first;
  if (text === undefined) return [unsure('which command this is shows only when it runs', span)];
  const name = SYSTEM_FOLDER.exec(text)?.[1] ?? text;
  const rule = ruleFor(name);
  if (rule === undefined) return [unsure(`${name} is not known to only read`, span)];
  return rule({ name, span, words: others, stdin }, judging);
}
