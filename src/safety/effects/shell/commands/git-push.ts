import { known } from '../../report.ts';
import type { Judge } from '../judging.ts';

/** `git push`: what is forced, deleted or mirrored is lost to others. */
export const judgePush: Judge = ({ name, span, words }) => {
  const isForced = words.some(({ text, prefix }) =>
    /^(?:-[a-z]*[fd]|--(?:force|delete|mirror|prune)|[+:])/.test(text ?? prefix),
  );
  return isForced
    ? [known('destructive', `${name} overwrites or removes what others have`, span)]
    : [known('change', `${name} changes another repository`, span)];
};
