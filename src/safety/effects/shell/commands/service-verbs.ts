import { known, unsure } from '../../report.ts';
import type { Judge } from '../judging.ts';
import { change, changes, destructive, flagged } from '../rule.ts';

/** Judges `service NAME status`. The effect of other verbs depends on the service. */
export const judgeService: Judge = ({ name, span, words }) => {
  const [first, verb] = words.map(({ text }) => text ?? '');
  if (words.length === 1 && first === '--status-all') return [];
  if (words.length === 2 && /^\w[\w@.-]*$/.test(first ?? '') && verb === 'status') return [];
  if (/^(?:stop|restart|force-reload|condrestart)$/.test(verb ?? ''))
    return [known('destructive', `${name} ${verb} takes a service down`, span)];
  return /^(?:start|reload)$/.test(verb ?? '')
    ? [known('change', `${name} ${verb} changes what runs`, span)]
    : [
        unsure(
          verb
            ? `${name} ${verb} is not known to only read`
            : `what ${name} does here cannot be told`,
          span,
        ),
      ];
};

/** Judges `pg_ctlcluster VERSION NAME VERB`. */
export const judgeCluster: Judge = ({ name, span, words }) => {
  const [, , verb] = words.map(({ text }) => text ?? '');
  if (words.length === 3 && verb === 'status') return [];
  return /^(?:stop|restart|promote)$/.test(verb ?? '')
    ? [known('destructive', `${name} ${verb} ends all sessions`, span)]
    : /^(?:start|reload)$/.test(verb ?? '')
      ? [known('change', `${name} ${verb} changes the server`, span)]
      : [unsure(`what ${name} does here cannot be told`, span)];
};

const NGINX = flagged({
  flags: '-tTqvV',
  changing: { '-s:': change('signals the server') },
  needs: '-t -T -v -V',
  most: 0,
});

const STOPS = changes(destructive('-s stop takes the server down'));

/**
 * Judges `nginx`. It may test and print the host's configuration; another one could load modules.
 */
export const judgeNginx: Judge = (call, judging) =>
  (call.words.some(({ text }) => /^(?:-s)?(?:stop|quit)$/.test(text ?? '')) ? STOPS : NGINX)(
    call,
    judging,
  );
