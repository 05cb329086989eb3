import { known, unsure } from '../../report.ts';
import type { Judge } from '../judging.ts';

const SHOWS = /^(?:show|list|ls|lst|sh|get)$/;
/** Objects for which `s` is short for `show`; for others it means `set` or `state`. */
const SHOWS_BY_S = /^ip (?:a|addr|address|r|ro|route|n|neigh|neighbor|neighbour|ru|rule)$/;
const CHANGES = /^(?:add|change|replace|append|prepend|set|restore|save)$/;

/** Judges `ip OBJECT`. It reads without a verb or with a showing one. */
export const judgeIpObject: Judge = ({ name, words }) => {
  const [verb] = words;
  const text = verb?.text ?? '';
  if (verb === undefined || SHOWS.test(text)) return [];
  if (text === 's' && SHOWS_BY_S.test(name)) return [];
  if (/^(?:del|delete|flush)$/.test(text))
    return [known('destructive', `${name} ${text} removes it`, verb.span)];
  return CHANGES.test(text)
    ? [known('change', `${name} ${text} changes the network`, verb.span)]
    : [unsure(`${name} ${verb.text ?? '…'} is not known to only read`, verb.span)];
};
