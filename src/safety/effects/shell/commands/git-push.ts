import { known } from '../../report.ts';
import type { Judge } from '../judging.ts';

/** Judges `git push`. A forced, deleting or mirroring push loses others' work. */
export const judgePush: Judge = ({ name, span, words }) => {
  const isForced = words.some(({ text, prefix }) =>
    /^(?:-[a-z]*[fd]|--(?:force|delete|mirror|prune)|[+:])/.test(text ?? prefix),
  );
  return isForced
    ? [known('destructive', `${name} overwrites or removes what others have`, span)]
    : [known('change', `${name} changes another repository`, span)];
};
